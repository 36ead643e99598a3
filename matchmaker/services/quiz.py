"""The check of a competency: begin, answer, go on later; when it ends it counts for the level."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.competency import load_taxonomy
from matchmaker.competency.diagnosis import estimate
from matchmaker.competency.evidence import Evidence as Said
from matchmaker.competency.parameters import parameters
from matchmaker.competency.quiz import next_item
from matchmaker.errors import InvalidInput, NotFound, RateLimited
from matchmaker.i18n import N_, Message
from matchmaker.models import QuizAnswer, QuizCheck, QuizItem, User
from matchmaker.policies.quiz import may_answer_check, may_take_checks
from matchmaker.queries import quiz as queries
from matchmaker.queries import quiz_item as items
from matchmaker.queries.level_piece import TAIPEI
from matchmaker.services import quiz_item
from matchmaker.services.context import Context
from matchmaker.services.level_estimate import estimates_of, half_life, pieces_of, refresh
from matchmaker.workflows.quiz_check import QuizCheckAction, QuizCheckState
from matchmaker.workflows.quiz_item import QuizItemState

#: A check can be gone on with for this long; then it ends with what was answered.
OPEN_FOR = timedelta(days=1)


def start(ctx: Context, competency: str, *, language: str = "zh") -> QuizCheck:
    """Begin a check and put its first question; one that is under way is gone on with."""
    actor = _actor(ctx)
    if not load_taxonomy().has_concept(competency):
        raise NotFound
    ctx.lock_actor()  # Two clicks begin one check.
    last = queries.latest_check(ctx.session, actor.id, competency)
    if last is not None and last.is_running:
        return last
    again_from = queries.again_from(last)
    if again_from is not None:
        text = N_("You have taken this check not long ago. You can take it again from %(day)s on.")
        raise RateLimited(text, day=again_from.astimezone(TAIPEI).date().isoformat())
    if last is not None:
        _lapse(ctx, last)
    quiz_item.ensure_bank(ctx.session)
    check = _new_check(ctx, actor, competency, language)
    if not _put_next(ctx.session, check):
        raise InvalidInput(N_("There is no question left that you have not seen lately."))
    ctx.record("quiz:start", check, competency=competency)
    return check


def _actor(ctx: Context) -> User:
    ctx.require(may_take_checks)
    if ctx.actor is None:
        raise NotFound
    return ctx.actor


def _new_check(ctx: Context, actor: User, competency: str, language: str) -> QuizCheck:
    now = utcnow()
    check = QuizCheck(
        user_id=actor.id,
        competency=competency,
        language=language,
        seed=secrets.token_hex(16),
        started_at=now,
        ends_at=now + OPEN_FOR,
        before=summary(ctx.session, actor.id, competency),
        parameters_version=parameters().version,
    )
    ctx.session.add(check)
    ctx.session.flush()
    return check


def answer(ctx: Context, check_id: int, place: int, chosen: int | None, *, language: str) -> bool:
    """Take an answer, given as the position on the page; whether it was taken.

    A question is answered once: what comes from another tab, a second click or after the end
    changes nothing.
    """
    check = queries.get_check(ctx.session, ctx.actor, check_id, lock=True)
    ctx.require(may_answer_check, check)
    row = next((row for row in check.answers if row.place == place), None)
    if row is None:
        raise NotFound
    if not check.is_running:
        _lapse(ctx, check)
        return False
    if row.answered_at is not None:
        return False
    if chosen is None or not 0 <= chosen < len(row.order):
        raise InvalidInput(fields={"chosen": [Message(N_("Choose one of the answers."))]})
    _take(row, row.order[chosen], language)
    if not _put_next(ctx.session, check):
        _end(ctx, check, QuizCheckAction.FINISH)
    return True


def _take(row: QuizAnswer, chosen: int, language: str) -> None:
    row.chosen, row.is_correct = chosen, chosen == row.item.key
    row.language = language
    row.answered_at = max(utcnow(), row.asked_at)  # A clock that was put back dates nothing back.


def _put_next(session: Session, check: QuizCheck) -> bool:
    """Put the next question; whether there is one."""
    seen = queries.seen_items(session, check.user_id)
    rows = [row for row in items.asked_now(session, check.competency) if row.id not in seen]
    known = _known(session, check)
    row = _trial(session, check, rows) or _drawn(session, check, rows, known)
    if row is None:
        return False
    order = items.as_item(row).order(check.seed)
    check.answers.append(_question(row, len(check.answers) + 1, order, _level(check, known)))
    session.flush()
    return True


def _known(session: Session, check: QuizCheck) -> list[Said]:
    """All that is known of the person in the competency, with the answers so far."""
    given = [row for row in check.answers if row.is_counted and row.answered_at is not None]
    stored = pieces_of(session, check.user_id).get(check.competency, [])
    return [*stored, *(queries.as_answer(row) for row in given)]


def _level(check: QuizCheck, known: Sequence[Said]) -> float:
    return estimate(known, half_life_months=half_life(check.competency)).mean


def _trial(session: Session, check: QuizCheck, rows: Sequence[QuizItem]) -> QuizItem | None:
    """A question on trial, at most one in a check, at a place that nobody can guess."""
    rng = random.Random(f"{check.seed}/trial")  # noqa: S311 (no secret)
    on_trial = [row for row in rows if row.state is QuizItemState.TRIAL]
    if not on_trial or len(check.answers) + 1 != rng.randint(1, 3):
        return None
    counts = items.exposures(session, [row.id for row in on_trial])
    return min(on_trial, key=lambda row: (counts[row.id], rng.random()))


def _drawn(
    session: Session, check: QuizCheck, rows: Sequence[QuizItem], known: Sequence[Said]
) -> QuizItem | None:
    """The question in use that would tell most, or nearly so; None when the check is over."""
    live = {row.code: row for row in rows if row.state is QuizItemState.LIVE}
    counts = items.exposures(session, [row.id for row in live.values()])
    found = next_item(
        known,
        [items.as_item(row) for row in live.values()],
        asked=[row.item.code for row in check.answers if row.is_counted],
        exposures={row.code: counts[row.id] for row in live.values()},
        rng=random.Random(f"{check.seed}/{len(check.answers)}"),  # noqa: S311 (no secret)
        half_life_months=half_life(check.competency),
    )
    return live[found.id] if found else None


def _question(row: QuizItem, place: int, order: Sequence[int], level: float) -> QuizAnswer:
    return QuizAnswer(
        item=row,
        place=place,
        order=list(order),
        asked_at=utcnow(),
        is_counted=row.state is QuizItemState.LIVE,
        level_before=level,
        slope=row.slope,
        difficulty=row.difficulty,
        floor=row.floor,
        ceiling=row.ceiling,
    )


def _end(ctx: Context, check: QuizCheck, action: QuizCheckAction) -> None:
    """End a check: what was answered counts from now on."""
    check.apply(action)
    check.finished_at = utcnow()
    refresh(ctx.session, [check.user_id], cause="quiz:check", cause_id=check.id)
    check.after = summary(ctx.session, check.user_id, check.competency)
    ctx.record(f"quiz:{action}", check, competency=check.competency)


def _lapse(ctx: Context, check: QuizCheck) -> None:
    """End a check whose time is over; one that has ended already stays as it is."""
    if check.state is QuizCheckState.OPEN:
        _end(ctx, check, QuizCheckAction.LAPSE)


def lapse_overdue(ctx: Context) -> int:
    """End every check that was left open too long; how many."""
    found = queries.overdue(ctx.session)
    for check in found:
        _lapse(ctx, check)
    return len(found)


def summary(session: Session, user_id: int, competency: str) -> dict[str, Any]:
    """What is known of a level, for keeping beside a check; nothing if nothing is."""
    found = estimates_of(session, user_id).get(competency)
    if found is None:
        return {}
    names = ("mean", "low", "high", "level", "confirmed", "is_unknown")
    return {name: getattr(found, name) for name in names}


def recount(session: Session, item_id: int) -> int:
    """Work out anew the levels of everybody who has answered a question; how many people."""
    people = queries.people_asked(session, item_id)
    refresh(session, people, cause="quiz:strike", cause_id=item_id)
    return len(people)


def forget(session: Session, user_id: int) -> None:
    """Delete the checks of a person whose account is closed, with all answers."""
    checks = sa.select(QuizCheck.id).where(QuizCheck.user_id == user_id)
    session.execute(sa.delete(QuizAnswer).where(QuizAnswer.check_id.in_(checks)))
    session.execute(sa.delete(QuizCheck).where(QuizCheck.user_id == user_id))
