"""What the readiness pages say: axes of the picture, differences of two opinions, changes over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from matchmaker.assessment.rubric import Item, ReadinessRubric
from matchmaker.clock import utcnow
from matchmaker.models import ReadinessAssessment
from matchmaker.web.i18n import current_language, show_day

DAYS_A_MONTH = 30.4


@dataclass(frozen=True)
class Difference:
    """A question that two people answered differently."""

    item: Item
    first: str
    second: str
    #: How many steps apart the answers are; "I don't know" counts as none of five.
    steps: int


def points(score: float | None) -> str:
    """A score of 0 to 100 without a needless decimal."""
    return "–" if score is None else f"{score:.0f}"


def answer_words(item: Item, answers: Mapping[str, int | None]) -> str:
    """An answer as people read it."""
    if item.id not in answers:
        return str(_("Not answered yet"))
    score = answers[item.id]
    if score is None:
        return str(_("I don't know"))
    return item.answers[score].label(current_language())


def axes(
    rubric: ReadinessRubric, sides: Mapping[str, float], other: Mapping[str, float] | None = None
) -> list[dict[str, Any]]:
    """The five sides for the picture, with a second opinion's beside them."""
    return [
        {
            "label": dimension.label(current_language()),
            "value": round(sides[key]),
            **({"target": round(other[key])} if other else {}),
        }
        for key, dimension in rubric.dimensions.items()
    ]


def side_names(rubric: ReadinessRubric, sides: Iterable[str]) -> str:
    """The names of some sides, as a list in a sentence."""
    names = [rubric.dimensions[side].label(current_language()) for side in sides]
    return str(_(", ")).join(names)


def side_columns(rubric: ReadinessRubric) -> list[dict[str, Any]]:
    """The columns of the table of earlier checks."""
    sides = [side.label(current_language()) for side in rubric.dimensions.values()]
    return [
        {"label": _("Completed")},
        {"label": _("Stage")},
        *({"label": label, "numeric": True} for label in (_("Overall"), *sides)),
    ]


def differences(
    rubric: ReadinessRubric, first: Mapping[str, int | None], second: Mapping[str, int | None]
) -> list[Difference]:
    """The questions answered differently, the furthest apart first."""
    found = [
        Difference(
            item,
            answer_words(item, first),
            answer_words(item, second),
            abs((first.get(item.id) or 0) - (second.get(item.id) or 0)),
        )
        for item in rubric.items.values()
        if first.get(item.id) != second.get(item.id)
    ]
    return sorted(found, key=lambda difference: -difference.steps)


def trend_points(history: Sequence[ReadinessAssessment]) -> list[dict[str, Any]]:
    """The overall score over time."""
    return [
        {"label": show_day(past.completed_at), "value": round(past.overall or 0)}
        for past in history
    ]


def is_old(assessment: ReadinessAssessment, months: int) -> bool:
    """Whether it is time to repeat the check."""
    if assessment.completed_at is None:
        return False
    return utcnow() - assessment.completed_at > timedelta(days=months * DAYS_A_MONTH)
