"""What is known of a level: one distribution over the scale for each person and competency.

The distribution is computed anew from all stored evidence each time, so every figure can be
audited. Each piece of evidence is a likelihood; old evidence counts less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.competency.evidence import Evidence, Rating, weight
from matchmaker.competency.levels import MAX_LEVEL, TOLERANCE
from matchmaker.competency.parameters import Grid, Parameters, parameters

__all__ = ["Case", "Estimate", "Rating", "effects", "estimate", "estimate_all", "parameters"]

#: The share of the distribution inside the range that is shown.
RANGE = 0.8
HALF_LIFE_MONTHS = 36.0
_BLOCK = 4096


@dataclass(frozen=True)
class Case:
    """One person in one competency.

    Attributes
    ----------
    evidence : sequence of Evidence
        All there is, in any order.
    half_life_months : float
        After how many months evidence of this competency counts half, above 0.
    """

    evidence: Sequence[Evidence]
    half_life_months: float = HALF_LIFE_MONTHS


@dataclass(frozen=True)
class Estimate:
    """What is known of one person's level in one competency.

    Attributes
    ----------
    mean, sd : float
        Of the level.
    low, high : float
        The likely range: between them lies 80 % of the distribution.
    at_least : tuple of float
        ``at_least[L]`` is the probability of level L or more, for L from 0 to 5.
    confirmed : int
        The highest level that is probable enough and rests on reviewed evidence; 0 if none.
    is_unknown : bool
        Whether too little is known to say more than where people stand in general.
    version : str
        Of the parameters.
    """

    mean: float
    sd: float
    low: float
    high: float
    at_least: tuple[float, ...]
    confirmed: int
    is_unknown: bool
    version: str

    @property
    def level(self) -> int:
        """The level that the mean falls into."""
        return min(MAX_LEVEL, math.floor(self.mean + TOLERANCE))


def estimate(
    evidence: Sequence[Evidence],
    *,
    half_life_months: float = HALF_LIFE_MONTHS,
    using: Parameters | None = None,
) -> Estimate:
    """Estimate a level from all evidence of one person in one competency.

    Parameters
    ----------
    evidence : sequence of Evidence
        The evidence, in any order; none gives what is known of people in general.
    half_life_months : float
        After how many months evidence of this competency counts half, above 0.
    using : Parameters, optional
        Of another version than the one that ships.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If a source is not known; the message lists the known ones.

    Notes
    -----
    The posterior of Bayes' rule on a grid, ``log p = log prior + sum of weight * log likelihood``,
    each piece weighed by what it is worth times ``2 ** (-age / half_life)``.

    Examples
    --------
    >>> nothing, said = estimate([]), estimate([Rating("self_anchored", 4)])
    >>> nothing.mean < said.mean < 4
    True
    >>> said.confirmed, estimate([Rating("mentor", 4), Rating("artefact_e3", 4)]).confirmed
    (0, 3)
    """
    return estimate_all([Case(evidence, half_life_months)], using=using)[0]


def estimate_all(cases: Sequence[Case], *, using: Parameters | None = None) -> list[Estimate]:
    """Estimate many levels at once: the same figures as one by one, in a fraction of the time.

    Parameters
    ----------
    cases : sequence of Case
        One for each person and competency.
    using : Parameters, optional
        Of another version than the one that ships.

    Returns
    -------
    list of Estimate
        In the order of *cases*.

    Raises
    ------
    ValueError
        If a source is not known; the message lists the known ones.
    """
    used = using or parameters()
    found: list[Estimate] = []
    for start in range(0, len(cases), _BLOCK):
        block = cases[start : start + _BLOCK]
        reviewed = [_is_reviewed(case, used) for case in block]
        own = [_is_own(case, used) for case in block]
        found += _summaries(densities(block, using=used), used, reviewed, own)
    return found


def densities(cases: Sequence[Case], *, using: Parameters | None = None) -> Grid:
    """Return the distribution over the scale of each case.

    Parameters
    ----------
    cases : sequence of Case
        One for each person and competency.
    using : Parameters, optional
        Of another version than the one that ships.

    Returns
    -------
    ndarray of shape (n_cases, n_points)
        Each row adds up to 1.
    """
    used = using or parameters()
    log_density = np.tile(used.log_prior, (len(cases), 1))
    pieces = [piece for case in cases for piece in case.evidence]
    if pieces:
        counts = np.array([len(case.evidence) for case in cases])
        weights = [
            weight(piece, case.half_life_months) for case in cases for piece in case.evidence
        ]
        rows = np.array([piece.log_likelihood(used) for piece in pieces])
        rows *= np.array(weights)[:, np.newaxis]
        present = np.flatnonzero(counts)
        starts = (np.cumsum(counts) - counts)[present]
        log_density[present] += np.add.reduceat(rows, starts, axis=0)
    density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    return np.asarray(density / density.sum(axis=1, keepdims=True))


def effects(
    evidence: Sequence[Evidence],
    *,
    half_life_months: float = HALF_LIFE_MONTHS,
    using: Parameters | None = None,
) -> tuple[float, ...]:
    """Say by how much each piece moves the mean: with it, less without it.

    Parameters
    ----------
    evidence : sequence of Evidence
        All there is of one person in one competency.
    half_life_months : float
        After how many months evidence of this competency counts half, above 0.
    using : Parameters, optional
        Of another version than the one that ships.

    Returns
    -------
    tuple of float
        In levels, in the order of *evidence*.

    Examples
    --------
    >>> high, low = effects([Rating("mentor", 4), Rating("peer", 0)])
    >>> high > 0 > low
    True
    """
    cases = [Case(evidence, half_life_months)]
    cases += [
        Case([*evidence[:position], *evidence[position + 1 :]], half_life_months)
        for position in range(len(evidence))
    ]
    whole, *without = (found.mean for found in estimate_all(cases, using=using))
    return tuple(whole - mean for mean in without)


def _is_reviewed(case: Case, used: Parameters) -> bool:
    return any(
        piece.is_reviewed(used) and weight(piece, case.half_life_months) > 0
        for piece in case.evidence
    )


def _is_own(case: Case, used: Parameters) -> bool:
    """Whether there is something, and it is nothing but the person's own word."""
    return bool(case.evidence) and all(piece.is_own(used) for piece in case.evidence)


def _summaries(
    density: Grid, used: Parameters, reviewed: Sequence[bool], own: Sequence[bool]
) -> list[Estimate]:
    mean = density @ used.grid
    spread = (density * (used.grid - mean[:, np.newaxis]) ** 2).sum(axis=1)
    below = np.cumsum(density, axis=1)
    low, high = (_quantile(below, used.grid, p) for p in ((1 - RANGE) / 2, (1 + RANGE) / 2))
    at_least = _at_least(density, used.grid)
    likely = (at_least >= used.confirm).sum(axis=1) - 1
    figures = zip(
        mean.tolist(),
        np.sqrt(spread).tolist(),
        low.tolist(),
        high.tolist(),
        at_least.tolist(),
        likely.tolist(),
        reviewed,
        own,
        strict=True,
    )
    return [
        Estimate(
            *(m, s, lo, hi, tuple(p)),
            confirmed=c if r else 0,
            is_unknown=not r and (o or s > used.unknown_sd),
            version=used.version,
        )
        for m, s, lo, hi, p, c, r, o in figures
    ]


def _quantile(below: Grid, grid: Grid, share: float) -> Grid:
    """Where each row of *below*, a distribution function on *grid*, reaches *share*."""
    after = np.minimum((below < share).sum(axis=1), len(grid) - 1)
    before = np.maximum(after - 1, 0)
    rows = np.arange(len(below))
    left, right = below[rows, before], below[rows, after]
    part = np.where(right > left, (share - left) / np.where(right > left, right - left, 1.0), 0.0)
    return np.asarray(grid[before] + np.clip(part, 0.0, 1.0) * (grid[after] - grid[before]))


def _at_least(density: Grid, grid: Grid) -> npt.NDArray[np.float64]:
    """Probability of each level or more, shape (n, 6); falls from left to right."""
    columns = [np.ones(len(density))]
    for number in range(1, MAX_LEVEL + 1):
        columns.append(density[:, grid >= number - TOLERANCE - 1e-9].sum(axis=1))
    return np.minimum(np.stack(columns, axis=1), 1.0)


def team_at_least(
    members: Sequence[Estimate], level: int, *, using: Parameters | None = None
) -> float:
    """Probability that somebody on the team has *level* or more.

    Parameters
    ----------
    members : sequence of Estimate
        What is known of each member; only the best few speak for the team, so that a crowd of
        unknowns does not look like an expert.
    level : int
        From 0 to 5.
    using : Parameters, optional
        Of another version than the one that ships.

    Returns
    -------
    float
        In [0, 1]; 0 for a team without members.

    Examples
    --------
    >>> alone = estimate([Rating("mentor", 3)])
    >>> team_at_least([alone, alone], 3) > team_at_least([alone], 3) > 0
    True
    """
    best = sorted((member.at_least[level] for member in members), reverse=True)
    used = using or parameters()
    return 1.0 - math.prod(1.0 - probability for probability in best[: used.team_best])
