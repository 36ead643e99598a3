"""What an allocation is made from: candidate pairs with their fit, and the limits it keeps to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_
from matchmaker.matching.types import Matrix, Pair

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
MOST = 10_000


class InvalidLimits(MatchmakerError):
    """Candidates or limits that make no sense, whatever the solver does."""

    code = "invalid_limits"
    default = N_("The limits of the allocation cannot be used.")


@dataclass(frozen=True)
class Candidates:
    """Pairs that may be placed, as columns, by problem and team.

    Parameters
    ----------
    problem_ids, team_ids : tuple of str
        Both sides, each in order of id.
    problem, team : ndarray of int
        Positions of each pair in them.
    fit : ndarray of float
        How well each pair fits; higher is better.

    Examples
    --------
    >>> candidates = Candidates.from_scores({("P1", "T2"): 0.5, ("P1", "T1"): 0.9})
    >>> candidates.team_ids, candidates.fit.tolist()
    (('T1', 'T2'), [0.9, 0.5])
    """

    problem_ids: tuple[str, ...]
    team_ids: tuple[str, ...]
    problem: Positions
    team: Positions
    fit: Matrix

    @classmethod
    def from_scores(
        cls, scores: Mapping[Pair, float], problem_ids: Iterable[str] = ()
    ) -> Candidates:
        """Build from a score for each pair; *problem_ids* adds problems that have no pair."""
        pairs = sorted(scores)
        problems = sorted({pair[0] for pair in pairs}.union(problem_ids))
        teams = sorted({pair[1] for pair in pairs})
        row = {problem_id: number for number, problem_id in enumerate(problems)}
        column = {team_id: number for number, team_id in enumerate(teams)}
        fit = np.array([scores[pair] for pair in pairs], dtype=float)
        if not np.isfinite(fit).all():
            worst = pairs[int(np.flatnonzero(~np.isfinite(fit))[0])]
            raise InvalidLimits(
                N_("The score of problem %(problem)s and team %(team)s is not a number."),
                problem=worst[0],
                team=worst[1],
            )
        return cls(
            tuple(problems),
            tuple(teams),
            np.array([row[pair[0]] for pair in pairs], dtype=np.int64),
            np.array([column[pair[1]] for pair in pairs], dtype=np.int64),
            fit,
        )

    def __len__(self) -> int:
        return len(self.fit)

    def pair(self, position: int) -> Pair:
        """Return the ids of the pair at *position*."""
        return (
            self.problem_ids[self.problem[position]],
            self.team_ids[self.team[position]],
        )

    def marked(self, pairs: Collection[Pair]) -> Mask:
        """Return which candidates are among *pairs*."""
        if not pairs:
            return np.zeros(len(self), dtype=bool)
        row = {problem_id: number for number, problem_id in enumerate(self.problem_ids)}
        column = {team_id: number for number, team_id in enumerate(self.team_ids)}
        keys = [
            row[problem_id] * len(column) + column[team_id]
            for problem_id, team_id in pairs
            if problem_id in row and team_id in column
        ]
        return np.isin(self.problem * len(column) + self.team, np.array(keys, dtype=np.int64))


@dataclass(frozen=True)
class Floor:
    """A group of problems of which at least so many must get a team.

    Parameters
    ----------
    name : str
        What people call the group, say a region or a size of company.
    problem_ids : frozenset of str
        The problems of the group.
    at_least : int
        How many of them must get at least one team.
    """

    name: str
    problem_ids: frozenset[str]
    at_least: int


@dataclass(frozen=True)
class Limits:
    """What an allocation must keep to.

    Parameters
    ----------
    demand : mapping of str to int
        Teams that a problem wants at most.
    at_least : mapping of str to int
        Teams that a problem must get.
    capacity : mapping of str to int
        Problems that a team can take on.
    default_demand, default_at_least, default_capacity : int
        The same for problems and teams that are not named.
    bans, pins : frozenset of (problem_id, team_id)
        Pairs that must not, and pairs that must, be placed.
    minimum : float, optional
        No pair below this fit is placed, unless it is pinned.
    floors : tuple of Floor
        Groups of problems of which so many must get a team.
    """

    demand: Mapping[str, int] = field(default_factory=dict)
    at_least: Mapping[str, int] = field(default_factory=dict)
    capacity: Mapping[str, int] = field(default_factory=dict)
    default_demand: int = 1
    default_at_least: int = 0
    default_capacity: int = 1
    bans: frozenset[Pair] = frozenset()
    pins: frozenset[Pair] = frozenset()
    minimum: float | None = None
    floors: tuple[Floor, ...] = ()

    def check(self, candidates: Candidates) -> None:
        """Raise `InvalidLimits` for what names nothing known or makes no sense."""
        problems, teams = set(candidates.problem_ids), set(candidates.team_ids)
        self._check_ids([*self.demand, *self.at_least], problems)
        self._check_ids((i for floor in self.floors for i in floor.problem_ids), problems)
        self._check_ids(self.capacity, teams)
        numbers = [*self.demand.values(), *self.at_least.values(), *self.capacity.values()]
        numbers += [self.default_demand, self.default_at_least, self.default_capacity]
        for number in [*numbers, *(floor.at_least for floor in self.floors)]:
            if not 0 <= number <= MOST:
                raise InvalidLimits(
                    N_("%(number)s is not a number between 0 and %(most)s."),
                    number=number,
                    most=MOST,
                )
        self._check_pairs(candidates)

    @staticmethod
    def _check_ids(ids: Iterable[str], known: set[str]) -> None:
        for name in ids:
            if name not in known:
                raise InvalidLimits(
                    N_("A limit names %(id)s, which is in no pair that has a score."), id=name
                )

    def _check_pairs(self, candidates: Candidates) -> None:
        for pair in sorted(self.pins & self.bans):
            raise InvalidLimits(
                N_("Problem %(problem)s and team %(team)s are both pinned and banned."),
                problem=pair[0],
                team=pair[1],
            )
        if candidates.marked(self.pins).sum() == len(self.pins):
            return
        known = {candidates.pair(position) for position in range(len(candidates))}
        unknown = min(self.pins - known)
        raise InvalidLimits(
            N_("Problem %(problem)s and team %(team)s are pinned but have no score."),
            problem=unknown[0],
            team=unknown[1],
        )

    def of_problems(self, candidates: Candidates) -> tuple[Positions, Positions]:
        """Return how many teams each problem must get, and how many at most."""
        ids = candidates.problem_ids
        least = [self.at_least.get(i, self.default_at_least) for i in ids]
        return np.array(least, dtype=np.int64), _numbers(ids, self.demand, self.default_demand)

    def of_teams(self, candidates: Candidates) -> Positions:
        """Return how many problems each team can take on."""
        return _numbers(candidates.team_ids, self.capacity, self.default_capacity)

    def is_too_weak(self, candidates: Candidates) -> Mask:
        """Return which candidates are below the minimum and not pinned."""
        if self.minimum is None:
            return np.zeros(len(candidates), dtype=bool)
        weak: Any = candidates.fit < self.minimum
        return np.asarray(weak & ~candidates.marked(self.pins))


def _numbers(ids: Iterable[str], given: Mapping[str, int], default: int) -> Positions:
    return np.array([given.get(name, default) for name in ids], dtype=np.int64)
