"""Reading owners' requests to have a grade looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import GradeAppeal, User
from matchmaker.policies.grade_appeal import visible_grade_appeals
from matchmaker.workflows.grade_appeal import OPEN_STATES, GradeAppealState


def get_appeal(
    session: Session, actor: User | None, appeal_id: int, *, lock: bool = False
) -> GradeAppeal:
    """The request, if *actor* may know of it; locked for this transaction if asked."""
    statement = sa.select(GradeAppeal).where(
        GradeAppeal.id == appeal_id, visible_grade_appeals(actor)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    appeal = session.scalar(statement)
    if appeal is None:
        raise NotFound
    return appeal


def appeal_of(session: Session, problem_id: int) -> GradeAppeal | None:
    """The request that was made about a problem; one that lapsed does not count."""
    statement = (
        sa.select(GradeAppeal)
        .where(GradeAppeal.problem_id == problem_id, GradeAppeal.state != GradeAppealState.LAPSED)
        .options(
            joinedload(GradeAppeal.decision),
            joinedload(GradeAppeal.outcome),
            joinedload(GradeAppeal.officer),
        )
    )
    return session.scalar(statement)


def open_appeal(session: Session, problem_id: int) -> GradeAppeal | None:
    """The request about a problem that the office has still to answer."""
    appeal = appeal_of(session, problem_id)
    return appeal if appeal is not None and appeal.state in OPEN_STATES else None
