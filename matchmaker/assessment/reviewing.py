"""From reviewers' points to standings: scores, harsh and lenient readers, and who must read again."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from matchmaker.assessment.rubric import MAX_POINTS

#: A reviewer's own strictness counts n / (n + PRIOR_READINGS) of what n shared readings show of it.
PRIOR_READINGS = 2.0
#: Two totals, 0 to 100, this far apart are a disagreement.
TOTALS_APART = 20.0
#: Two readings of one criterion, 0 to 4 points, this far apart are one as well.
POINTS_APART = 3

A = TypeVar("A", bound=Hashable)
R = TypeVar("R", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Reading(Generic[A, R]):
    """One reviewer's reading of one application, handed in.

    Attributes
    ----------
    application, reviewer : hashable
        Who read what.
    points : Mapping[str, int]
        Criterion -> 0 to 4.
    total : float
        The weighted total, 0 to 100.
    recommends : bool or None
        Whether the reviewer would take it; None if they left that open.
    """

    application: A
    reviewer: R
    points: Mapping[str, int]
    total: float
    recommends: bool | None = None


@dataclass(frozen=True, slots=True)
class Apart:
    """What the readings of one application disagree on; false if on nothing.

    Attributes
    ----------
    totals : bool
        Whether the totals lie too far apart.
    criteria : tuple of str
        Criteria on which the points do.
    verdicts : bool
        Whether one would take it and another would not.
    spread : float
        The greatest difference between two totals.
    """

    totals: bool
    criteria: tuple[str, ...]
    verdicts: bool
    spread: float

    def __bool__(self) -> bool:
        return self.totals or self.verdicts or bool(self.criteria)


@dataclass(frozen=True, slots=True)
class Adjustment(Generic[A, R]):
    """Scores before and after taking out how strict each reviewer is.

    Attributes
    ----------
    raw, adjusted : Mapping
        Application -> mean total, 0 to 100, as given and as adjusted.
    strictness : Mapping
        Reviewer -> points they give above (+) or below (-) others on the same applications, as
        far as it is believed.
    """

    raw: Mapping[A, float]
    adjusted: Mapping[A, float]
    strictness: Mapping[R, float]


def total(points: Mapping[str, int], weights: Mapping[str, int]) -> float:
    """The weighted total of *points*, 0 to 100.

    Examples
    --------
    >>> total({"RV1": 4, "RV2": 2}, {"RV1": 60, "RV2": 40})
    80.0
    """
    share = sum(weight * points[criterion] for criterion, weight in weights.items())
    return round(100 * share / (MAX_POINTS * sum(weights.values())), 4)


def adjust(
    readings: Iterable[Reading[A, R]], *, prior_readings: float = PRIOR_READINGS
) -> Adjustment[A, R]:
    """Take out of every score how strict the people are who happened to read it.

    Least squares on total = application + reviewer, where the reviewer's part is drawn to zero as
    if *prior_readings* further readings had shown no strictness at all (ridge regression; a
    best linear unbiased predictor with that ratio of variances). Only differences on applications
    that several people read count, so somebody who was given weak applications is not taken for
    strict. The order of the readings does not matter.

    Parameters
    ----------
    readings : iterable of Reading
        At most one of each reviewer for each application.
    prior_readings : float, default 2
        Greater is more cautious; must be above zero.

    Returns
    -------
    Adjustment
        Adjusted scores are kept within 0 and 100.

    Raises
    ------
    ValueError
        If *prior_readings* is not positive, or somebody read an application twice.

    Examples
    --------
    >>> lenient = [Reading(a, "kind", {}, t) for a, t in (("A", 80), ("B", 70), ("C", 90))]
    >>> strict = [Reading(a, "strict", {}, t) for a, t in (("A", 60), ("B", 50))]
    >>> found = adjust(lenient + strict)
    >>> found.strictness
    {'kind': 5.0, 'strict': -5.0}
    >>> found.raw["C"], found.adjusted["C"]
    (90.0, 85.0)
    """
    if prior_readings <= 0:
        raise ValueError("prior_readings must be above zero")
    rows = list(readings)
    if len({(row.application, row.reviewer) for row in rows}) != len(rows):
        raise ValueError("one reviewer has read one application twice")
    # In a fixed order, so that rounding cannot depend on how the rows came.
    rows.sort(key=lambda row: (repr(row.application), repr(row.reviewer)))
    applications = list(dict.fromkeys(row.application for row in rows))
    reviewers = sorted({row.reviewer for row in rows}, key=repr)
    totals = np.array([row.total for row in rows], dtype=float)
    of_application = _incidence([row.application for row in rows], applications)
    of_reviewer = _incidence([row.reviewer for row in rows], reviewers)
    offsets = _offsets(totals, of_application, of_reviewer, prior_readings)
    counts = of_application.sum(axis=0)
    raw = of_application.T @ totals / counts
    adjusted = of_application.T @ (totals - of_reviewer @ offsets) / counts
    return Adjustment(
        raw=_named(applications, raw),
        adjusted=_named(applications, np.clip(adjusted, 0, 100)),
        strictness=_named(reviewers, offsets),
    )


def _incidence(values: Sequence[Hashable], names: Sequence[Hashable]) -> NDArray[np.float64]:
    """A row a reading, a column a name: 1 where it is the reading's."""
    place = {name: number for number, name in enumerate(names)}
    found = np.zeros((len(values), len(names)))
    found[np.arange(len(values)), [place[value] for value in values]] = 1
    return found


def _offsets(
    totals: NDArray[np.float64],
    of_application: NDArray[np.float64],
    of_reviewer: NDArray[np.float64],
    prior: float,
) -> NDArray[np.float64]:
    """The reviewers' parts, with the applications' own eliminated by centring within each."""
    counts = of_application.sum(axis=0)

    def centred(column: NDArray[np.float64]) -> NDArray[np.float64]:
        means = (of_application.T @ column).T / counts
        return np.asarray(column - (means @ of_application.T).T, dtype=np.float64)

    within = centred(of_reviewer)
    normal = within.T @ within + prior * np.eye(of_reviewer.shape[1])
    return np.asarray(np.linalg.solve(normal, within.T @ centred(totals)), dtype=np.float64)


def _named(names: Sequence[A], values: NDArray[np.float64]) -> dict[A, float]:
    return {name: round(float(value), 4) + 0.0 for name, value in zip(names, values, strict=True)}


def apart(
    readings: Sequence[Reading[A, R]],
    *,
    totals_apart: float = TOTALS_APART,
    points_apart: int = POINTS_APART,
) -> Apart:
    """What the readings of one application disagree on.

    Parameters
    ----------
    readings : sequence of Reading
        All of one application.
    totals_apart : float, default 20
        How far two totals may not lie apart.
    points_apart : int, default 3
        The same for the points on one criterion.

    Examples
    --------
    >>> one, two = Reading("A", 1, {"RV1": 4}, 80, True), Reading("A", 2, {"RV1": 1}, 65, True)
    >>> apart([one, two])
    Apart(totals=False, criteria=('RV1',), verdicts=False, spread=15.0)
    """
    if len(readings) < 2:
        return Apart(False, (), False, 0.0)
    given = [row.total for row in readings]
    spread = float(max(given) - min(given))
    criteria = [name for name in readings[0].points if all(name in row.points for row in readings)]
    far = tuple(name for name in criteria if _range(readings, name) >= points_apart)
    verdicts = {row.recommends for row in readings} - {None}
    return Apart(spread >= totals_apart, far, len(verdicts) > 1, spread)


def _range(readings: Sequence[Reading[A, R]], criterion: str) -> int:
    points = [row.points[criterion] for row in readings]
    return max(points) - min(points)


def needs_another(
    readings: Sequence[Reading[A, R]],
    *,
    wanted: int = 2,
    totals_apart: float = TOTALS_APART,
) -> bool:
    """Whether one more reviewer must read an application: the rule for the third reader.

    Once the *wanted* number has handed in and their totals or verdicts contradict each other, one
    more reads; never a fourth because three disagree. A single criterion is left to discussion.

    Examples
    --------
    >>> one, two = Reading("A", 1, {}, 80, True), Reading("A", 2, {}, 55, True)
    >>> needs_another([one, two]), needs_another([one]), needs_another([one, two, one])
    (True, False, False)
    """
    if len(readings) != wanted:
        return False
    found = apart(readings, totals_apart=totals_apart)
    return found.totals or found.verdicts
