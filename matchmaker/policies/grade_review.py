"""Who scores problems, and which reviews a reviewer may know of."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import object_session

from matchmaker.i18n import N_
from matchmaker.models import GradeReview, GradingPanel, Role, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.conflict import why_not_review
from matchmaker.workflows.grade_review import SEATED_STATES
from matchmaker.workflows.grading_panel import COMPARED_STATES, GradingPanelState


@permission("grade_review:list")
def may_list_reviews(actor: User) -> Reason:
    """Reviewers."""
    if actor.has_role(Role.REVIEWER):
        return None
    return N_("Only reviewers score problems.")


@permission("grade_review:score")
def may_score(actor: User, review: GradeReview) -> Reason:
    """The reviewer who was asked, as long as nothing ties them to the problem."""
    if review.reviewer_id != actor.id or review.state not in SEATED_STATES:
        return N_("Only the reviewer who was asked scores.")
    session = object_session(review)
    problem = review.panel.problem
    if session is None or why_not_review(session, actor, problem) is not None:
        return N_("Something ties you to the organization that sets this problem.")
    return None


@permission("grade_review:compare")
def may_compare(actor: User, review: GradeReview) -> Reason:
    """The reviewer who was asked, once both have handed in."""
    if review.panel.state not in COMPARED_STATES:
        return N_("The other points show once both reviewers have handed in.")
    return may_score(actor, review)


def visible_grade_reviews(actor: User | None) -> sa.ColumnElement[bool]:
    """The reviews *actor* may open, but for conflicts, which `may_score` knows.

    A seat that was given up, and a panel that was stopped, are gone at once.
    """
    if actor is None or not may_list_reviews.allows(actor):
        return sa.false()
    running = sa.select(GradingPanel.id).where(GradingPanel.state != GradingPanelState.STOPPED)
    return sa.and_(
        GradeReview.reviewer_id == actor.id,
        GradeReview.state.in_(SEATED_STATES),
        GradeReview.panel_id.in_(running),
    )
