"""How ready an enterprise is for AI: five sides, a stage, what to do next, what grade fits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from matchmaker.assessment.rubric import MAX_POINTS, Item, ReadinessRubric, Stage, Wording

EVERY_SIDE = "*"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """A question with room to grow.

    Attributes
    ----------
    item : Item
        The question.
    score : int or None
        What it was answered with; None for "I don't know".
    action : Wording
        What to do next.
    goal : Wording
        The answer that this leads to.
    """

    item: Item
    score: int | None
    action: Wording
    goal: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessResult:
    """What the answers amount to.

    Attributes
    ----------
    sides : Mapping[str, float]
        Dimension to score, 0 to 100.
    overall : float
        The mean of the sides.
    stage : Stage
        The stage reached, floors counted.
    by_score : Stage
        The stage that the overall score alone would reach.
    held_back_by : tuple of str
        The dimensions that keep it from ``by_score``.
    groups : Mapping[str, float]
        The sums reported for comparison with surveys, 0 to 100.
    next_steps : tuple of NextStep
        The weakest first; what nobody knew comes before all.
    cap, supported_cap : str
        The highest grade of problem that fits now, alone and with the programme's support.
    """

    sides: Mapping[str, float]
    overall: float
    stage: Stage
    by_score: Stage
    held_back_by: tuple[str, ...]
    groups: Mapping[str, float]
    next_steps: tuple[NextStep, ...]
    cap: str
    supported_cap: str


def readiness(answers: Mapping[str, int | None], rubric: ReadinessRubric) -> ReadinessResult:
    """Score a readiness check.

    Parameters
    ----------
    answers : Mapping
        Item to 0..4, or None for "I don't know", which counts as 0. What is missing counts so too.
    rubric : ReadinessRubric
        The one the answers were given to.
    """
    sides = {
        side: _mean(answers, [i.id for i in rubric.items.values() if i.dimension == side])
        for side in rubric.dimensions
    }
    overall = sum(sides.values()) / len(sides)
    within = [stage for stage in rubric.stages.values() if overall >= stage.minimum]
    stage = next(stage for stage in reversed(within) if not _below(stage, sides))
    return ReadinessResult(
        sides=MappingProxyType(sides),
        overall=overall,
        stage=stage,
        by_score=within[-1],
        held_back_by=_below(within[-1], sides),
        groups=MappingProxyType({k: _mean(answers, items) for k, items in rubric.groups.items()}),
        next_steps=_next_steps(answers, rubric, sides),
        cap=stage.cap,
        supported_cap=stage.supported_cap,
    )


def _mean(answers: Mapping[str, int | None], items: list[str] | tuple[str, ...]) -> float:
    return 100 * sum(answers.get(item) or 0 for item in items) / (MAX_POINTS * len(items))


def _below(stage: Stage, sides: Mapping[str, float]) -> tuple[str, ...]:
    """The sides that do not reach what *stage* asks of them."""
    everywhere = stage.floors.get(EVERY_SIDE, 0)
    return tuple(s for s, score in sides.items() if score < max(everywhere, stage.floors.get(s, 0)))


def _next_steps(
    answers: Mapping[str, int | None], rubric: ReadinessRubric, sides: Mapping[str, float]
) -> tuple[NextStep, ...]:
    found = [
        _next_step(item, answers.get(item.id))
        for item in rubric.items.values()
        if (answers.get(item.id) or 0) < MAX_POINTS
    ]
    return tuple(sorted(found, key=lambda step: _weakness(step, sides)))


def _weakness(step: NextStep, sides: Mapping[str, float]) -> tuple[float, float]:
    return (-1 if step.score is None else step.score, sides[step.item.dimension])


def _next_step(item: Item, score: int | None) -> NextStep:
    goal = item.answers[(score or 0) + 1]
    level = UNKNOWN if score is None else str(score)
    # A question of the office's own has no advice with it: the next answer says what to reach.
    action = _advice().get(item.id, {}).get(level, goal)
    return NextStep(item=item, score=score, action=action, goal=goal)


@cache
def _advice() -> Mapping[str, Mapping[str, Wording]]:
    text = (files(__package__) / "data" / "readiness_steps.json").read_text(encoding="utf-8")
    steps = json.loads(text)["steps"]
    return {
        item: {level: Wording(en=words["en"], zh=words["zh"]) for level, words in levels.items()}
        for item, levels in steps.items()
    }
