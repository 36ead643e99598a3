"""Who reads and writes the comments beside a problem's fields."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Problem, ProblemComment, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.problem import (
    brokered_by,
    is_owner,
    may_coach,
    may_read_coaching,
)
from matchmaker.policies.scope import read_by_office


@permission("problem_comment:read")
def may_read(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem, its broker and the programme office."""
    return may_read_coaching(actor, problem)


@permission("problem_comment:write")
def may_comment(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem, its broker and whoever may decide on it."""
    if is_owner(actor, problem) or may_coach.allows(actor, problem):
        return None
    return N_("Only the owner, the broker and programme officers write comments here.")


def speaks_for_office(actor: User | None, problem: Problem) -> bool:
    """Whether what *actor* does counts as the office's word rather than the owner's.

    In an in-house call officers belong to the organization too, so their office comes first.
    """
    return may_coach.allows(actor, problem)


def visible_comments(actor: User | None) -> sa.ColumnElement[bool]:
    """The comments *actor* may read: on their own problems and on those they see as the office."""
    if actor is None:
        return sa.false()
    known = sa.select(Problem.id).where(
        sa.or_(
            Problem.organization_id.in_(actor.organization_ids),
            sa.and_(
                Problem.submitted_at.is_not(None),
                sa.or_(read_by_office(actor, Problem.call_id), Problem.id.in_(brokered_by(actor))),
            ),
        )
    )
    return ProblemComment.problem_id.in_(known)
