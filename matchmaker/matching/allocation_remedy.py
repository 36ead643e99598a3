"""If limits contradict each other: the smallest sets of them to relax, with numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_, Message
from matchmaker.matching.allocation_limits import Candidates, Limits, Mask, Positions
from matchmaker.matching.allocation_program import floor_rows, incidence
from matchmaker.matching.allocation_words import Limit, change_message
from matchmaker.matching.types import Matrix

# How many ways out of the same, smallest size are told at most.
MOST_REMEDIES = 5
# Beyond so many changes a second way out of the same size helps nobody.
MANY_CHANGES = 10
# Nobody can take on ten times the work: how far the capacity of a team is raised at most, unless
# more of its pairs are pinned.
MOST_RAISE = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One limit to relax, and how far.

    Parameters
    ----------
    limit : Limit
        Its kind.
    problem_id, team_id, group : str
        What it is about; empty if the kind has none.
    now, needed : float
        What it is, and what it would have to be; 1 and 0 for bans and pins.
    """

    limit: Limit
    problem_id: str = ""
    team_id: str = ""
    group: str = ""
    now: float = 1
    needed: float = 0

    def message(
        self,
        problem: Callable[[str], str] = str,
        team: Callable[[str], str] = str,
        group: Callable[[str], str] = str,
    ) -> Message:
        """Say it in words; the functions turn ids into names."""
        return change_message(
            self.limit,
            problem=problem(self.problem_id),
            team=team(self.team_id),
            group=group(self.group),
            now=self.now,
            needed=self.needed,
        )


@dataclass(frozen=True, slots=True)
class Remedy:
    """Limits that together are enough to relax.

    Parameters
    ----------
    changes : tuple of Change
        All of them are needed.
    is_smallest : bool
        Whether it is proven that no smaller set is enough.
    """

    changes: tuple[Change, ...]
    is_smallest: bool


class NoAllocation(MatchmakerError):
    """No allocation keeps all limits; ``remedies`` says what to relax."""

    code = "no_allocation"
    default = N_("No allocation keeps all limits. What would be enough to relax: %(first)s")

    def __init__(self, remedies: Sequence[Remedy]) -> None:
        self.remedies = tuple(remedies)
        first = self.remedies[0].changes[0].message() if self.remedies else Message("–")
        super().__init__(first=first)


@dataclass(frozen=True)
class _Elastic:
    """The limits with a switch for each: off, it holds; on, it is relaxed as far as needed.

    Columns: candidates, served problems, switches, amounts of the switches that have one.
    """

    changes: list[Change]
    matrix: sp.csr_array
    limit: Matrix
    upper: Matrix
    cost: Matrix
    #: Where the switches and, for each switch, its amount are; -1 without one.
    switches: Positions
    amounts: Positions


def find_remedies(
    candidates: Candidates,
    limits: Limits,
    *,
    time_limit: float,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> list[Remedy]:
    """Return the smallest sets of limits whose relaxation leaves an allocation.

    Parameters
    ----------
    candidates : Candidates
        All pairs, banned and weak ones too.
    limits : Limits
        Limits that contradict each other.
    time_limit : float
        Seconds for each set.
    progress : callable
        Told before each set; raising stops the search.

    Returns
    -------
    list of Remedy
        At most `MOST_REMEDIES`, all of the same size; one if it has more than `MANY_CHANGES`.
    """
    elastic = _Builder(candidates, limits).build()
    found: list[Remedy] = []
    cuts: list[Matrix] = []
    while len(found) < MOST_REMEDIES and not (found and len(found[0].changes) > MANY_CHANGES):
        progress("remedy", len(found), MOST_REMEDIES)
        values, is_proven = _solve(elastic, cuts, time_limit)
        if values is None:
            break
        used = values[elastic.switches] > 0.5
        if found and used.sum() > len(found[0].changes):
            break
        found.append(Remedy(_needed(candidates, limits, elastic, values, used), is_proven))
        cuts.append(used.astype(float))
    return found


def _solve(elastic: _Elastic, cuts: list[Matrix], time_limit: float) -> tuple[Matrix | None, bool]:
    """Return the fewest switches that are none of *cuts*, and whether they are proven the fewest.

    How far they go is made least in a second step: both in one would need costs of very
    different size, which make the solver inexact.
    """
    matrix, limit = elastic.matrix, elastic.limit
    if cuts:
        rows = np.zeros((len(cuts), len(elastic.upper)))
        rows[:, elastic.switches] = cuts
        matrix = sp.vstack([matrix, sp.csr_array(rows)], format="csr")
        limit = np.concatenate([limit, rows.sum(axis=1) - 1])
    rows_hold = LinearConstraint(matrix, -np.inf, limit)
    number = np.zeros(len(elastic.upper))
    number[elastic.switches] = 1.0
    first = _minimise(number, rows_hold, elastic.upper, time_limit)
    if first.x is None:
        return None, False
    upper = elastic.upper.copy()
    upper[elastic.switches] = np.round(first.x[elastic.switches])
    second = _minimise(elastic.cost, rows_hold, upper, time_limit)
    return (first.x if second.x is None else second.x), first.status == 0


def _minimise(cost: Matrix, rows_hold: LinearConstraint, upper: Matrix, time_limit: float) -> Any:
    return milp(
        cost,
        constraints=rows_hold,
        bounds=Bounds(0, upper),
        integrality=np.ones(len(upper)),
        options={"time_limit": time_limit, "mip_rel_gap": 0.0},
    )


def _needed(
    candidates: Candidates, limits: Limits, elastic: _Elastic, values: Matrix, used: Mask
) -> tuple[Change, ...]:
    """Return the changes with the numbers the solution needs."""
    changes = []
    for position in np.flatnonzero(used).tolist():
        change, at = elastic.changes[position], int(elastic.amounts[position])
        needed = change.needed
        if change.limit is Limit.MINIMUM:
            placed = values[: len(candidates)] > 0.5
            needed = float(candidates.fit[placed & limits.is_too_weak(candidates)].min())
        elif at >= 0:
            amount = round(float(values[at]))
            rises = change.limit in (Limit.CAPACITY, Limit.DEMAND)
            needed = change.now + amount if rises else change.now - amount
        changes.append(
            Change(
                change.limit, change.problem_id, change.team_id, change.group, change.now, needed
            )
        )
    return tuple(changes)


class _Builder:
    """Collects the rows and columns of the elastic programme."""

    def __init__(self, candidates: Candidates, limits: Limits) -> None:
        self.candidates, self.limits = candidates, limits
        self.n_pairs, self.n_problems = len(candidates), len(candidates.problem_ids)
        self.changes: list[Change] = []
        #: For each switch: row it loosens (-1 for none), and by how much at most.
        self.loosens: list[tuple[int, float]] = []
        self.pairs: list[tuple[int, int, float]] = []
        self.by_problem = incidence(candidates.problem, self.n_problems)
        self.by_team = incidence(candidates.team, len(candidates.team_ids))

    def build(self) -> _Elastic:
        """Return the programme."""
        rows, limit = self._rows()
        self._row_switches(limit)
        self._pair_switches()
        return self._joined(rows, limit)

    def _rows(self) -> tuple[sp.csr_array, Matrix]:
        """Return demand, capacity, at least, served and floors over candidates and problems."""
        least, most = self.limits.of_problems(self.candidates)
        groups = floor_rows(self.candidates, self.limits)
        unit = sp.eye_array(self.n_problems)
        rows = sp.block_array(
            [
                [self.by_problem, None],
                [self.by_team, None],
                [-self.by_problem, None],
                [-self.by_problem, unit],
                *([[None, -groups]] if groups.shape[0] else []),
            ],
            format="csr",
        )
        floors = [-floor.at_least for floor in self.limits.floors]
        capacity = self.limits.of_teams(self.candidates)
        served = np.zeros(self.n_problems)
        return rows, np.concatenate([most, capacity, -least, served, floors]).astype(float)

    def _row_switches(self, limit: Matrix) -> None:
        """Give a switch to every row that can stand in the way."""
        problems, teams = self.candidates.problem_ids, self.candidates.team_ids
        pinned = self.candidates.marked(self.limits.pins)
        pins = self.by_problem @ pinned
        wanted = self.by_problem @ np.ones(self.n_pairs)
        offers = self.by_team @ np.ones(self.n_pairs)
        team_pins = self.by_team @ pinned
        in_group = {name for floor in self.limits.floors for name in floor.problem_ids}
        for at, problem_id in enumerate(problems):
            now = limit[at]
            least = -limit[self.n_problems + len(teams) + at]
            asked = max(pins[at], least, float(problem_id in in_group))
            change = Change(Limit.DEMAND, problem_id=problem_id, now=now)
            self._switch(change, at, min(asked, wanted[at]) - now)
            if least > 0:
                change = Change(Limit.AT_LEAST, problem_id=problem_id, now=least)
                self._switch(change, self.n_problems + len(teams) + at, least)
        for at, team_id in enumerate(teams):
            row = self.n_problems + at
            change = Change(Limit.CAPACITY, team_id=team_id, now=limit[row])
            most = max(MOST_RAISE, team_pins[at] - limit[row])
            self._switch(change, row, min(most, offers[at] - limit[row]))
        start = 3 * self.n_problems + len(teams)
        for at, floor in enumerate(self.limits.floors):
            change = Change(Limit.FLOOR, group=floor.name, now=floor.at_least)
            self._switch(change, start + at, floor.at_least)

    def _switch(self, change: Change, row: int, most: float) -> None:
        if most > 0:
            self.changes.append(change)
            self.loosens.append((row, most))

    def _pair_switches(self) -> None:
        """Give a switch to bans, pins and the minimum; a row of its own to each of their pairs."""
        candidates, limits = self.candidates, self.limits
        weak = np.flatnonzero(limits.is_too_weak(candidates)).tolist()
        if weak:
            self._pair_switch(Change(Limit.MINIMUM, now=float(limits.minimum or 0.0)), weak, 1.0)
        for kind, pairs, sign in ((Limit.BAN, limits.bans, 1.0), (Limit.PIN, limits.pins, -1.0)):
            for at in np.flatnonzero(candidates.marked(pairs)).tolist():
                problem_id, team_id = candidates.pair(at)
                change = Change(kind, problem_id=problem_id, team_id=team_id)
                self._pair_switch(change, [at], sign)

    def _pair_switch(self, change: Change, pairs: list[int], sign: float) -> None:
        self.pairs += [(at, len(self.changes), sign) for at in pairs]
        self.changes.append(change)
        self.loosens.append((-1, 0.0))

    def _joined(self, rows: sp.csr_array, limit: Matrix) -> _Elastic:
        """Put switches and amounts beside the rows, and the rows of single pairs below them."""
        n_first, n_switches = rows.shape[1], len(self.changes)
        with_amount = [at for at, (row, _) in enumerate(self.loosens) if row >= 0]
        amount_of = np.full(n_switches, -1)
        amount_of[with_amount] = n_first + n_switches + np.arange(len(with_amount))
        most = np.array([self.loosens[at][1] for at in with_amount], dtype=float)
        n = n_first + n_switches + len(with_amount)
        rows = sp.csr_array((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], n))
        loosened = sp.csr_array(
            (
                -np.ones(len(with_amount)),
                ([self.loosens[at][0] for at in with_amount], amount_of[with_amount]),
            ),
            shape=rows.shape,
        )
        # An amount only while its switch is on: amount - most * switch <= 0.
        links = self._triples(
            [(k, amount_of[at], 1.0) for k, at in enumerate(with_amount)]
            + [(k, n_first + at, -most[k]) for k, at in enumerate(with_amount)],
            (len(with_amount), n),
        )
        single = self._triples(
            [(k, at, sign) for k, (at, _, sign) in enumerate(self.pairs)]
            + [(k, n_first + switch, -1.0) for k, (_, switch, _) in enumerate(self.pairs)],
            (len(self.pairs), n),
        )
        bounds = [0.0 if sign > 0 else -1.0 for _, _, sign in self.pairs]
        return _Elastic(
            self.changes,
            sp.vstack([rows + loosened, links, single], format="csr"),
            np.concatenate([limit, np.zeros(len(with_amount)), bounds]),
            np.concatenate([np.ones(n_first + n_switches), most]),
            self._cost(n_first, n),
            n_first + np.arange(n_switches),
            amount_of,
        )

    @staticmethod
    def _triples(triples: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> sp.csr_array:
        rows, columns, values = ([triple[part] for triple in triples] for part in range(3))
        return sp.csr_array((values, (rows, columns)), shape=shape)

    def _cost(self, n_first: int, n: int) -> Matrix:
        """Return what is to be least once the switches are known: how far they go."""
        cost = np.zeros(n)
        cost[n_first + len(self.changes) :] = 1.0
        weak = self.limits.is_too_weak(self.candidates)
        if weak.any():
            # Of pairs below the minimum, those that are least below it.
            below = (self.limits.minimum or 0.0) - self.candidates.fit[weak]
            cost[: self.n_pairs][weak] = below / float(below.max())
        return cost
