"""The figures the diagnosis rests on: data with a version, kept with every estimate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

Grid = npt.NDArray[np.float64]
#: The version that new estimates are made with. 2: people of whom nobody but themselves has said
#: anything are unknown (the prior, cut to the scale, has a deviation of 0.98, so 1.0 never told).
#: 3: what a person says or shows unchecked leaves a competency unknown however sure they are: near
#: the ends of the scale the cut prior made a low self-rating look like knowledge.
CURRENT = "3"


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
    is_own : bool
        Whether it is the rated person's own word, which alone leaves a competency unknown.
    """

    rho: float
    bias: float
    is_reviewed: bool
    is_own: bool = False


@dataclass(frozen=True)
class QuizRules:
    """How the adaptive check goes.

    Attributes
    ----------
    length, most : int
        How many questions it has as a rule, and at most.
    stop_sd : float
        It ends once the level is known this well.
    stop_gain : float
        It ends when no question would lower the variance by more than this.
    top : int
        Among how many of the best questions the next is drawn.
    retest_days : int
        How long to wait before the same competency may be checked again.
    """

    length: int
    most: int
    stop_sd: float
    stop_gain: float
    top: int
    retest_days: int


@dataclass(frozen=True)
class MilestoneRules:
    """What passing or failing a milestone says of the people who worked on it.

    Attributes
    ----------
    slope, floor, ceiling : float
        Of the response curve.
    offset : mapping of str to float
        For each stage, by how much it is harder than the level asked for.
    share : mapping of str to float
        How much of the result is a member's, by the part they had.
    a_year : int
        How many outcomes of a competency count in full in a year; the rest count half.
    """

    slope: float
    floor: float
    ceiling: float
    offset: Mapping[str, float]
    share: Mapping[str, float]
    a_year: int


@dataclass(frozen=True)
class Parameters:
    """The figures the diagnosis rests on.

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
    confirm, confirm_badge : float
        How probable a level must be to be confirmed, and to be put on a badge.
    unknown_sd : float
        Above this spread, without reviewed evidence, a competency is unknown.
    team_best : int
        How many of its best members speak for a team.
    sources : mapping of str to Source
        The kinds of rating.
    quiz : QuizRules
        Of the adaptive check.
    milestone : MilestoneRules
        Of results in problems.
    """

    version: str
    grid: Grid
    prior_mean: float
    prior_sd: float
    tau: float
    confirm: float
    confirm_badge: float
    unknown_sd: float
    team_best: int
    sources: Mapping[str, Source]
    quiz: QuizRules
    milestone: MilestoneRules

    @cached_property
    def log_prior(self) -> Grid:
        """Log density of the level before there is any evidence, up to a constant."""
        return -0.5 * ((self.grid - self.prior_mean) / self.prior_sd) ** 2

    def source(self, name: str) -> Source:
        """Return the kind of rating called *name*.

        Raises
        ------
        ValueError
            If there is none; the message lists the known ones.
        """
        if name not in self.sources:
            raise ValueError(f"unknown source {name!r}; known: {', '.join(sorted(self.sources))}")
        return self.sources[name]


@cache
def parameters(version: str = CURRENT) -> Parameters:
    """Return the parameters of a version; all that ever shipped stay, so old figures can be checked.

    Raises
    ------
    ValueError
        If there is no such version.
    """
    path = files(__package__) / "data" / "diagnosis" / f"{version}.json"
    if not version.isdigit() or not path.is_file():
        raise ValueError(f"there are no parameters of version {version!r}")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    sources = {
        name: Source(item["rho"], item["bias"], item["reviewed"], item.get("own", False))
        for name, item in found["sources"].items()
    }
    return Parameters(
        version=found["version"],
        grid=np.linspace(*found["grid"]),
        prior_mean=found["prior"]["mean"],
        prior_sd=found["prior"]["sd"],
        tau=found["tau"],
        confirm=found["confirm"],
        confirm_badge=found["confirm_badge"],
        unknown_sd=found["unknown_sd"],
        team_best=found["team_best"],
        sources=MappingProxyType(sources),
        quiz=_quiz(found["quiz"]),
        milestone=_milestone(found["milestone"], found["share"]),
    )


def _quiz(row: Mapping[str, Any]) -> QuizRules:
    return QuizRules(
        length=row["length"],
        most=row["max"],
        stop_sd=row["stop_sd"],
        stop_gain=row["stop_gain"],
        top=row["top"],
        retest_days=row["retest_days"],
    )


def _milestone(row: Mapping[str, Any], share: Mapping[str, float]) -> MilestoneRules:
    return MilestoneRules(
        slope=row["a"],
        floor=row["c"],
        ceiling=row["d"],
        offset=MappingProxyType(row["offset"]),
        share=MappingProxyType(dict(share)),
        a_year=row.get("a_year", 3),
    )
