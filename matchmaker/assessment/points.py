"""Points on a criterion with their range and evidence, and the score they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from matchmaker.assessment.reading import Evidence
from matchmaker.assessment.rubric import MAX_POINTS, Criterion
from matchmaker.i18n import N_, Message

NOT_SAID = Message(N_("Not said: the usual is taken until somebody knows."))
FROM_TEXT = Message(N_("Read out of the text: please confirm it."))
FROM_ANSWER = Message(N_("As answered."))
DIFFERENT = Message(N_("The answer and the text differ: please look at both."))


class BadPoints(ValueError):
    """Points that a rubric cannot add up."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a rule says about one criterion.

    Attributes
    ----------
    points : int
        0 to 4.
    low, high : int
        What is still possible: ``low <= points <= high``.
    why : Message
        How the points came about.
    evidence : tuple of Evidence
        What they rest on; empty if nothing was said.
    """

    points: int
    low: int
    high: int
    why: Message
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.points <= self.high <= MAX_POINTS:
            raise BadPoints(f"{self.low} <= {self.points} <= {self.high} does not hold in 0 to 4")

    @property
    def said(self) -> bool:
        """Whether anything was said about it."""
        return bool(self.evidence)

    def raised(self, by: int, why: Message, evidence: tuple[Evidence, ...] = ()) -> Point:
        """The same, *by* points higher (or lower) within 0 to 4."""
        points = within(self.points + by)
        low, high = min(within(self.low + by), points), max(within(self.high + by), points)
        return replace(
            self,
            points=points,
            low=low,
            high=high,
            why=why,
            evidence=tuple(dict.fromkeys(self.evidence + evidence)),
        )


def within(points: int) -> int:
    """*points* moved into 0 to 4."""
    return min(max(points, 0), MAX_POINTS)


def unsaid(assumed: int) -> Point:
    """What stands where nothing is known: the usual points, with everything still possible."""
    return Point(assumed, 0, MAX_POINTS, NOT_SAID)


def weighted_score(points: Mapping[str, int], criteria: Mapping[str, Criterion]) -> int:
    """The score from 0 to 100: the sum of weight x points / 4, halves rounded up.

    Raises
    ------
    BadPoints
        If a criterion has no points or points outside 0 to 4.
    """
    return round_half_up(weighted_sum(points, criteria, criteria))


def weighted_sum(
    points: Mapping[str, int], criteria: Mapping[str, Criterion], of: Iterable[str]
) -> float:
    """The share of the score that the criteria named in *of* make, not rounded."""
    chosen = tuple(of)
    for criterion in chosen:
        if points.get(criterion) not in range(MAX_POINTS + 1):
            raise BadPoints(f"{criterion} needs 0 to 4 points, not {points.get(criterion)}")
    return sum(criteria[criterion].weight * points[criterion] for criterion in chosen) / MAX_POINTS


def round_half_up(score: float) -> int:
    """*score* as a whole number; halves go up, as people round."""
    return int(score + 0.5)
