"""What officers decide about allocations: start, cancel, deploy, undo; lock pairs."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    Allocation,
    AllocationLock,
    LockKind,
    Problem,
    Team,
)
from matchmaker.policies.allocation import (
    may_cancel_allocation,
    may_deploy_allocation,
    may_lock_place,
    may_start_allocation,
    may_undo_allocation,
)
from matchmaker.policies.problem import visible_problems
from matchmaker.queries import allocation as queries
from matchmaker.queries.match_run import takes_part
from matchmaker.services import job as jobs
from matchmaker.services.allocation_config import MAX_NOTE, AllocationConfig
from matchmaker.services.call import lock_call
from matchmaker.services.context import Context
from matchmaker.services.reasons import limited
from matchmaker.workflows.allocation import AllocationAction

FAULT = N_(
    "The allocation ended through a fault of the program or its surroundings. Start it again; "
    "if that does not help, ask the administrator to look into the log."
)


def start_allocation(
    ctx: Context, call_id: int, config: AllocationConfig, *, note: str = ""
) -> Allocation:
    """Ask for an allocation of a call; a worker takes it up after the commit."""
    call = lock_call(ctx, call_id)
    ctx.require(may_start_allocation, call)
    config.check()
    note = limited(note, "note", maximum=MAX_NOTE)
    if not queries.count_problems(ctx.session, call_id):
        raise Conflict(
            N_("This call has no published problem yet, so there is nothing to allocate.")
        )
    _settle(ctx, call_id)
    allocation = Allocation(call=call, starter=ctx.actor, config=config.to_dict(), note=note)
    ctx.session.add(allocation)
    ctx.session.flush()  # The job refers to the allocation by id.
    allocation.job = ctx.enqueue("allocation.run", allocation_id=allocation.id)
    ctx.record("allocation:start", allocation, call_id=call_id)
    return allocation


def _settle(ctx: Context, call_id: int) -> None:
    """Close an allocation whose job died; refuse a second one beside one that is under way."""
    running = queries.active_allocation(ctx.session, call_id)
    if running is None:
        return
    if not queries.is_dead(running):
        raise Conflict(
            N_("An allocation of this call is under way already. Wait for it, or cancel it.")
        )
    running.apply(AllocationAction.FAIL)
    running.failure = {"text": FAULT, "params": {}}
    running.finished_at = utcnow()


def load_failure(allocation: Allocation) -> Message | None:
    """Why an allocation failed, if it did and not for its limits."""
    if queries.is_dead(allocation):
        return Message(FAULT)
    return Message(**allocation.failure) if allocation.failure else None


def cancel_allocation(ctx: Context, allocation_id: int) -> Allocation:
    """Stop an allocation: nothing of it is kept; its worker notices between two solves."""
    allocation = queries.get_allocation(ctx.session, ctx.actor, allocation_id, lock=True)
    ctx.require(may_cancel_allocation, allocation)
    allocation.apply(AllocationAction.CANCEL)
    allocation.finished_at = utcnow()
    if allocation.job_id is not None:
        jobs.request_cancel(ctx.session, allocation.job_id)
    ctx.record("allocation:cancel", allocation)
    return allocation


def deploy_allocation(ctx: Context, allocation_id: int, *, version: int) -> Allocation:
    """Let the decision be prepared from this allocation; nobody is told anything yet."""
    allocation = queries.get_allocation(ctx.session, ctx.actor, allocation_id, lock=True)
    ctx.require(may_deploy_allocation, allocation)
    _refuse_stale(allocation, version)
    lock_call(ctx, allocation.call_id)
    before = queries.deployed_allocation(ctx.session, allocation.call_id)
    if before is not None and before is not allocation:
        _take_back(ctx, before, reason="", by=allocation.id)
        ctx.session.flush()  # The database lets only one be deployed.
    allocation.apply(AllocationAction.DEPLOY)
    allocation.deployed_at, allocation.undone_at = utcnow(), None
    allocation.undo_reason = ""
    ctx.record("allocation:deploy", allocation, call_id=allocation.call_id)
    return allocation


def undo_allocation(ctx: Context, allocation_id: int, *, version: int, reason: str) -> Allocation:
    """Take a deployed allocation back, before anybody was told."""
    allocation = queries.get_allocation(ctx.session, ctx.actor, allocation_id, lock=True)
    ctx.require(may_undo_allocation, allocation)
    _refuse_stale(allocation, version)
    reason = limited(reason, maximum=MAX_NOTE)
    if not reason:
        raise InvalidInput(fields={"reason": [Message(N_("Please give a reason."))]})
    _take_back(ctx, allocation, reason=reason)
    return allocation


def _take_back(ctx: Context, allocation: Allocation, *, reason: str, by: int | None = None) -> None:
    if queries.is_announced(ctx.session, allocation):
        raise Conflict(
            N_(
                "Teams have heard what became of them by allocation %(number)s. It can no longer "
                "be taken back; decisions are changed one by one."
            ),
            number=allocation.id,
        )
    allocation.apply(AllocationAction.UNDO)
    allocation.undone_at, allocation.undo_reason = utcnow(), reason
    facts = {"by": by} if by is not None else {}
    ctx.record("allocation:undo", allocation, call_id=allocation.call_id, **facts)


def _refuse_stale(allocation: Allocation, version: int) -> None:
    if allocation.version != version:
        raise StaleVersion(
            N_("The allocation has changed since you opened this page. Look at it again.")
        )


def lock_place(
    ctx: Context, problem_id: int, team_id: int, kind: LockKind, *, reason: str
) -> AllocationLock:
    """Say of a pair that every later allocation must, or must not, place it."""
    problem = _problem(ctx, problem_id)
    ctx.require(may_lock_place, problem)
    reason = limited(reason, maximum=MAX_NOTE)
    if not reason:
        raise InvalidInput(fields={"reason": [Message(N_("Please give a reason."))]})
    taking_part = sa.select(Team).where(Team.id == team_id, takes_part(problem.call))
    team = ctx.session.scalar(taking_part)
    if team is None:
        raise NotFound
    lock = _existing(ctx, problem_id, team_id)
    if lock is None:
        lock = AllocationLock(problem=problem, team=team)
        ctx.session.add(lock)
    lock.kind, lock.reason = kind, reason
    if ctx.actor is not None:
        lock.user = ctx.actor
    ctx.record("allocation:lock", lock, problem_id=problem_id, team_id=team_id, kind=str(kind))
    return lock


def _problem(ctx: Context, problem_id: int) -> Problem:
    known = sa.true() if ctx.trusted else visible_problems(ctx.actor)
    # The second of two officers who lock the same pair must find what the first one left.
    statement = sa.select(Problem).where(Problem.id == problem_id, known).with_for_update()
    problem = ctx.session.scalar(statement)
    if problem is None:
        raise NotFound
    return problem


def _existing(ctx: Context, problem_id: int, team_id: int) -> AllocationLock | None:
    return ctx.session.scalar(
        sa.select(AllocationLock).where(
            AllocationLock.problem_id == problem_id, AllocationLock.team_id == team_id
        )
    )


def unlock_place(ctx: Context, lock_id: int) -> Problem:
    """Take a lock away; the next allocation is free again. Returns the problem it was about."""
    lock = queries.get_lock(ctx.session, ctx.actor, lock_id)
    ctx.require(may_lock_place, lock.problem)
    problem = lock.problem
    ctx.record("allocation:unlock", lock, problem_id=lock.problem_id, team_id=lock.team_id)
    ctx.session.delete(lock)
    return problem
