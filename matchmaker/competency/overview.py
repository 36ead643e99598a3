"""Levels at a glance: by domain, by sector, and what each member carries for a team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from matchmaker.competency.diagnosis import (
    HALF_LIFE_MONTHS,
    Case,
    Estimate,
    estimate,
    estimate_all,
    team_at_least,
)
from matchmaker.competency.evidence import Evidence
from matchmaker.competency.framework import Requirement
from matchmaker.competency.gaps import LIKELY, TeamNeed, team_fit, team_standing
from matchmaker.competency.levels import IMPORTANCE_MUST, MAX_LEVEL
from matchmaker.competency.taxonomy import load_taxonomy

#: From this level on somebody knows an industry well enough to solve problems in it.
SECTOR_LEVEL = 2
#: Below this a competency is nothing a team is known for: most people get so far.
CARRIED_LEVEL = 2
#: How many needs stand for what a group of problems asks for.
TYPICAL = 8


@dataclass(frozen=True, slots=True)
class DomainProfile:
    """One domain: what is known of its competencies on average, and what is asked for.

    Attributes
    ----------
    domain : str
        Its id.
    known : int
        In how many of its competencies there is evidence.
    mean, low, high : float or None
        The averages of their levels and likely ranges; None without evidence.
    target : float or None
        The average of the levels asked for; None if nothing in the domain is.
    """

    domain: str
    known: int
    mean: float | None
    low: float | None
    high: float | None
    target: float | None


def domain_profiles(
    estimates: Mapping[str, Estimate], needs: Sequence[Requirement] = ()
) -> tuple[DomainProfile, ...]:
    """Sum up *estimates* by domain, beside what is asked for.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        What is known of each competency; one without evidence is not in it.
    needs : sequence of Requirement
        What is aimed at.

    Returns
    -------
    tuple of DomainProfile
        Every domain of the framework, in its order.

    Examples
    --------
    >>> [profile.known for profile in domain_profiles({})][:2]
    [0, 0]
    """
    return tuple(_profile(domain, estimates, needs) for domain in load_taxonomy().domains)


def _profile(
    domain: str, estimates: Mapping[str, Estimate], needs: Sequence[Requirement]
) -> DomainProfile:
    names = {item.id for item in load_taxonomy().competencies_of(domain)}
    found = [estimates[name] for name in names & estimates.keys()]
    return DomainProfile(
        domain,
        len(found),
        _average([item.mean for item in found]),
        _average([item.low for item in found]),
        _average([item.high for item in found]),
        _average([need.level for need in needs if need.competency in names]),
    )


def _average(figures: Sequence[float]) -> float | None:
    return fmean(figures) if figures else None


def best_of(members: Sequence[Mapping[str, Estimate]]) -> dict[str, Estimate]:
    """Return the best member's estimate of each competency: what the team draws on.

    Parameters
    ----------
    members : sequence of mapping of str to Estimate
        What is known of each member.
    """
    names = {name for member in members for name in member}
    return {
        name: max((m[name] for m in members if name in m), key=lambda found: found.mean)
        for name in sorted(names)
    }


def carried(members: Sequence[Mapping[str, Estimate]]) -> tuple[TeamNeed, ...]:
    """Say for each competency how far a team likely gets, and on how many members it rests.

    Parameters
    ----------
    members : sequence of mapping of str to Estimate
        What is known of each member.

    Returns
    -------
    tuple of TeamNeed
        One for each competency that somebody likely has at level 2 or more and of which more is
        known than somebody's own word; its need is the highest level that likely holds. In the
        order of the framework.
    """
    taxonomy = load_taxonomy()
    known = {name for m in members for name, found in m.items() if not found.is_unknown}
    names = [name for name in (*taxonomy.competencies, *taxonomy.sectors) if name in known]
    held = [(name, _likely_level(members, name)) for name in names]
    return team_standing(members, [Requirement(name, level) for name, level in held if level])


def _likely_level(members: Sequence[Mapping[str, Estimate]], name: str) -> int:
    found = [member[name] for member in members if name in member]
    levels = range(CARRIED_LEVEL, MAX_LEVEL + 1)
    return max((level for level in levels if team_at_least(found, level) >= LIKELY), default=0)


def effects_together(
    groups: Sequence[Sequence[Evidence]], *, half_life_months: float = HALF_LIFE_MONTHS
) -> tuple[float, ...]:
    """Say by how much each group of pieces moves the mean: with it, less without it.

    Parameters
    ----------
    groups : sequence of sequence of Evidence
        All there is of one person in one competency; what belongs together, such as the answers of
        one check, is one group.
    half_life_months : float
        After how many months evidence of this competency counts half, above 0.

    Returns
    -------
    tuple of float
        In levels, in the order of *groups*.

    Examples
    --------
    >>> from matchmaker.competency.evidence import Rating
    >>> said, checked = effects_together([[Rating("peer", 0)], [Rating("mentor", 4)] * 2])
    >>> said < 0 < checked
    True
    """
    whole = [piece for group in groups for piece in group]
    rest = [
        [piece for other in groups if other is not group for piece in other] for group in groups
    ]
    found = estimate_all([Case(pieces, half_life_months) for pieces in [whole, *rest]])
    return tuple(found[0].mean - without.mean for without in found[1:])


@dataclass(frozen=True, slots=True)
class SectorReadiness:
    """How ready somebody is for the problems of a sector.

    Attributes
    ----------
    sector : str
        Its id.
    readiness : float
        The best fit to one of its problem patterns times the probability of knowing the sector, in
        [0, 1].
    knows : float
        That probability alone.
    pattern : str
        The pattern that fits best.
    is_known : bool
        Whether there is any evidence of knowing the sector; without it the figures say no more
        than where people stand in general.
    """

    sector: str
    readiness: float
    knows: float
    pattern: str
    is_known: bool


def readiness_by_sector(members: Sequence[Mapping[str, Estimate]]) -> tuple[SectorReadiness, ...]:
    """Say how ready a person, or a team, is for each sector that has problem patterns.

    Parameters
    ----------
    members : sequence of mapping of str to Estimate
        What is known of each member; of one person, a sequence of one.

    Returns
    -------
    tuple of SectorReadiness
        The readiest first; equal ones by id.
    """
    taxonomy, nothing = load_taxonomy(), estimate([])
    fits = {
        pattern.id: team_fit(team_standing(members, pattern.requires))
        for pattern in taxonomy.patterns.values()
    }
    found = []
    for sector in taxonomy.sectors:
        own = [p.id for p in taxonomy.patterns.values() if sector in p.sectors]
        if own:
            best = max(own, key=lambda pattern: (fits[pattern], pattern))
            knows = team_at_least([m.get(sector, nothing) for m in members], SECTOR_LEVEL)
            is_known = any(sector in member for member in members)
            found.append(SectorReadiness(sector, fits[best] * knows, knows, best, is_known))
    return tuple(sorted(found, key=lambda item: (-item.readiness, item.sector)))


def typical_needs(
    problems: Sequence[Sequence[Requirement]], *, n: int = TYPICAL
) -> tuple[Requirement, ...]:
    """Return what a group of problems asks for most often.

    Parameters
    ----------
    problems : sequence of sequence of Requirement
        What each of them asks for.
    n : int
        How many needs to return at most.

    Returns
    -------
    tuple of Requirement
        The most frequent first, each at the median of the levels asked for (the higher of two) and
        the median of the importance.

    Examples
    --------
    >>> asked = [[Requirement("FND-ML", 2)], [Requirement("FND-ML", 3), Requirement("PER-CV", 3)]]
    >>> typical_needs(asked, n=1)
    (Requirement(competency='FND-ML', level=3, importance=2),)
    """
    asked: dict[str, list[Requirement]] = defaultdict(list)
    for needs in problems:
        for need in needs:
            asked[need.competency].append(need)
    often = sorted(asked, key=lambda name: (-len(asked[name]), name))[:n]
    return tuple(_typical(name, asked[name]) for name in often)


def _typical(name: str, needs: Sequence[Requirement]) -> Requirement:
    level = min(MAX_LEVEL, -int(-median(need.level for need in needs) // 1))
    importance = min(IMPORTANCE_MUST, -int(-median(need.importance for need in needs) // 1))
    return Requirement(name, level, importance)
