"""Who may read, start, deploy and undo allocations, and lock pairs in them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Allocation, AllocationLock, Call, Problem, Role, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import read_by_office, runs_a_call, why_not_office

_OFFICERS_ONLY = N_("Only programme officers allocate teams to problems.")


@permission("allocation:read")
def may_read_allocations(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, those of their own call."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR) or runs_a_call(actor):
        return None
    return N_("Allocations are the programme office's.")


@permission("allocation:start")
def may_start_allocation(actor: User, call: Call) -> Reason:
    """Programme officers; in an in-house call, its own officers."""
    return why_not_office(actor, call, _OFFICERS_ONLY)


@permission("allocation:cancel")
def may_cancel_allocation(actor: User, allocation: Allocation) -> Reason:
    """Programme officers; in an in-house call, its own officers."""
    return why_not_office(actor, allocation.call, _OFFICERS_ONLY)


@permission("allocation:deploy")
def may_deploy_allocation(actor: User, allocation: Allocation) -> Reason:
    """Programme officers; in an in-house call, its own officers."""
    return why_not_office(actor, allocation.call, _OFFICERS_ONLY)


@permission("allocation:undo")
def may_undo_allocation(actor: User, allocation: Allocation) -> Reason:
    """Programme officers; in an in-house call, its own officers."""
    return why_not_office(actor, allocation.call, _OFFICERS_ONLY)


@permission("allocation:lock")
def may_lock_place(actor: User, problem: Problem) -> Reason:
    """Programme officers; in an in-house call, its own officers."""
    return why_not_office(actor, problem.call, _OFFICERS_ONLY)


@permission("allocation:export")
def may_export_allocation(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, those of their own call."""
    return may_read_allocations(actor)


def visible_allocations(actor: User | None) -> sa.ColumnElement[bool]:
    """The allocations *actor* may know of: those of calls they see with the office's eyes."""
    return read_by_office(actor, Allocation.call_id)


def visible_allocation_locks(actor: User | None) -> sa.ColumnElement[bool]:
    """The locks *actor* may know of: those on problems of calls they see with the office's eyes."""
    problems = sa.select(Problem.id).where(read_by_office(actor, Problem.call_id))
    return AllocationLock.problem_id.in_(problems)
