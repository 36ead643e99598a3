"""Reading what was signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import GradeDecision


def latest_decision(session: Session, problem_id: int) -> GradeDecision | None:
    """The signature that counts for a problem, if there is one."""
    return next(iter(decisions_of(session, problem_id)), None)


def decisions_of(session: Session, problem_id: int) -> Sequence[GradeDecision]:
    """Every signature under a problem, the latest first."""
    statement = (
        sa.select(GradeDecision)
        .where(GradeDecision.problem_id == problem_id)
        .options(joinedload(GradeDecision.officer))
        .order_by(GradeDecision.id.desc())
    )
    return session.scalars(statement).all()


def latest_of(session: Session, problem_ids: Iterable[int]) -> dict[int, GradeDecision]:
    """The signature that counts for each of the problems that have one."""
    latest = (
        sa.select(sa.func.max(GradeDecision.id))
        .where(GradeDecision.problem_id.in_(list(problem_ids)))
        .group_by(GradeDecision.problem_id)
    )
    rows = session.scalars(sa.select(GradeDecision).where(GradeDecision.id.in_(latest)))
    return {row.problem_id: row for row in rows}
