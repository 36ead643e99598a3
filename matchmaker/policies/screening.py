"""Who scores and decides screenings, and who reads them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.models import Problem, Screening, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.problem import (
    brokered_by,
    may_coach,
    may_decide,
    may_read_decisions,
)
from matchmaker.policies.scope import read_by_office


@permission("screening:read")
def may_read(actor: User, problem: Problem) -> Reason:
    """The programme office and the broker; owners read the outcome, not the working paper."""
    return may_read_decisions(actor, problem)


@permission("screening:score")
def may_score(actor: User, problem: Problem) -> Reason:
    """The broker and whoever may decide on the problem."""
    return may_coach(actor, problem)


@permission("screening:decide")
def may_conclude(actor: User, problem: Problem) -> Reason:
    """Whoever may decide on the problem; a broker prepares, and does not decide."""
    return may_decide(actor, problem)


def visible_screenings(actor: User | None) -> sa.ColumnElement[bool]:
    """The screenings *actor* may read: the office's, the broker's, and decided ones for the owner."""
    if actor is None:
        return sa.false()
    office = sa.select(Problem.id).where(
        sa.or_(read_by_office(actor, Problem.call_id), Problem.id.in_(brokered_by(actor)))
    )
    own = sa.select(Problem.id).where(Problem.organization_id.in_(actor.organization_ids))
    decided = sa.and_(Screening.problem_id.in_(own), Screening.decided_at.is_not(None))
    return sa.or_(Screening.problem_id.in_(office), decided)
