"""How the check does: its questions, how well their figures hold, and how evenly they are asked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.competency import load_taxonomy
from matchmaker.competency.evidence import Curve
from matchmaker.competency.quiz import TRIAL_ANSWERS
from matchmaker.i18n import N_, Message
from matchmaker.models import QuizAnswer, QuizCheck, QuizItem, User
from matchmaker.queries import quiz_item as items
from matchmaker.queries.quiz_item import Behaviour
from matchmaker.reports.suppression import SMALLEST
from matchmaker.reports.table import Cell, Column, Table, Words
from matchmaker.workflows.quiz_check import QUIZ_CHECK_WORKFLOW, QuizCheckState
from matchmaker.workflows.quiz_item import QUIZ_ITEM_WORKFLOW

FLAG_LABELS = {
    "misfit": N_("Does not fit"),
    "reversed": N_("Upside down"),
    "flat": N_("Tells little"),
    "unused_options": N_("Dead answer"),
    "language": N_("Differs by language"),
}
#: The probabilities of a right answer that are compared with what happened.
BANDS = ((0.0, 0.4), (0.4, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 1.01))

_ITEMS = Message(
    N_(
        "Every question that has been answered. Right expected: by the levels of those asked, "
        "before their answer. Tells apart: correlation of a right answer with that level. Language: "
        "Mantel-Haenszel difference on the delta scale between people of the same level, Chinese "
        "against English; below 0 it is harder in English, large from 1.5 either way, told from "
        "%(least)s answers in each language on. What is noticed is told from %(least)s answers on, "
        "shares from %(shares)s on."
    ),
    {"least": TRIAL_ANSWERS, "shares": items.LEAST_TOLD},
)
_CALIBRATION = Message(
    N_(
        "All answers that count, by how probable a right answer was before it was given. If the "
        "figures of the questions hold, both shares agree. Fewer than %(least)s answers are not shown."
    ),
    {"least": items.LEAST_TOLD},
)
_CHECKS = Message(
    N_(
        "Checks begun, by what became of them. Numbers from 1 to %(most)s are not shown: they could "
        "tell of single people."
    ),
    {"most": SMALLEST - 1},
)
_EXPOSURE = N_(
    "Questions in use or on trial. Asked most: the share of all questions put in the competency "
    "that the one asked most has; even would be 100 divided by the number of questions."
)


@dataclass(frozen=True)
class Given:
    """An answer that counts, with what was thought before it."""

    probability: float
    is_correct: bool


def quiz_tables(session: Session, actor: User | None) -> list[Table]:
    """The report, as far as *actor* may read it."""
    found = items.all_items(session, actor)
    return [
        item_table(found, items.behaviour(session, found)),
        calibration_table(_given(session, [item.id for item in found])),
        check_table(_check_counts(session) if found else {}),
        exposure_table(found, items.exposures(session, [item.id for item in found])),
    ]


def item_table(found: Iterable[QuizItem], behaviour: Mapping[int, Behaviour]) -> Table:
    """How each question has behaved, those that something is noticed of first."""
    rows = [_item_row(item, behaviour[item.id]) for item in found if behaviour[item.id].health.n]
    rows.sort(key=lambda row: (row[-1] is None, str(row[0])))
    columns = (
        Column(N_("Question")),
        Column(N_("State")),
        Column(N_("Answers"), is_number=True),
        Column(N_("Right, %"), is_number=True),
        Column(N_("Right expected, %"), is_number=True),
        Column(N_("Tells apart"), is_number=True),
        Column(N_("Difficulty set"), is_number=True),
        Column(N_("Difficulty found"), is_number=True),
        Column(N_("Language"), is_number=True),
        Column(N_("Noticed")),
    )
    return Table("items", N_("How the questions behave"), _ITEMS, columns, rows)


def _item_row(item: QuizItem, found: Behaviour) -> tuple[Cell, ...]:
    health = found.health
    return (
        item.code,
        QUIZ_ITEM_WORKFLOW.labels[item.state].staff,
        health.n,
        _figure(100 * health.share_right, 0),
        _figure(100 * health.expected, 0),
        _figure(health.discrimination, 2),
        item.difficulty,
        _figure(health.difficulty, 2) if health.n >= items.LEAST_TOLD else None,
        _figure(found.language_difference, 1),
        _flags(found.flags),
    )


def _flags(flags: Sequence[str]) -> Cell:
    if not flags:
        return None
    text = Message(FLAG_LABELS[flags[0]])
    for flag in flags[1:]:
        text = Message(
            N_("%(first)s; %(next)s"), {"first": text, "next": Message(FLAG_LABELS[flag])}
        )
    return text


def _figure(number: float, digits: int) -> float | int | None:
    if math.isnan(number):
        return None
    return round(number, digits) if digits else round(number)


def calibration_table(given: Sequence[Given]) -> Table:
    """Whether as many answers are right as the figures of the questions say."""
    rows = [_band_row(low, high, given) for low, high in BANDS]
    columns = (
        Column(N_("Probability of a right answer, %")),
        Column(N_("Answers"), is_number=True),
        Column(N_("Expected right, %"), is_number=True),
        Column(N_("Right, %"), is_number=True),
    )
    title = N_("Do the figures of the questions hold?")
    return Table("calibration", title, _CALIBRATION, columns, [row for row in rows if row])


def _band_row(low: float, high: float, given: Sequence[Given]) -> tuple[Cell, ...]:
    inside = [answer for answer in given if low <= answer.probability < high]
    if len(inside) < items.LEAST_TOLD:
        return ()
    expected = sum(answer.probability for answer in inside) / len(inside)
    right = sum(answer.is_correct for answer in inside) / len(inside)
    name = f"{100 * low:.0f}–{min(100, 100 * high):.0f}"
    return (name, len(inside), round(100 * expected), round(100 * right))


def _given(session: Session, item_ids: Sequence[int]) -> list[Given]:
    if not item_ids:
        return []
    row = QuizAnswer
    statement = sa.select(
        row.level_before, row.slope, row.difficulty, row.floor, row.ceiling, row.is_correct
    ).where(row.is_counted, row.chosen.is_not(None))
    return [
        Given(_success(level, Curve(slope, difficulty, floor, ceiling)), bool(is_correct))
        for level, slope, difficulty, floor, ceiling, is_correct in session.execute(statement)
    ]


def _success(level: float, curve: Curve) -> float:
    rising = 1 / (1 + math.exp(-curve.slope * (level - curve.difficulty)))
    return curve.floor + (curve.ceiling - curve.floor) * rising


def check_table(counts: Mapping[QuizCheckState, int]) -> Table:
    """How many checks were begun, and what became of them."""
    rows: list[tuple[Cell, ...]] = [
        (QUIZ_CHECK_WORKFLOW.labels[state].staff, _shown(counts.get(state, 0)))
        for state in QuizCheckState
    ]
    columns = (Column(N_("What became of them")), Column(N_("Checks"), is_number=True))
    return Table("checks", N_("Checks taken"), _CHECKS, columns, rows)


def _shown(count: int) -> int | None:
    return None if 0 < count < SMALLEST else count


def _check_counts(session: Session) -> dict[QuizCheckState, int]:
    statement = sa.select(QuizCheck.state, sa.func.count()).group_by(QuizCheck.state)
    return {row[0]: row[1] for row in session.execute(statement)}


def exposure_table(found: Iterable[QuizItem], counts: Mapping[int, int]) -> Table:
    """How many questions each competency has, and how evenly they are asked."""
    groups: dict[str, list[QuizItem]] = {}
    for item in found:
        if item.state in items.ASKED_STATES:
            groups.setdefault(item.competency, []).append(item)
    rows = [_exposure_row(name, groups.get(name, []), counts) for name in _competencies()]
    columns = (
        Column(N_("Competency")),
        Column(N_("Questions"), is_number=True),
        Column(N_("Levels")),
        Column(N_("Put so far"), is_number=True),
        Column(N_("Asked most, %"), is_number=True),
    )
    return Table("exposure", N_("Questions by competency"), _EXPOSURE, columns, rows)


def _competencies() -> list[str]:
    return list(load_taxonomy().competencies)


def _exposure_row(
    name: str, found: Sequence[QuizItem], counts: Mapping[int, int]
) -> tuple[Cell, ...]:
    label = load_taxonomy().competencies[name]
    put = [counts.get(item.id, 0) for item in found]
    levels = ", ".join(str(level) for level in sorted({item.level for item in found}))
    most = round(100 * max(put) / sum(put)) if sum(put) else None
    words = Words(label.label("zh"), label.label("en"))
    return (words, len(found), levels, sum(put), most)
