"""Reading allocations: the list, one of them, its places, what it proposes for the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import (
    Allocation,
    AllocationLock,
    AllocationPlace,
    Application,
    Call,
    Organization,
    OrganizationSize,
    PlaceOutcome,
    Problem,
    Team,
    User,
)
from matchmaker.policies.allocation import visible_allocation_locks, visible_allocations
from matchmaker.policies.scope import handled_by
from matchmaker.queries.allocation_input import PROBLEM_STATES
from matchmaker.queries.allocation_place import all_places
from matchmaker.queries.application_review import standing
from matchmaker.queries.page import Page, paginate
from matchmaker.reference import REGIONS
from matchmaker.workflows.allocation import AllocationState
from matchmaker.workflows.application import LIVE_STATES, ApplicationState
from matchmaker.workflows.job import JobState

ACTIVE_STATES = (AllocationState.QUEUED, AllocationState.RUNNING)
FINISHED_STATES = (AllocationState.DONE, AllocationState.DEPLOYED, AllocationState.UNDONE)
#: States of an application whose team has heard what became of it.
TOLD_STATES = (
    ApplicationState.OFFERED,
    ApplicationState.CONFIRMED,
    ApplicationState.EXPIRED,
    ApplicationState.WAITLISTED,
    ApplicationState.DECLINED,
)


def list_allocations(session: Session, actor: User | None, *, number: int = 1) -> Page[Allocation]:
    """The allocations, newest first."""
    statement = (
        sa.select(Allocation)
        .where(visible_allocations(actor))
        .options(
            joinedload(Allocation.call),
            joinedload(Allocation.starter),
            joinedload(Allocation.job),
        )
        .order_by(Allocation.id.desc())
    )
    return paginate(session, statement, number=number)


def get_allocation(
    session: Session, actor: User | None, allocation_id: int, *, lock: bool = False
) -> Allocation:
    """The allocation, or `NotFound`; locked for a change if asked."""
    statement = sa.select(Allocation).where(
        Allocation.id == allocation_id, visible_allocations(actor)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def is_dead(allocation: Allocation) -> bool:
    """Whether it still says it is under way although its job has ended."""
    over = (JobState.FAILED, JobState.CANCELLED, JobState.DONE)
    job = allocation.job
    return allocation.state in ACTIVE_STATES and (job is None or job.state in over)


def active_allocation(session: Session, call_id: int) -> Allocation | None:
    """The allocation of a call that waits or is under way."""
    statement = sa.select(Allocation).where(
        Allocation.call_id == call_id, Allocation.state.in_(ACTIVE_STATES)
    )
    return session.scalar(statement.order_by(Allocation.id.desc()).limit(1))


def deployed_allocation(session: Session, call_id: int) -> Allocation | None:
    """The allocation that the decision of a call is prepared from."""
    return session.scalar(
        sa.select(Allocation).where(
            Allocation.call_id == call_id, Allocation.state == AllocationState.DEPLOYED
        )
    )


def finished_beside(session: Session, allocation: Allocation) -> Sequence[Allocation]:
    """The other finished allocations of the same call, newest first."""
    statement = sa.select(Allocation).where(
        Allocation.call_id == allocation.call_id,
        Allocation.id != allocation.id,
        Allocation.state.in_(FINISHED_STATES),
    )
    return session.scalars(statement.order_by(Allocation.id.desc()).limit(20)).all()


def latest_of_call(session: Session, call_id: int) -> Allocation | None:
    """The newest allocation of a call, whatever became of it."""
    statement = sa.select(Allocation).where(Allocation.call_id == call_id)
    return session.scalar(statement.order_by(Allocation.id.desc()).limit(1))


def count_problems(session: Session, call_id: int) -> int:
    """How many problems of a call can be allocated."""
    statement = sa.select(sa.func.count(Problem.id)).where(
        Problem.call_id == call_id, Problem.state.in_(PROBLEM_STATES)
    )
    return session.scalar(statement) or 0


@dataclass(frozen=True)
class CallLine:
    """A call that can be allocated, with what there is to place."""

    call: Call
    n_problems: int
    n_applications: int


def call_lines(session: Session, actor: User | None) -> list[CallLine]:
    """The calls *actor* handles that have problems to allocate, newest first."""
    problems = (
        sa.select(sa.func.count(Problem.id))
        .where(Problem.call_id == Call.id, Problem.state.in_(PROBLEM_STATES))
        .scalar_subquery()
    )
    applications = (
        sa.select(sa.func.count(Application.id))
        .where(Application.call_id == Call.id, Application.state.in_(LIVE_STATES))
        .scalar_subquery()
    )
    statement = sa.select(Call, problems, applications).where(handled_by(actor, Call.id))
    rows = session.execute(statement.order_by(Call.opens_at.desc(), Call.id)).all()
    return [CallLine(*row) for row in rows if row[1]]


def locks(session: Session, actor: User | None, call_id: int) -> Sequence[AllocationLock]:
    """The standing locks of a call."""
    of_call = sa.select(Problem.id).where(Problem.call_id == call_id)
    statement = (
        sa.select(AllocationLock)
        .where(AllocationLock.problem_id.in_(of_call), visible_allocation_locks(actor))
        .options(joinedload(AllocationLock.problem), joinedload(AllocationLock.team))
    )
    return session.scalars(statement.order_by(AllocationLock.id)).all()


def get_lock(session: Session, actor: User | None, lock_id: int) -> AllocationLock:
    """The lock, or `NotFound`."""
    statement = sa.select(AllocationLock).where(
        AllocationLock.id == lock_id, visible_allocation_locks(actor)
    )
    found = session.scalar(statement.options(joinedload(AllocationLock.problem)))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class ProposedOutcome:
    """What a deployed allocation proposes for one candidate."""

    place: AllocationPlace
    #: The application's state now; none if only the matcher brought the pair in.
    state: ApplicationState | None

    @property
    def application_id(self) -> int | None:
        return self.place.application_id

    @property
    def proposal(self) -> str:
        """``offer``, ``waitlist`` or ``decline``."""
        words = {PlaceOutcome.PLACED: "offer", PlaceOutcome.RESERVE: "waitlist"}
        return words.get(self.place.outcome, "decline")

    @property
    def is_live(self) -> bool:
        """Whether the team has not withdrawn meanwhile."""
        return self.state is None or self.state in LIVE_STATES


def deployed(session: Session, call_id: int) -> list[ProposedOutcome]:
    """What the deployed allocation of a call proposes, by problem and rank; nothing without one."""
    allocation = deployed_allocation(session, call_id)
    if allocation is None:
        return []
    states = _states(session, allocation)
    return [
        ProposedOutcome(place, states.get(place.application_id))
        for place in all_places(session, allocation)
    ]


def _states(session: Session, allocation: Allocation) -> dict[int | None, ApplicationState]:
    statement = (
        sa.select(Application.id, Application.state)
        .join(AllocationPlace, AllocationPlace.application_id == Application.id)
        .where(AllocationPlace.allocation_id == allocation.id)
    )
    return {row.id: row.state for row in session.execute(statement)}


@dataclass(frozen=True)
class ChangedSince:
    """What has changed among the applications since an allocation was made."""

    withdrawn: list[AllocationPlace]
    n_new: int


def changed_since(session: Session, allocation: Allocation) -> ChangedSince:
    """Placed teams that have withdrawn, and applications the allocation knows nothing of."""
    of_allocation = AllocationPlace.allocation_id == allocation.id
    withdrawn = (
        sa.select(AllocationPlace)
        .join(Application, Application.id == AllocationPlace.application_id)
        .where(
            of_allocation,
            AllocationPlace.outcome == PlaceOutcome.PLACED,
            Application.state.not_in(LIVE_STATES),
        )
        .options(joinedload(AllocationPlace.team), joinedload(AllocationPlace.problem))
        .order_by(AllocationPlace.problem_id, AllocationPlace.rank)
    )
    known = sa.select(AllocationPlace.application_id).where(
        of_allocation, AllocationPlace.application_id.is_not(None)
    )
    new = (
        sa.select(sa.func.count(Application.id))
        .join(Problem, Problem.id == Application.problem_id)
        .where(
            Application.call_id == allocation.call_id,
            Application.state.in_(LIVE_STATES),
            Application.id.not_in(known),
            Problem.state.in_(PROBLEM_STATES),
        )
    )
    counts = allocation.config["basis"] != "matches"
    return ChangedSince(
        list(session.scalars(withdrawn)), (session.scalar(new) or 0) if counts else 0
    )


def is_announced(session: Session, allocation: Allocation) -> bool:
    """Whether any team has heard what became of it since the allocation was deployed."""
    if allocation.deployed_at is None:
        return False
    told = (
        sa.select(Application.id)
        .join(AllocationPlace, AllocationPlace.application_id == Application.id)
        .where(
            AllocationPlace.allocation_id == allocation.id,
            Application.state.in_(TOLD_STATES),
            Application.decided_at >= allocation.deployed_at,
        )
    )
    return session.scalar(told.limit(1)) is not None


def problems_by_id(session: Session, ids: set[int | None]) -> dict[int, Problem]:
    """The problems *ids*, for the office's words about an allocation."""
    found = session.scalars(sa.select(Problem).where(Problem.id.in_(ids - {None})))
    return {problem.id: problem for problem in found}


def teams_by_id(session: Session, ids: set[int | None]) -> dict[int, Team]:
    """The teams *ids*, for the office's words about an allocation."""
    found = session.scalars(sa.select(Team).where(Team.id.in_(ids - {None})))
    return {team.id: team for team in found}


def groups(session: Session, call_id: int) -> list[tuple[str, str]]:
    """The regions of a call's problems, then the sizes of their owners, as (kind, value)."""
    statement = (
        sa.select(Problem.region, Organization.size)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(Problem.call_id == call_id, Problem.state.in_(PROBLEM_STATES))
        .distinct()
    )
    rows = session.execute(statement).all()
    regions, sizes = {row.region for row in rows}, {row.size for row in rows}
    return [
        *(("region", code) for code in REGIONS if code in regions),
        *(("size", str(size)) for size in OrganizationSize if size in sizes),
    ]


def has_reviews(session: Session, call_id: int) -> bool:
    """Whether any application of a call has a reviewers' score yet."""
    return bool(standing(session, call_id))


def idle_locks(
    session: Session, actor: User | None, allocation: Allocation
) -> Sequence[AllocationLock]:
    """The locks that had no effect: their pair was not among the candidates."""
    idle = {tuple(pair) for pair in allocation.result.get("idle_locks", ())}
    standing_ones = locks(session, actor, allocation.call_id) if idle else []
    return [lock for lock in standing_ones if (lock.problem_id, lock.team_id) in idle]
