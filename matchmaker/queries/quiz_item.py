"""Reading the questions of the check: for the office, for the check itself, and how they behave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.competency.evidence import Curve
from matchmaker.competency.quiz import (
    Asked,
    Item,
    ItemHealth,
    Words,
    group_difference,
    health,
    quiz_bank,
)
from matchmaker.errors import NotFound
from matchmaker.models import QuizAnswer, QuizItem, User
from matchmaker.models.problem import searchable
from matchmaker.policies.quiz_item import may_edit_items, visible_quiz_items
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.quiz_item import ASKED_STATES, QuizItemState

#: From here on the difference between languages is large (Holland and Thayer 1988).
LARGE_DIFFERENCE = 1.5
#: Fewer answers than these are told by their number alone: more could tell of single people.
LEAST_TOLD = 10


@dataclass(frozen=True)
class Behaviour:
    """How a question has behaved so far."""

    health: ItemHealth
    #: On the delta scale; below 0 it is harder in English. nan with too few answers.
    language_difference: float

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong with it, as `ItemHealth.flags`; ``language`` if it differs by language."""
        differs = abs(self.language_difference) >= LARGE_DIFFERENCE
        return (*self.health.flags, *(("language",) if differs else ()))


@dataclass(frozen=True, kw_only=True)
class ItemFilter:
    """What an officer looks for; nothing of it set finds everything."""

    query: str = ""
    competency: str = ""
    level: str = ""
    state: str = ""


def list_items(
    session: Session, actor: User | None, wanted: ItemFilter, *, number: int = 1
) -> Page[QuizItem]:
    """The questions that match, those that wait for a second officer first."""
    waits = QuizItem.state == QuizItemState.PROPOSED
    statement = (
        sa.select(QuizItem)
        .where(visible_quiz_items(actor), *_conditions(wanted))
        .order_by(sa.case((waits, 0), else_=1), QuizItem.code)
    )
    return paginate(session, statement, number=number)


def _conditions(wanted: ItemFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [
        QuizItem.search_text.contains(word, autoescape=True)
        for word in searchable(wanted.query).split()
    ]
    if wanted.competency:
        found.append(QuizItem.competency == wanted.competency)
    if wanted.level in set("1234"):
        found.append(QuizItem.level == int(wanted.level))
    if wanted.state in set(QuizItemState):
        found.append(QuizItem.state == QuizItemState(wanted.state))
    return found


def count_by_state(session: Session, actor: User | None) -> Counter[str]:
    """How many questions there are in each state."""
    statement = (
        sa.select(QuizItem.state, sa.func.count())
        .where(visible_quiz_items(actor))
        .group_by(QuizItem.state)
    )
    return Counter({row[0].value: row[1] for row in session.execute(statement)})


def count_waiting(session: Session, actor: User) -> int:
    """How many questions wait for *actor* as a second officer."""
    if not may_edit_items.allows(actor):
        return 0
    counted = sa.select(sa.func.count()).select_from(QuizItem)
    others = sa.or_(QuizItem.author_id.is_(None), QuizItem.author_id != actor.id)
    return session.scalar(counted.where(QuizItem.state == QuizItemState.PROPOSED, others)) or 0


def get_item(session: Session, actor: User | None, item_id: int, *, lock: bool = False) -> QuizItem:
    """The question with its key, or `NotFound`; locked for a change if asked."""
    statement = (
        sa.select(QuizItem)
        .where(QuizItem.id == item_id, visible_quiz_items(actor))
        .options(joinedload(QuizItem.author), joinedload(QuizItem.approver))
    )
    if lock:
        statement = statement.with_for_update(of=QuizItem).execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def find_by_code(session: Session, code: str) -> QuizItem | None:
    """The question with this code, whoever asks."""
    return session.scalar(sa.select(QuizItem).where(QuizItem.code == code))


def successor_of(session: Session, item: QuizItem) -> QuizItem | None:
    """The better wording that is being made, or has taken its place."""
    statement = sa.select(QuizItem).where(
        QuizItem.replaces_id == item.id, QuizItem.state != QuizItemState.RETIRED
    )
    return session.scalar(statement.order_by(QuizItem.id.desc()).limit(1))


def all_items(session: Session, actor: User | None) -> Sequence[QuizItem]:
    """Every question in the order of its code."""
    statement = sa.select(QuizItem).where(visible_quiz_items(actor)).order_by(QuizItem.code)
    return session.scalars(statement).all()


def codes(session: Session) -> set[str]:
    """The codes that are taken."""
    return set(session.scalars(sa.select(QuizItem.code)))


def untaken(session: Session) -> list[str]:
    """The codes of the questions that ship and are not in the database yet."""
    return sorted(quiz_bank().keys() - codes(session))


def count_live(session: Session) -> Counter[str]:
    """How many questions that count there are of each competency, with those that ship."""
    statement = (
        sa.select(QuizItem.competency, sa.func.count())
        .where(QuizItem.state == QuizItemState.LIVE, sa.not_(QuizItem.is_struck))
        .group_by(QuizItem.competency)
    )
    found = Counter({row[0]: row[1] for row in session.execute(statement)})
    found.update(quiz_bank()[code].competency for code in untaken(session))
    return found


def asked_now(session: Session, competency: str) -> Sequence[QuizItem]:
    """The questions of a competency that are asked: those in use, and those on trial."""
    statement = sa.select(QuizItem).where(
        QuizItem.competency == competency,
        QuizItem.state.in_(ASKED_STATES),
        sa.not_(QuizItem.is_struck),
    )
    return session.scalars(statement.order_by(QuizItem.code)).all()


def exposures(session: Session, item_ids: Collection[int]) -> Counter[int]:
    """How often each question has been put to anybody."""
    statement = (
        sa.select(QuizAnswer.item_id, sa.func.count())
        .where(QuizAnswer.item_id.in_(item_ids))
        .group_by(QuizAnswer.item_id)
    )
    return Counter({row[0]: row[1] for row in session.execute(statement)})


def as_item(row: QuizItem) -> Item:
    """*row* as the check's library knows it."""
    return Item(
        id=row.code,
        competency=row.competency,
        level=row.level,
        curve=Curve(row.slope, row.difficulty, row.floor, row.ceiling),
        stem=Words(row.stem_en, row.stem_zh),
        options=tuple(Words(option["en"], option["zh"]) for option in row.options),
        key=row.key,
        rationale=Words(row.rationale_en, row.rationale_zh),
    )


def behaviour(session: Session, items: Iterable[QuizItem]) -> dict[int, Behaviour]:
    """How each of *items* has behaved: one query for all."""
    listed = list(items)
    answers = _answers(session, [item.id for item in listed])
    return {item.id: _behaviour(as_item(item), answers.get(item.id, [])) for item in listed}


def _behaviour(item: Item, answers: Sequence[Asked]) -> Behaviour:
    if len(answers) < LEAST_TOLD:
        return Behaviour(replace(health(item, ()), n=len(answers)), float("nan"))
    return Behaviour(health(item, answers), group_difference(item, answers, "zh", "en"))


def _answers(session: Session, item_ids: Collection[int]) -> Mapping[int, list[Asked]]:
    """What was chosen, question by question, oldest first."""
    statement = (
        sa.select(
            QuizAnswer.item_id, QuizAnswer.chosen, QuizAnswer.level_before, QuizAnswer.language
        )
        .where(QuizAnswer.item_id.in_(item_ids))
        .order_by(QuizAnswer.answered_at, QuizAnswer.id)
    )
    found: dict[int, list[Asked]] = {}
    for item_id, chosen, level, language in session.execute(statement):
        if chosen is not None:
            found.setdefault(item_id, []).append(Asked(chosen, level, language))
    return found


def chosen_counts(session: Session, item: QuizItem) -> Counter[int]:
    """How often each option was chosen; nothing while that could tell of single people."""
    statement = (
        sa.select(QuizAnswer.chosen, sa.func.count())
        .where(QuizAnswer.item_id == item.id)
        .group_by(QuizAnswer.chosen)
    )
    rows = session.execute(statement)
    counts = Counter({chosen: count for chosen, count in rows if chosen is not None})
    return counts if counts.total() >= LEAST_TOLD else Counter()
