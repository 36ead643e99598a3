"""Reading who of the programme's people has how much on their desk."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager

from matchmaker.models import (
    BrokerAssignment,
    GradeDecision,
    GradeReview,
    GradingPanel,
    Problem,
    Screening,
    User,
)
from matchmaker.policies.problem import visible_problems
from matchmaker.policies.scope import is_national


def _counted(actor: User | None, call_id: int | None) -> list[sa.ColumnElement[bool]]:
    found = [is_national(Problem.call_id), visible_problems(actor)]
    return found if call_id is None else [*found, Problem.call_id == call_id]


def assignments(
    session: Session, actor: User | None, call_id: int | None = None
) -> Sequence[BrokerAssignment]:
    """The problems that have a broker now, with both."""
    statement = (
        sa.select(BrokerAssignment)
        .join(BrokerAssignment.problem)
        .join(BrokerAssignment.broker)
        .where(*_counted(actor, call_id))
        .options(contains_eager(BrokerAssignment.problem), contains_eager(BrokerAssignment.broker))
    )
    return session.scalars(statement.order_by(BrokerAssignment.id)).all()


def reviews(
    session: Session, actor: User | None, call_id: int | None = None
) -> Sequence[GradeReview]:
    """Every reviewer's part in every panel, with the reviewer."""
    statement = (
        sa.select(GradeReview)
        .join(GradeReview.panel)
        .join(Problem, Problem.id == GradingPanel.problem_id)
        .join(GradeReview.reviewer)
        .where(*_counted(actor, call_id))
        .options(contains_eager(GradeReview.reviewer))
    )
    return session.scalars(statement.order_by(GradeReview.id)).all()


def decisions(
    session: Session, actor: User | None, call_id: int | None = None
) -> list[tuple[User, int, int]]:
    """For each officer: screenings decided and grades signed, the busiest first."""
    screened = _per_officer(session, actor, call_id, Screening, Screening.decided_by_id)
    signed = _per_officer(session, actor, call_id, GradeDecision, GradeDecision.officer_id)
    people = session.scalars(sa.select(User).where(User.id.in_({*screened, *signed})))
    found = [(user, screened.get(user.id, 0), signed.get(user.id, 0)) for user in people]
    return sorted(found, key=lambda row: (-row[1] - row[2], row[0].id))


def _per_officer(
    session: Session,
    actor: User | None,
    call_id: int | None,
    model: type[Screening] | type[GradeDecision],
    officer: InstrumentedAttribute[int | None],
) -> dict[int, int]:
    statement: sa.Executable = (
        sa.select(officer, sa.func.count())
        .select_from(model)
        .join(Problem, Problem.id == model.problem_id)
        .where(officer.is_not(None), *_counted(actor, call_id))
        .group_by(officer)
    )
    return {row[0]: row[1] for row in session.execute(statement)}
