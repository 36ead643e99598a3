"""What is known of a level: one distribution over the scale for each person and competency.

The distribution is computed anew from all stored evidence each time, so every figure can be
audited. Each source of evidence is a likelihood with a stated validity; old evidence counts less.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from matchmaker.competency.levels import MAX_LEVEL, TOLERANCE

Grid = npt.NDArray[np.float64]
#: The share of the distribution inside the range that is shown.
RANGE = 0.8


@dataclass(frozen=True)
class Source:
    """What a kind of rating is worth.

    Attributes
    ----------
    rho : float
        Validity: the correlation of such ratings with the true level, in (0, 1).
    bias : float
        By how many levels such ratings are too high on average.
    is_reviewed : bool
        Whether somebody other than the rated checked it; only then can a level be confirmed.
    """

    rho: float
    bias: float
    is_reviewed: bool


@dataclass(frozen=True)
class Parameters:
    """The figures the diagnosis rests on; data of a version, kept with each estimate.

    Attributes
    ----------
    version : str
        Of the data file.
    grid : ndarray of shape (n_points,)
        Points of the scale, 0 to 5.
    prior_mean, prior_sd : float
        Of the level before there is any evidence.
    tau : float
        Standard deviation of true levels, which turns a validity into a spread.
    confirm : float
        How probable a level must be to be confirmed.
    unknown_sd : float
        Above this spread, without reviewed evidence, a competency is unknown.
    team_best : int
        How many of its best members speak for a team.
    sources : mapping of str to Source
        The kinds of rating.
    """

    version: str
    grid: Grid
    prior_mean: float
    prior_sd: float
    tau: float
    confirm: float
    unknown_sd: float
    team_best: int
    sources: Mapping[str, Source] = field(default_factory=dict)

    @cached_property
    def log_prior(self) -> Grid:
        """Log density of the level before there is any evidence, up to a constant."""
        return -0.5 * ((self.grid - self.prior_mean) / self.prior_sd) ** 2


@cache
def parameters() -> Parameters:
    """Return the parameters that ship."""
    text = (files(__package__) / "data" / "competency_data.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    found = data["diagnosis"]
    sources = {
        name: Source(item["rho"], item["bias"], item["reviewed"])
        for name, item in found["sources"].items()
    }
    return Parameters(
        version=data["schema"],
        grid=np.linspace(*found["grid"]),
        prior_mean=found["prior"]["mean"],
        prior_sd=found["prior"]["sd"],
        tau=found["tau"],
        confirm=found["confirm"],
        unknown_sd=found["unknown_sd"],
        team_best=found["team_best"],
        sources=MappingProxyType(sources),
    )


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
    ratings: Iterable[Rating], *, half_life_months: float = 36.0, using: Parameters | None = None
) -> Estimate:
    """Estimate a level from all ratings of one person in one competency.

    Parameters
    ----------
    ratings : iterable of Rating
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
    A rating R of a source with validity rho and leniency b is the true level plus b plus normal
    noise with standard deviation ``tau * sqrt(1 / rho**2 - 1)``, rounded to a whole level; its
    log-likelihood is weighed by relevance times ``2 ** (-age / half_life)``.

    Examples
    --------
    >>> nothing, said = estimate([]), estimate([Rating("self_anchored", 4)])
    >>> nothing.mean < said.mean < 4
    True
    >>> said.confirmed, estimate([Rating("mentor", 4), Rating("artefact_e3", 4)]).confirmed
    (0, 3)
    """
    used = using or parameters()
    log_density = used.log_prior.copy()
    is_reviewed = False
    for rating in ratings:
        source = _source(used, rating.source)
        weight = rating.relevance * 2.0 ** (-rating.age_months / half_life_months)
        log_density += weight * _log_likelihood(used.version, rating.source, rating.level, used)
        is_reviewed |= source.is_reviewed and weight > 0
    density = np.exp(log_density - log_density.max())
    return _summary(density / density.sum(), used, is_reviewed=is_reviewed)


def _source(used: Parameters, name: str) -> Source:
    if name not in used.sources:
        raise ValueError(f"unknown source {name!r}; known: {', '.join(sorted(used.sources))}")
    return used.sources[name]


_likelihoods: dict[tuple[str, str, float], Grid] = {}


def _log_likelihood(version: str, name: str, level: float, used: Parameters) -> Grid:
    """Log probability of the rating at each point of the scale; the same for the same rating."""
    key = (version, name, level)
    if key not in _likelihoods or len(_likelihoods[key]) != len(used.grid):
        source = used.sources[name]
        spread = used.tau * math.sqrt(1 / source.rho**2 - 1)
        centre = used.grid + source.bias
        above = 1.0 if level >= MAX_LEVEL else _normal((level + 0.5 - centre) / spread)
        below = 0.0 if level <= 0 else _normal((level - 0.5 - centre) / spread)
        _likelihoods[key] = np.log(np.maximum(above - below, 1e-300))
    return _likelihoods[key]


def _normal(z: Grid) -> Grid:
    """Standard normal distribution function."""
    return np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in z])


def _summary(density: Grid, used: Parameters, *, is_reviewed: bool) -> Estimate:
    mean = float(density @ used.grid)
    sd = math.sqrt(max(0.0, float(density @ (used.grid - mean) ** 2)))
    below = np.cumsum(density)
    low, high = (float(np.interp(p, below, used.grid)) for p in ((1 - RANGE) / 2, (1 + RANGE) / 2))
    at_least = tuple(_at_least(density, used.grid, number) for number in range(MAX_LEVEL + 1))
    likely = [number for number in range(1, MAX_LEVEL + 1) if at_least[number] >= used.confirm]
    return Estimate(
        mean=mean,
        sd=sd,
        low=low,
        high=high,
        at_least=at_least,
        confirmed=max(likely, default=0) if is_reviewed else 0,
        is_unknown=sd > used.unknown_sd and not is_reviewed,
        version=used.version,
    )


def _at_least(density: Grid, grid: Grid, number: int) -> float:
    if number == 0:
        return 1.0
    return min(1.0, float(density[grid >= number - TOLERANCE - 1e-9].sum()))


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
