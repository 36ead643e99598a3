"""Strengths, gaps and unknowns of a person or a team against what is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.competency.diagnosis import Estimate, estimate, team_at_least
from matchmaker.competency.framework import Requirement, Role
from matchmaker.competency.levels import IMPORTANCE_MUST
from matchmaker.competency.taxonomy import load_taxonomy

#: From this confirmed level on a competency is a strength.
STRONG_LEVEL = 3
#: A gap of less than half a level is inside the error of any estimate.
SMALLEST_GAP = 0.5
#: A member who is this likely to be able to carries the competency.
LIKELY = 0.6
#: Below this a must-have is shown as a gap.
UNLIKELY = 0.3
MOST_STRENGTHS = 5
#: Of so much of what a role takes something has to be known before it can be near.
KNOWN_SHARE = 1 / 3


@dataclass(frozen=True, slots=True)
class Strength:
    """A competency at a confirmed level that others can build on."""

    competency: str
    level: int
    mean: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A competency that is asked for at a higher level than is likely there.

    Attributes
    ----------
    competency : str
        Which.
    needed : int
        The level asked for.
    mean : float
        The level that is likely there.
    size : float
        The difference in levels.
    importance : int
        1 nice, 2 should, 3 must.
    """

    competency: str
    needed: int
    mean: float
    size: float
    importance: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """A competency that is asked for and of which too little is known to speak of a gap."""

    competency: str
    needed: int
    importance: int


@dataclass(frozen=True)
class Standing:
    """The three lists; gap and unknown are kept apart."""

    strengths: tuple[Strength, ...]
    gaps: tuple[Gap, ...]
    unknowns: tuple[Unknown, ...]


def standing(estimates: Mapping[str, Estimate], needs: Sequence[Requirement] = ()) -> Standing:
    """Sort what is known of a person into strengths, gaps against *needs*, and unknowns.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        What is known of each competency; one that is missing is unknown.
    needs : sequence of Requirement
        What is asked for: by a problem, a role or a grade.

    Returns
    -------
    Standing
        Strengths by level; gaps by importance, then size; unknowns by importance.
    """
    strengths = sorted(
        (
            Strength(competency, found.confirmed, found.mean)
            for competency, found in estimates.items()
            if found.confirmed >= STRONG_LEVEL
        ),
        key=lambda item: (-item.level, -item.mean, item.competency),
    )
    gaps, unknowns = [], []
    for need in needs:
        found = estimates.get(need.competency)
        if found is None or found.is_unknown:
            unknowns.append(Unknown(need.competency, need.level, need.importance))
        elif (size := need.level - found.mean) >= SMALLEST_GAP:
            gaps.append(Gap(need.competency, need.level, found.mean, size, need.importance))
    gaps.sort(key=lambda item: (-item.importance, -item.size, item.competency))
    unknowns.sort(key=lambda item: (-item.importance, item.competency))
    return Standing(tuple(strengths[:MOST_STRENGTHS]), tuple(gaps), tuple(unknowns))


@dataclass(frozen=True)
class RolePath:
    """How far a person is on the way to a role.

    Attributes
    ----------
    role : str
        Its id.
    coverage : float
        How likely the person has what it takes, in [0, 1].
    gaps, unknowns : tuple
        The missing steps.
    """

    role: str
    coverage: float
    gaps: tuple[Gap, ...]
    unknowns: tuple[Unknown, ...]


def role_needs(role: Role) -> tuple[Requirement, ...]:
    """Return what *role* asks for; the highest levels of a role are what it is about."""
    top = max(role.levels.values())
    return tuple(
        Requirement(competency, level, IMPORTANCE_MUST if level == top else 2)
        for competency, level in role.levels.items()
    )


def role_coverage(role: Role, estimates: Mapping[str, Estimate]) -> float:
    """Say how likely a person has what *role* takes.

    Parameters
    ----------
    role : Role
        The role.
    estimates : mapping of str to Estimate
        What is known of the person; what is missing counts as for people in general.

    Returns
    -------
    float
        ``sum(w P(level or more)) / sum(w)`` with the level as weight, in [0, 1].
    """
    nothing = estimate([])
    total = sum(role.levels.values())
    likely = sum(
        level * estimates.get(competency, nothing).at_least[level]
        for competency, level in role.levels.items()
    )
    return likely / total


def nearest_roles(
    estimates: Mapping[str, Estimate],
    roles: Mapping[str, Role] | None = None,
    *,
    n: int = 3,
) -> tuple[RolePath, ...]:
    """Return the roles a person is closest to, with the missing steps to each.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        What is known of the person.
    roles : mapping of str to Role, optional
        The roles to choose from; by default those of the framework.
    n : int
        How many to return.

    Returns
    -------
    tuple of RolePath
        The nearest first; equal ones by id. Roles of which hardly anything is known come last,
        however modest they are: nobody is near what has never been looked at.
    """
    known = load_taxonomy().roles if roles is None else roles
    paths = []
    for role in known.values():
        found = standing(estimates, role_needs(role))
        paths.append(RolePath(role.id, role_coverage(role, estimates), found.gaps, found.unknowns))
    paths.sort(key=lambda p: (not _is_known(known[p.role], estimates), -p.coverage, p.role))
    return tuple(paths[:n])


def _is_known(role: Role, estimates: Mapping[str, Estimate]) -> bool:
    """Whether more than people's own word is known of enough of what *role* takes, by level."""
    found = {name for name, estimate_ in estimates.items() if not estimate_.is_unknown}
    known = sum(level for name, level in role.levels.items() if name in found)
    return known >= KNOWN_SHARE * sum(role.levels.values())


class Cover(StrEnum):
    """How a team stands to one requirement."""

    COVERED = "covered"
    OPEN = "open"
    GAP = "gap"


@dataclass(frozen=True)
class TeamNeed:
    """How a team stands to one requirement.

    Attributes
    ----------
    need : Requirement
        What is asked for.
    probability : float
        That somebody on the team can do it, in [0, 1].
    depth : int
        How many members likely can.
    carriers : tuple of int
        Positions of the members who likely can, the likeliest first.
    cover : Cover
        ``covered`` from 0.6 and ``gap`` below 0.3 if something is known of a member, else ``open``:
        three people of whom nothing is known are no team that can.
    """

    need: Requirement
    probability: float
    depth: int
    carriers: tuple[int, ...]
    cover: Cover

    @property
    def rests_on_one(self) -> bool:
        """Whether the team would lose it with one person."""
        return self.depth == 1


def team_standing(
    members: Sequence[Mapping[str, Estimate]], needs: Sequence[Requirement]
) -> tuple[TeamNeed, ...]:
    """Say how a team stands to each of *needs*.

    Parameters
    ----------
    members : sequence of mapping of str to Estimate
        What is known of each member; what is missing counts as for people in general.
    needs : sequence of Requirement
        What is asked for.

    Returns
    -------
    tuple of TeamNeed
        In the order of *needs*.
    """
    nothing = estimate([])
    return tuple(
        _team_need(need, [member.get(need.competency, nothing) for member in members])
        for need in needs
    )


def _team_need(need: Requirement, found: Sequence[Estimate]) -> TeamNeed:
    chances = [estimate_.at_least[need.level] for estimate_ in found]
    carriers = sorted(
        (position for position, chance in enumerate(chances) if chance >= LIKELY),
        key=lambda position: (-chances[position], position),
    )
    probability = team_at_least(found, need.level)
    is_known = any(not estimate_.is_unknown for estimate_ in found)
    if probability >= LIKELY and is_known:
        cover = Cover.COVERED
    elif probability < UNLIKELY and is_known:
        cover = Cover.GAP
    else:
        cover = Cover.OPEN
    return TeamNeed(need, probability, len(carriers), tuple(carriers), cover)


def team_fit(found: Sequence[TeamNeed]) -> float:
    """Return the mean probability over the requirements, weighted by importance; nan without any."""
    total = sum(item.need.importance for item in found)
    if not total:
        return float("nan")
    return sum(item.need.importance * item.probability for item in found) / total


def sector_readiness(
    estimates: Mapping[str, Estimate], sector: str, patterns: Sequence[Sequence[Requirement]]
) -> float:
    """Say how ready a person is for the problems of a sector.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        What is known of the person.
    sector : str
        Id of the sector; knowing it has the same scale of levels.
    patterns : sequence of sequence of Requirement
        What each of the sector's problem patterns asks for.

    Returns
    -------
    float
        The best fit to a pattern times the probability of level 2 in the sector, in [0, 1]; 0
        without patterns.
    """
    if not patterns:
        return 0.0
    best = max(team_fit(team_standing([estimates], needs)) for needs in patterns)
    return best * estimates.get(sector, estimate([])).at_least[2]


def highest(estimates: Mapping[str, Estimate]) -> int:
    """Return the highest confirmed level, 0 if none: whom to steer to problems and mentoring."""
    return max((found.confirmed for found in estimates.values()), default=0)
