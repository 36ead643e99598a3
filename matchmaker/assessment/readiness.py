"""How ready an enterprise is for AI: five sides, a stage, and the next step for each weak item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matchmaker.assessment.rubric import MAX_POINTS, Item, ReadinessRubric, Stage, Wording

EVERY_SIDE = "*"
UNKNOWN = None


class BadAnswers(ValueError):
    """Answers that do not belong to the questionnaire."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """An item that could be better, and the next answer up as what to do.

    Attributes
    ----------
    item : Item
    points : int or None
        0 to 3 as answered; None if nobody knew.
    goal : Wording
        The next answer up; the lowest but one where nobody knew.
    """

    item: Item
    points: int | None
    goal: Wording


@dataclass(frozen=True, slots=True)
class ReadinessResult:
    """What the answers lead to.

    Attributes
    ----------
    sides : Mapping[str, float]
        0 to 100 for each side: 25 x the mean of its items.
    overall : float
        0 to 100: the mean of the sides.
    stage : Stage
        After floors.
    stage_by_score : Stage
        What the overall score alone would give.
    held_back_by : tuple of str
        The sides that keep the enterprise from ``stage_by_score``.
    steps : tuple of NextStep
        The weakest items first, what nobody knew before all.
    groups : Mapping[str, float]
        0 to 100 for the groups of items that are reported for comparison.
    answered : int
        How many items have an answer, "I don't know" included.
    """

    sides: Mapping[str, float]
    overall: float
    stage: Stage
    stage_by_score: Stage
    held_back_by: tuple[str, ...]
    steps: tuple[NextStep, ...]
    groups: Mapping[str, float]
    answered: int

    def cap(self, *, supported: bool = False) -> str:
        """The highest grade of problem that fits now; more with the programme's support."""
        return self.stage.supported_cap if supported else self.stage.cap


def score_readiness(answers: Mapping[str, int | None], rubric: ReadinessRubric) -> ReadinessResult:
    """Score a questionnaire; an item left out or not known counts 0.

    Parameters
    ----------
    answers : Mapping
        0 to 4 for each item, or None for "I don't know".

    Raises
    ------
    BadAnswers
        If an item is unknown or its points are outside 0 to 4.

    Examples
    --------
    >>> from matchmaker.assessment.shipped import shipped_rubric
    >>> rubric = shipped_rubric("readiness")
    >>> result = score_readiness(dict.fromkeys(rubric.items, 2), rubric)
    >>> result.overall, result.stage.en, result.cap()
    (50.0, 'Ready', 'G3')
    """
    _check(answers, rubric)
    sides = {side: _mean(answers, _items_of(side, rubric)) for side in rubric.dimensions}
    overall = sum(sides.values()) / len(sides)
    by_score = _stage_by_score(overall, rubric)
    stage = _after_floors(by_score, sides, rubric)
    return ReadinessResult(
        sides=MappingProxyType(sides),
        overall=overall,
        stage=stage,
        stage_by_score=by_score,
        held_back_by=() if stage is by_score else _below(by_score, sides),
        steps=_steps(answers, sides, rubric),
        groups=MappingProxyType(
            {name: _mean(answers, members) for name, members in rubric.groups.items()}
        ),
        answered=len(answers),
    )


def _check(answers: Mapping[str, int | None], rubric: ReadinessRubric) -> None:
    for item, points in answers.items():
        if item not in rubric.items:
            raise BadAnswers(f"there is no item {item}")
        if points is not UNKNOWN and points not in range(MAX_POINTS + 1):
            raise BadAnswers(f"{item} takes 0 to 4 points, not {points}")


def _items_of(side: str, rubric: ReadinessRubric) -> tuple[str, ...]:
    return tuple(item.id for item in rubric.items.values() if item.dimension == side)


def _mean(answers: Mapping[str, int | None], items: tuple[str, ...]) -> float:
    return 100 / MAX_POINTS * sum(answers.get(item) or 0 for item in items) / len(items)


def _stage_by_score(overall: float, rubric: ReadinessRubric) -> Stage:
    reached = [stage for stage in rubric.stages.values() if overall >= stage.minimum]
    return reached[-1]


def _below(stage: Stage, sides: Mapping[str, float]) -> tuple[str, ...]:
    """The sides that are under the floors of *stage*."""
    every = stage.floors.get(EVERY_SIDE, 0)
    return tuple(s for s, score in sides.items() if score < max(every, stage.floors.get(s, 0)))


def _after_floors(stage: Stage, sides: Mapping[str, float], rubric: ReadinessRubric) -> Stage:
    """*stage*, or the highest one below it whose floors every side reaches."""
    order = list(rubric.stages.values())
    fitting = [s for s in order[: order.index(stage) + 1] if not _below(s, sides)]
    return fitting[-1] if fitting else order[0]


def _steps(
    answers: Mapping[str, int | None], sides: Mapping[str, float], rubric: ReadinessRubric
) -> tuple[NextStep, ...]:
    open_items = [i for i in rubric.items.values() if (answers.get(i.id) or 0) < MAX_POINTS]
    order = list(rubric.items)

    def weakness(item: Item) -> tuple[bool, int, float, int]:
        points = answers.get(item.id)
        return (
            points is not UNKNOWN,
            points or 0,
            sides[item.dimension],
            order.index(item.id),
        )

    return tuple(
        NextStep(item, answers.get(item.id), item.answers[(answers.get(item.id) or 0) + 1])
        for item in sorted(open_items, key=weakness)
    )


def capped(grade: str, cap: str | None) -> str:
    """*grade*, but not above *cap*.

    Examples
    --------
    >>> capped("G3", "G2"), capped("G1", "G2"), capped("G4", None)
    ('G2', 'G1', 'G4')
    """
    return grade if cap is None else min(grade, cap)
