"""Reading checks: one's own, when the next may begin, and what the diagnosis counts of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.clock import utcnow
from matchmaker.competency import evidence as diagnosis
from matchmaker.competency.parameters import parameters
from matchmaker.competency.succession import follow
from matchmaker.errors import NotFound
from matchmaker.models import QuizAnswer, QuizCheck, QuizItem, User
from matchmaker.policies.quiz import visible_quiz_checks
from matchmaker.queries.level_piece import TAIPEI, Piece, months_since
from matchmaker.workflows.quiz_check import QuizCheckState

KIND = "quiz"
#: A question is not put to the same person again for this long.
UNSEEN_FOR = timedelta(days=180)
_ENDED = (QuizCheckState.DONE, QuizCheckState.LAPSED)


def pieces(session: Session, user_ids: Collection[int]) -> Iterator[Piece]:
    """What the answers of some people say, once their check has ended; see `level_estimate`.

    Of several answers to one question the newest counts.
    """
    statement = (
        sa.select(QuizAnswer, QuizCheck.user_id, QuizCheck.competency)
        .join(QuizCheck)
        .join(QuizItem)
        .where(
            QuizCheck.user_id.in_(user_ids),
            QuizCheck.state.in_(_ENDED),
            QuizAnswer.is_counted,
            sa.not_(QuizItem.is_struck),
        )
        .order_by(QuizAnswer.answered_at.desc(), QuizAnswer.id.desc())
    )
    known: set[tuple[int, int]] = set()
    for answer, user_id, competency in session.execute(statement):
        if answer.answered_at is None or (user_id, answer.item_id) in known:
            continue
        known.add((user_id, answer.item_id))
        on = answer.answered_at.astimezone(TAIPEI).date()
        for heir in follow(competency):
            said = as_answer(answer, months_since(on), heir.share)
            yield Piece(user_id, heir.competency, KIND, on, said, answer)


def as_answer(row: QuizAnswer, age: float = 0.0, share: float = 1.0) -> diagnosis.Answer:
    """The stored answer as the diagnosis knows it."""
    curve = diagnosis.Curve(row.slope, row.difficulty, row.floor, row.ceiling)
    return diagnosis.Answer(curve, bool(row.is_correct), age, share)


def get_check(
    session: Session, actor: User | None, check_id: int, *, lock: bool = False
) -> QuizCheck:
    """The check with what was put so far, if it is the actor's own."""
    statement = (
        sa.select(QuizCheck)
        .where(QuizCheck.id == check_id, visible_quiz_checks(actor))
        .options(selectinload(QuizCheck.answers).joinedload(QuizAnswer.item))
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def latest_checks(session: Session, actor: User) -> dict[str, QuizCheck]:
    """The last check of each competency that *actor* has begun."""
    statement = (
        sa.select(QuizCheck)
        .where(QuizCheck.user_id == actor.id)
        .order_by(QuizCheck.started_at, QuizCheck.id)
    )
    return {check.competency: check for check in session.scalars(statement)}


def latest_check(session: Session, user_id: int, competency: str) -> QuizCheck | None:
    """The last check of one competency that somebody has begun."""
    statement = (
        sa.select(QuizCheck)
        .where(QuizCheck.user_id == user_id, QuizCheck.competency == competency)
        .order_by(QuizCheck.started_at.desc(), QuizCheck.id.desc())
    )
    return session.scalar(statement.limit(1))


def again_from(check: QuizCheck | None) -> datetime | None:
    """When the next check of the competency may begin; None if at once."""
    if check is None:
        return None
    first = check.started_at + timedelta(days=parameters().quiz.retest_days)
    return first if first > utcnow() else None


def seen_items(session: Session, user_id: int) -> set[int]:
    """The questions that were put to somebody not long ago."""
    statement = (
        sa.select(QuizAnswer.item_id)
        .join(QuizCheck)
        .where(QuizCheck.user_id == user_id, QuizAnswer.asked_at > utcnow() - UNSEEN_FOR)
    )
    return set(session.scalars(statement))


def count_seen(session: Session, user_id: int) -> dict[str, int]:
    """How many questions that count were put to somebody not long ago, by competency."""
    statement = (
        sa.select(QuizItem.competency, sa.func.count(QuizItem.id.distinct()))
        .join(QuizAnswer, QuizAnswer.item_id == QuizItem.id)
        .join(QuizCheck)
        .where(
            QuizCheck.user_id == user_id,
            QuizAnswer.asked_at > utcnow() - UNSEEN_FOR,
            QuizAnswer.is_counted,
        )
        .group_by(QuizItem.competency)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def running(session: Session, user_id: int) -> Sequence[QuizCheck]:
    """The checks that somebody can go on with, the one that ends first first."""
    statement = (
        sa.select(QuizCheck)
        .where(
            QuizCheck.user_id == user_id,
            QuizCheck.state == QuizCheckState.OPEN,
            QuizCheck.ends_at > utcnow(),
        )
        .order_by(QuizCheck.ends_at)
    )
    return session.scalars(statement).all()


def overdue(session: Session) -> Sequence[QuizCheck]:
    """Checks that were left open and whose time is over."""
    statement = (
        sa.select(QuizCheck)
        .where(QuizCheck.state == QuizCheckState.OPEN, QuizCheck.ends_at <= utcnow())
        .options(joinedload(QuizCheck.user), selectinload(QuizCheck.answers))
        .order_by(QuizCheck.id)
    )
    return session.scalars(statement).all()


def people_asked(session: Session, item_id: int) -> list[int]:
    """Who has answered a question, for working out their levels anew."""
    statement = (
        sa.select(QuizCheck.user_id)
        .join(QuizAnswer)
        .where(QuizAnswer.item_id == item_id, QuizAnswer.chosen.is_not(None))
        .distinct()
        .order_by(QuizCheck.user_id)
    )
    return list(session.scalars(statement))
