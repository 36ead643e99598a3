"""Who compares the versions of a problem, proposes changes to a published one, and decides on them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Problem, ProblemRevision, User
from matchmaker.policies.base import Permission, Reason, permission
from matchmaker.policies.problem import (
    brokered_by,
    is_owner,
    may_decide,
    may_read_coaching,
)
from matchmaker.policies.scope import read_by_office
from matchmaker.workflows.problem_revision import ProblemRevisionAction, ProblemRevisionState


@permission("problem_revision:read")
def may_read(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem, its broker and the programme office."""
    return may_read_coaching(actor, problem)


@permission("problem_revision:propose")
def may_propose(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem."""
    if is_owner(actor, problem):
        return None
    return N_("Only members of the organization that sets this problem propose changes to it.")


@permission("problem_revision:decide")
def may_conclude(actor: User, problem: Problem) -> Reason:
    """Whoever may decide on the problem."""
    return may_decide(actor, problem)


_OWNERS = (
    ProblemRevisionAction.RECORD,
    ProblemRevisionAction.SUBMIT,
    ProblemRevisionAction.WITHDRAW,
)


def permission_for(action: ProblemRevisionAction) -> Permission:
    """The permission that *action* takes."""
    return may_propose if action in _OWNERS else may_conclude


def visible_revisions(actor: User | None) -> sa.ColumnElement[bool]:
    """The revisions *actor* may read.

    All of their own organization's problems; as office those of problems it received, but no
    amendment that its owner is still writing.
    """
    if actor is None:
        return sa.false()
    own = sa.select(Problem.id).where(Problem.organization_id.in_(actor.organization_ids))
    office = sa.select(Problem.id).where(
        Problem.submitted_at.is_not(None),
        sa.or_(read_by_office(actor, Problem.call_id), Problem.id.in_(brokered_by(actor))),
    )
    received = sa.or_(
        ProblemRevision.state == ProblemRevisionState.RECORDED,
        ProblemRevision.submitted_at.is_not(None),
    )
    return sa.or_(
        ProblemRevision.problem_id.in_(own),
        sa.and_(ProblemRevision.problem_id.in_(office), received),
    )
