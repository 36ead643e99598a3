"""Whether a problem is of the right difficulty for a team: neither too easy nor out of reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from matchmaker.competency.diagnosis import Estimate, estimate, team_at_least
from matchmaker.competency.framework import Requirement
from matchmaker.competency.gaps import LIKELY, Cover, TeamNeed, team_fit, team_standing
from matchmaker.competency.learning import LARGEST_STEP
from matchmaker.competency.levels import IMPORTANCE_MUST, MAX_LEVEL

#: Something has to be known of so much of what is asked for, by importance.
KNOWN_SHARE = 0.5


class Reach(StrEnum):
    """How far a team has to stretch for a problem."""

    UNKNOWN = "unknown"
    EASY = "easy"
    RIGHT = "right"
    STRETCH = "stretch"
    BEYOND = "beyond"


def reach(members: Sequence[Mapping[str, Estimate]], needs: Sequence[Requirement]) -> Reach:
    """Say whether *needs* are of the right difficulty for a team.

    Parameters
    ----------
    members : sequence of mapping of str to Estimate
        What is known of each member.
    needs : sequence of Requirement
        What the problem asks for.

    Returns
    -------
    Reach
        ``unknown`` while something is known of less than half of what is asked for, by importance;
        ``beyond`` if a must-have, or more than half of all, by importance, is more than a step of
        learning above everybody; ``easy`` if somebody likely is a level above each need; ``right`` if no must-have
        is open and the fit is 0.6 or more; else ``stretch``.

    Examples
    --------
    >>> reach([], [Requirement("FND-ML", 2, 3)])
    <Reach.UNKNOWN: 'unknown'>
    """
    if _known_share(members, needs) < KNOWN_SHARE:
        return Reach.UNKNOWN
    found = team_standing(members, needs)
    if _is_beyond(members, found):
        return Reach.BEYOND
    if all(_is_below(members, need) for need in needs):
        return Reach.EASY
    is_covered = all(item.cover is Cover.COVERED for item in found if _is_must(item))
    return Reach.RIGHT if is_covered and team_fit(found) >= LIKELY else Reach.STRETCH


def _known_share(members: Sequence[Mapping[str, Estimate]], needs: Sequence[Requirement]) -> float:
    known = sum(need.importance for need in needs if _known(members, need.competency))
    return known / total if (total := sum(need.importance for need in needs)) else 0.0


def _known(members: Sequence[Mapping[str, Estimate]], competency: str) -> list[Estimate]:
    found = [member[competency] for member in members if competency in member]
    return [item for item in found if not item.is_unknown]


def _is_must(item: TeamNeed) -> bool:
    return item.need.importance == IMPORTANCE_MUST


def _is_beyond(members: Sequence[Mapping[str, Estimate]], found: Sequence[TeamNeed]) -> bool:
    far = [item for item in found if _is_far(members, item.need)]
    weight, total = (sum(item.need.importance for item in items) for items in (far, found))
    return any(_is_must(item) for item in far) or weight > total / 2


def _is_far(members: Sequence[Mapping[str, Estimate]], need: Requirement) -> bool:
    best = max((e.mean for e in _known(members, need.competency)), default=None)
    return best is not None and need.level - best > LARGEST_STEP


def _is_below(members: Sequence[Mapping[str, Estimate]], need: Requirement) -> bool:
    """Whether somebody likely is a level above what is needed."""
    if need.level >= MAX_LEVEL:
        return False
    nothing = estimate([])
    found = [member.get(need.competency, nothing) for member in members]
    return team_at_least(found, need.level + 1) >= LIKELY
