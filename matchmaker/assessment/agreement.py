"""How well reviewers agree, and when they must talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A difference of this many points on a criterion, or grades, is discussed.
POINTS_APART = 2
GRADES_APART = 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two ratings of the same things compare.

    Attributes
    ----------
    count : int
        How many things both rated.
    exact, within_one : float
        The shares, 0 to 1, that are equal, and that differ by at most one step.
    kappa : float
        Quadratic weighted kappa, -1 to 1; nan if it is not defined.
    mean_difference : float
        Second minus first, in steps: whether one of them is stricter.
    """

    count: int
    exact: float
    within_one: float
    kappa: float
    mean_difference: float


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What two reviewers must talk about."""

    criteria: tuple[str, ...]
    grades: bool

    def __bool__(self) -> bool:
        return bool(self.criteria) or self.grades


def weighted_kappa(first: Sequence[int], second: Sequence[int]) -> float:
    """Quadratic weighted kappa of two ratings on an ordered scale.

    1 minus the mean squared difference over the one expected if the two were independent with the
    same marginals (J. Cohen 1968, Psychological Bulletin 70, 213-220). With quadratic weights it
    needs no table: the expected squared difference is the sum of both variances and the squared
    difference of the means.

    Parameters
    ----------
    first, second : sequence of int
        The ratings of the same things in the same order.

    Returns
    -------
    float
        -1 to 1; nan with no ratings, or if both always gave one and the same value.

    Raises
    ------
    ValueError
        If they differ in length.

    Examples
    --------
    >>> round(weighted_kappa([1, 2, 3, 4], [1, 2, 3, 3]), 3)
    0.875
    """
    a, b = _pair(first, second)
    if not len(a):
        return float("nan")
    expected = a.var() + b.var() + (a.mean() - b.mean()) ** 2
    return float(1 - ((a - b) ** 2).mean() / expected) if expected > 0 else float("nan")


def agreement(first: Sequence[int], second: Sequence[int]) -> Agreement:
    """Everything that is reported of two ratings of the same things.

    Raises
    ------
    ValueError
        If they differ in length.
    """
    a, b = _pair(first, second)
    if not len(a):
        nan = float("nan")
        return Agreement(0, nan, nan, nan, nan)
    apart = np.abs(a - b)
    return Agreement(
        count=len(a),
        exact=float((apart == 0).mean()),
        within_one=float((apart <= 1).mean()),
        kappa=weighted_kappa(first, second),
        mean_difference=float((b - a).mean()),
    )


def _pair(
    first: Sequence[int], second: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if len(first) != len(second):
        raise ValueError(f"{len(first)} ratings cannot be compared with {len(second)}")
    return np.asarray(first, dtype=float), np.asarray(second, dtype=float)


def disagreement(
    first: Mapping[str, int],
    second: Mapping[str, int],
    first_grade: str,
    second_grade: str,
) -> Disagreement:
    """What must be discussed: two points or more on a criterion, or one grade or more.

    Examples
    --------
    >>> disagreement({"DF1": 1, "DF2": 2}, {"DF1": 3, "DF2": 1}, "G2", "G2")
    Disagreement(criteria=('DF1',), grades=False)
    """
    apart = tuple(c for c in first if abs(first[c] - second[c]) >= POINTS_APART)
    return Disagreement(apart, abs(_step(first_grade) - _step(second_grade)) >= GRADES_APART)


def _step(grade: str) -> int:
    return int(grade.removeprefix("G"))


def grade_agreement(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """`agreement` of two lists of grades."""
    return agreement([_step(grade) for grade in first], [_step(grade) for grade in second])


def criterion_agreement(
    first: Sequence[Mapping[str, int]], second: Sequence[Mapping[str, int]]
) -> dict[str, Agreement]:
    """`agreement` on each criterion that all of these ratings have, in the order of the first."""
    if not first:
        return {}
    shared = [c for c in first[0] if all(c in row for row in (*first, *second))]
    return {c: agreement([row[c] for row in first], [row[c] for row in second]) for c in shared}


@dataclass(frozen=True, slots=True)
class Effect:
    """What one criterion does to the score over many problems.

    Attributes
    ----------
    criterion : str
    mean_share : float
        The points of the score, 0 to 100, that it brings on average.
    spread : float
        The standard deviation of that share: how much it tells problems apart.
    correlation : float
        With the rest of the score; nan if either never varies.
    """

    criterion: str
    mean_share: float
    spread: float
    correlation: float


def effects(ratings: Sequence[Mapping[str, int]], weights: Mapping[str, int]) -> list[Effect]:
    """The effect of each criterion on the score, the most telling first.

    A share is weight x points / 4, as in the score itself; the correlation leaves the criterion
    out of the sum it is compared with (corrected item-total correlation).
    """
    if not ratings:
        return []
    names = list(weights)
    shares = np.array([[weights[c] * row[c] / 4 for c in names] for row in ratings], dtype=float)
    total = shares.sum(axis=1)
    found = [
        Effect(
            name,
            float(shares[:, column].mean()),
            float(shares[:, column].std()),
            _correlation(shares[:, column], total - shares[:, column]),
        )
        for column, name in enumerate(names)
    ]
    return sorted(found, key=lambda effect: (-effect.spread, effect.criterion))


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])
