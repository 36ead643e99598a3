"""What counts as evidence of a level: ratings, answers to questions, results in problems.

Each piece says how probable it would be at every point of the scale. It fades with age and counts
less the less it is about the competency.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

import numpy as np

from matchmaker.competency.levels import MAX_LEVEL
from matchmaker.competency.parameters import Grid, Parameters, parameters

_SMALLEST = 1e-300


class Evidence(Protocol):
    """One piece of evidence about one person in one competency."""

    @property
    def age_months(self) -> float:
        """How old it is, 0 or more."""
        ...

    @property
    def worth(self) -> float:
        """How much it counts while it is new, in [0, 1]."""
        ...

    def is_reviewed(self, using: Parameters) -> bool:
        """Whether it is more than the person's own word or a colleague's."""
        ...

    def is_own(self, using: Parameters) -> bool:
        """Whether it is nothing but the person's own word."""
        ...

    def log_likelihood(self, using: Parameters) -> Grid:
        """Log probability of the piece at each point of the scale."""
        ...


def weight(piece: Evidence, half_life_months: float) -> float:
    """Return what *piece* counts today, in [0, 1].

    Parameters
    ----------
    piece : Evidence
        Any piece.
    half_life_months : float
        After how many months evidence of the competency counts half, above 0.

    Returns
    -------
    float
        Its worth times ``2 ** (-age / half_life)``.
    """
    return float(piece.worth * 2.0 ** (-piece.age_months / half_life_months))


@dataclass(frozen=True)
class Rating:
    """One rating of one person in one competency.

    Parameters
    ----------
    source : str
        Kind of rating, a key of ``Parameters.sources``.
    level : float
        What was said, 0 to 5.
    age_months : float
        How old it is, 0 or more.
    relevance : float
        How much it is about this competency, in [0, 1].

    Notes
    -----
    A rating R of a source with validity rho and leniency b is the true level plus b plus normal
    noise with standard deviation ``tau * sqrt(1 / rho**2 - 1)``, rounded to a whole level.
    """

    source: str
    level: float
    age_months: float = 0.0
    relevance: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise ValueError(f"a level is between 0 and {MAX_LEVEL}, not {self.level}")
        if self.age_months < 0 or not 0 <= self.relevance <= 1:
            raise ValueError("age is 0 or more and relevance between 0 and 1")

    @property
    def worth(self) -> float:
        """Its relevance."""
        return self.relevance

    def is_reviewed(self, using: Parameters) -> bool:
        """Whether its source is."""
        return using.source(self.source).is_reviewed

    def is_own(self, using: Parameters) -> bool:
        """Whether its source is."""
        return using.source(self.source).is_own

    def log_likelihood(self, using: Parameters) -> Grid:
        """Log probability of the rating at each point of the scale."""
        source = using.source(self.source)
        spread = using.tau * math.sqrt(1 / source.rho**2 - 1)
        return _rated(self.level, source.bias, spread, tuple(using.grid))


@lru_cache(maxsize=4096)  # Few levels and sources come back again and again.
def _rated(level: float, bias: float, spread: float, grid: tuple[float, ...]) -> Grid:
    def below(bound: float) -> Grid:
        return np.array([_normal((bound - theta - bias) / spread) for theta in grid])

    above = np.ones(len(grid)) if level >= MAX_LEVEL else below(level + 0.5)
    under = np.zeros(len(grid)) if level <= 0 else below(level - 0.5)
    return _read_only(np.log(np.maximum(above - under, _SMALLEST)))


def _normal(z: float) -> float:
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


@dataclass(frozen=True)
class Curve:
    """How probable success is at each level: a logistic curve with four parameters.

    Parameters
    ----------
    slope : float
        How sharply it tells levels apart (a), above 0.
    difficulty : float
        The level at which success is half-way between floor and ceiling (beta).
    floor, ceiling : float
        Probability of success far below and far above (c and d), 0 <= floor < ceiling <= 1.

    Notes
    -----
    ``P = c + (d - c) / (1 + exp(-a (theta - beta)))``, the four-parameter logistic model of Barton
    and Lord (1981).
    """

    slope: float
    difficulty: float
    floor: float
    ceiling: float

    def __post_init__(self) -> None:
        if self.slope <= 0 or not 0 <= self.floor < self.ceiling <= 1:
            raise ValueError("a slope is above 0 and 0 <= floor < ceiling <= 1")

    def success(self, grid: Grid) -> Grid:
        """Probability of success at each point of *grid*."""
        rising = 1.0 / (1.0 + np.exp(-self.slope * (grid - self.difficulty)))
        return self.floor + (self.ceiling - self.floor) * rising


@lru_cache(maxsize=4096)
def _log_success(curve: Curve, share: float, grid: tuple[float, ...]) -> Grid:
    """Log probability of a result that counts *share* as success and the rest as failure."""
    success = curve.success(np.array(grid))
    return _read_only(
        share * np.log(np.maximum(success, _SMALLEST))
        + (1 - share) * np.log(np.maximum(1 - success, _SMALLEST))
    )


def _read_only(values: Grid) -> Grid:
    values.setflags(write=False)
    return values


@dataclass(frozen=True)
class Answer:
    """One answer to a question of the adaptive check.

    Parameters
    ----------
    curve : Curve
        Of the question.
    is_correct : bool
        Whether the answer was right.
    age_months : float
        How old it is, 0 or more.
    relevance : float
        How much it is about this competency, in [0, 1]: 1 unless the competency was split since.
    """

    curve: Curve
    is_correct: bool
    age_months: float = 0.0
    relevance: float = 1.0

    def __post_init__(self) -> None:
        if self.age_months < 0 or not 0 <= self.relevance <= 1:
            raise ValueError("age is 0 or more and relevance between 0 and 1")

    @property
    def worth(self) -> float:
        """Its relevance."""
        return self.relevance

    def is_reviewed(self, using: Parameters) -> bool:
        """It is: the question is, not the person."""
        return True

    def is_own(self, using: Parameters) -> bool:
        """It is not."""
        return False

    def log_likelihood(self, using: Parameters) -> Grid:
        """Log probability of the answer at each point of the scale."""
        return _log_success(self.curve, float(self.is_correct), tuple(using.grid))


class Result(StrEnum):
    """How a milestone ended."""

    PASSED = "passed"
    PARTLY = "partly"
    FAILED = "failed"


_SUCCESS = {Result.PASSED: 1.0, Result.PARTLY: 0.5, Result.FAILED: 0.0}


@dataclass(frozen=True)
class Outcome:
    """What a milestone in a problem says of a member who worked on it.

    Parameters
    ----------
    stage : str
        ``PoC``, ``PoS`` or ``PoB``: later stages are harder.
    level : int
        The level the problem asks for, 1 to 5.
    result : Result
        How it ended. What the owner caused is no evidence of a team: leave it out.
    share : str
        The member's part: ``led``, ``main`` or ``helped``.
    importance : int
        Of the requirement, 1 to 3.
    age_months : float
        How old it is, 0 or more.
    part : float
        What it counts beside others of its year, in [0, 1]; see `within_a_year`.
    """

    stage: str
    level: int
    result: Result
    share: str
    importance: int = 3
    age_months: float = 0.0
    part: float = 1.0

    def __post_init__(self) -> None:
        rules = parameters().milestone
        if self.stage not in rules.offset or self.share not in rules.share:
            raise ValueError(
                f"a stage is one of {', '.join(rules.offset)}, a share one of {', '.join(rules.share)}"
            )
        if not 1 <= self.level <= MAX_LEVEL or not 1 <= self.importance <= 3:
            raise ValueError("a level is between 1 and 5 and an importance between 1 and 3")
        if self.age_months < 0 or not 0 <= self.part <= 1:
            raise ValueError("age is 0 or more and part between 0 and 1")

    @property
    def worth(self) -> float:
        """The member's share, weighed by how important the competency was."""
        return parameters().milestone.share[self.share] * self.importance / 3 * self.part

    def is_reviewed(self, using: Parameters) -> bool:
        """It is: the programme office closed the milestone."""
        return True

    def is_own(self, using: Parameters) -> bool:
        """It is not."""
        return False

    def log_likelihood(self, using: Parameters) -> Grid:
        """Log probability of the result at each point of the scale."""
        rules = using.milestone
        difficulty = self.level + rules.offset[self.stage]
        curve = Curve(rules.slope, difficulty, rules.floor, rules.ceiling)
        return _log_success(curve, _SUCCESS[self.result], tuple(using.grid))


def within_a_year(
    outcomes: Sequence[Outcome], using: Parameters | None = None
) -> tuple[Outcome, ...]:
    """Let the newest outcomes of each year count in full and the rest half.

    Parameters
    ----------
    outcomes : sequence of Outcome
        All of one person in one competency.
    using : Parameters, optional
        Of another version than the one that ships.

    Returns
    -------
    tuple of Outcome
        The same, newest first, with their ``part`` set: many small milestones in one year must not
        drown everything else that is known.
    """
    limit = (using or parameters()).milestone.a_year
    counts: dict[int, int] = {}
    found = []
    for outcome in sorted(outcomes, key=lambda item: item.age_months):
        year = int(outcome.age_months // 12)
        counts[year] = counts.get(year, 0) + 1
        found.append(replace(outcome, part=1.0 if counts[year] <= limit else 0.5))
    return tuple(found)
