"""Reading screenings: the round at hand, earlier rounds, and how many rounds of coaching there were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import Problem, Screening, ScreeningOutcome, User
from matchmaker.policies.screening import visible_screenings


def _rounds(problem_id: int, revision_id: int | None) -> sa.Select[Any]:
    """The rounds of a problem, or of one of its amendments, the latest first."""
    return (
        sa.select(Screening)
        .where(
            Screening.problem_id == problem_id,
            Screening.revision_id.is_not_distinct_from(revision_id),
        )
        .options(joinedload(Screening.decided_by))
        .order_by(Screening.round.desc(), Screening.id.desc())
    )


def latest(
    session: Session, problem_id: int, revision_id: int | None = None, *, lock: bool = False
) -> Screening | None:
    """The latest round, if there was any; locked for this transaction if asked."""
    statement = _rounds(problem_id, revision_id).limit(1)
    if lock:
        statement = statement.with_for_update(of=Screening)
        statement = statement.execution_options(populate_existing=True)
    found: Screening | None = session.scalar(statement)
    return found


def under_way(
    session: Session, problem_id: int, revision_id: int | None = None, *, lock: bool = False
) -> Screening | None:
    """The round that is not decided yet, if there is one."""
    found = latest(session, problem_id, revision_id, lock=lock)
    return found if found is not None and found.outcome is None else None


def rounds(
    session: Session, actor: User | None, problem: Problem, revision_id: int | None = None
) -> Sequence[Screening]:
    """Every round that *actor* may read, the latest first."""
    statement = _rounds(problem.id, revision_id).where(visible_screenings(actor))
    return session.scalars(statement).all()


def last_returned(
    session: Session, actor: User | None, problem: Problem, revision_id: int | None = None
) -> Screening | None:
    """The latest round that went back to the owner, if it is the latest decided one."""
    decided = [r for r in rounds(session, actor, problem, revision_id) if r.outcome is not None]
    return decided[0] if decided and decided[0].outcome is ScreeningOutcome.COACH else None


def rounds_of_coaching(session: Session, problem_id: int, revision_id: int | None = None) -> int:
    """How often it went back to its owner for coaching."""
    statement = sa.select(sa.func.count(Screening.id)).where(
        Screening.problem_id == problem_id,
        Screening.revision_id.is_not_distinct_from(revision_id),
        Screening.outcome == ScreeningOutcome.COACH,
    )
    return session.scalar(statement) or 0


def latest_outcome() -> sa.ScalarSelect[Any]:
    """The outcome of the latest round of the problem of the enclosing query."""
    return (
        sa.select(Screening.outcome)
        .where(Screening.problem_id == Problem.id, Screening.revision_id.is_(None))
        .order_by(Screening.round.desc())
        .limit(1)
        .correlate(Problem)
        .scalar_subquery()
    )


def listed_ids(session: Session, problem_ids: Sequence[int]) -> set[int]:
    """Of *problem_ids* those whose latest round ended with listing."""
    statement = sa.select(Problem.id).where(
        Problem.id.in_(problem_ids), latest_outcome() == ScreeningOutcome.LIST
    )
    return set(session.scalars(statement))


def is_listed(session: Session, problem: Problem) -> bool:
    """Whether the latest round ended with listing, so that the problem can be graded."""
    found = latest(session, problem.id)
    return found is not None and found.outcome is ScreeningOutcome.LIST


def get_screening(session: Session, actor: User | None, screening_id: int) -> Screening:
    """One round, if *actor* may read it."""
    known = visible_screenings(actor)
    found = session.scalar(sa.select(Screening).where(Screening.id == screening_id, known))
    if found is None:
        raise NotFound
    return found
