"""Reading reviews as the reviewer sees them: their own, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.models import GradeReview, GradingPanel, Problem, User
from matchmaker.policies.conflict import surroundings
from matchmaker.policies.grade_review import may_score, visible_grade_reviews


def get_review(
    session: Session, actor: User | None, review_id: int, *, lock: bool = False
) -> GradeReview:
    """The reviewer's own review; `NotFound` too if anything ties them to the problem by now."""
    statement = sa.select(GradeReview).where(
        GradeReview.id == review_id, visible_grade_reviews(actor)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    review = session.scalar(statement)
    if review is None or not may_score.allows(actor, review):
        raise NotFound
    return review


def own_reviews(session: Session, actor: User) -> Sequence[GradeReview]:
    """The reviewer's own reviews, the first due first; none of a case they stand too near to."""
    statement = (
        sa.select(GradeReview)
        .where(visible_grade_reviews(actor))
        .options(
            joinedload(GradeReview.panel)
            .joinedload(GradingPanel.problem)
            .options(joinedload(Problem.organization), selectinload(Problem.requirements)),
            joinedload(GradeReview.reviewer),
        )
        .order_by(GradeReview.due_at, GradeReview.id)
    )
    reviews = session.scalars(statement).all()
    around = surroundings(session, [review.panel.problem for review in reviews])
    return [r for r in reviews if around[r.panel.problem_id].why_not(actor) is None]


def other_review(review: GradeReview) -> GradeReview | None:
    """The review in the other seat of the same panel."""
    return next((r for r in review.panel.seated if r.id != review.id), None)
