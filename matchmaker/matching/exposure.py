"""Measure who is seen: how often teams of each group stand near the top of problems' lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class GroupExposure:
    """How much attention one group of teams gets.

    Attributes
    ----------
    group : str
        The group, such as a region or a kind of team.
    n_teams : int
        Teams in the pool that belong to it.
    share_of_pool : float
        Their share of all teams, in [0, 1].
    share_of_exposure : float
        Their share of all attention, in [0, 1].
    ratio : float
        The second divided by the first: 1 means as seen as numerous; nan for an empty pool.
    n_in_top : int
        How many places among the first ``k`` they hold over all problems.
    """

    group: str
    n_teams: int
    share_of_pool: float
    share_of_exposure: float
    ratio: float
    n_in_top: int


def exposure(
    ranks: Iterable[tuple[str, int]], groups: Mapping[str, str], *, k: int = 10
) -> list[GroupExposure]:
    """Report the attention each group of teams gets.

    A place at rank r is worth 1 / log2(1 + r) of attention, as in Singh and Joachims (2018),
    "Fairness of exposure in rankings"; places below *k* are worth nothing, for few read on.

    Parameters
    ----------
    ranks : iterable of (team_id, rank)
        Every place every team holds, over all problems; ranks start at 1.
    groups : mapping of str to str
        The group of every team of the pool, ranked or not.
    k : int
        How far down people read.

    Returns
    -------
    list of GroupExposure
        By group name. It is for reports alone: nothing of it goes back into a score.

    Examples
    --------
    >>> report = exposure([("A", 1), ("B", 2)], {"A": "north", "B": "south", "C": "south"})
    >>> [(row.group, row.n_teams, row.n_in_top) for row in report]
    [('north', 1, 1), ('south', 2, 1)]
    """
    attention: dict[str, float] = defaultdict(float)
    places: dict[str, int] = defaultdict(int)
    for team_id, rank in ranks:
        if rank <= k:
            attention[groups[team_id]] += 1 / np.log2(1 + rank)
            places[groups[team_id]] += 1
    total = sum(attention.values())
    pool: dict[str, int] = defaultdict(int)
    for group in groups.values():
        pool[group] += 1
    return [
        _row(group, n_teams, len(groups), attention[group], total, places[group])
        for group, n_teams in sorted(pool.items())
    ]


def _row(
    group: str, n_teams: int, n_all: int, seen: float, seen_all: float, places: int
) -> GroupExposure:
    of_pool, of_exposure = n_teams / n_all, seen / seen_all if seen_all else 0.0
    return GroupExposure(group, n_teams, of_pool, of_exposure, of_exposure / of_pool, places)
