"""Who in the office reads how a problem is graded, and who names the reviewers."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import GradingPanel, Problem, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.problem import is_owner, may_decide
from matchmaker.policies.scope import may_read_as_office, read_by_office


@permission("grading_panel:read")
def may_read_grading(actor: User, problem: Problem) -> Reason:
    """The programme office, but those who belong to the organization that sets the problem."""
    if not may_read_as_office(actor, problem.call):
        return N_("How a problem is graded is known to the programme office only.")
    if problem.call.private_call is None and is_owner(actor, problem):
        return N_(
            "You belong to the organization that sets this problem: "
            "how it is graded is for others to see."
        )
    return None


@permission("grading_panel:manage")
def may_manage_panel(actor: User, problem: Problem) -> Reason:
    """Programme officers, unless they belong to the organization that sets the problem."""
    if problem.call.private_call is not None:
        return N_(
            "In an in-house call nobody from outside reviews: its officers grade without a panel."
        )
    return may_decide(actor, problem)


def graded_by_office(actor: User | None) -> sa.ColumnElement[bool]:
    """The problems whose grading *actor* may read."""
    if actor is None:
        return sa.false()
    return sa.and_(
        read_by_office(actor, Problem.call_id),
        Problem.organization_id.not_in(actor.organization_ids),
    )


def visible_grading_panels(actor: User | None) -> sa.ColumnElement[bool]:
    """The panels *actor* may know of as the office does."""
    return GradingPanel.problem_id.in_(sa.select(Problem.id).where(graded_by_office(actor)))
