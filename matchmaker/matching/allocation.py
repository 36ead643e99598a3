"""Decide which teams work on which problems, with a proof that no other way is better.

>>> scores = {("P1", "A"): 9.0, ("P1", "B"): 8.0, ("P2", "A"): 8.0, ("P2", "B"): 3.0}
>>> allocation = allocate(Candidates.from_scores(scores), Limits())
>>> [(place.problem_id, place.team_id) for place in allocation.places]
[('P1', 'B'), ('P2', 'A')]
>>> allocation.total, allocation.is_optimal
(16.0, True)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from matchmaker.matching.allocation_limits import Candidates, Floor, InvalidLimits, Limits, Mask
from matchmaker.matching.allocation_program import (
    DEFAULT_TIME_LIMIT,
    Program,
    Solution,
    build,
    solve,
)
from matchmaker.matching.allocation_remedy import Change, NoAllocation, Remedy, find_remedies

__all__ = [
    "AllocatedPlace",
    "AllocationResult",
    "Candidates",
    "Change",
    "Floor",
    "InvalidLimits",
    "Limits",
    "NoAllocation",
    "Objective",
    "Remedy",
    "Stage",
    "allocate",
]

#: Called between two solves with a stage, how much of it is done, and of how much; raises to stop.
Progress = Callable[[str, int, int], None]
# What counts as no gap at all: rounding in sums of some thousand numbers.
EXACT = 1e-6


class Objective(StrEnum):
    """What an allocation is to be best at, one aim after another.

    ``TOTAL``: the sum of the fit of all placed pairs. ``FILL``: as many problems as possible get a
    team, as many wanted places as possible are filled, then the total. ``FAIR``: the same, but
    before the total the worst-off problem is raised as far as it can be.
    """

    TOTAL = "total"
    FILL = "fill"
    FAIR = "fair"


@dataclass(frozen=True, slots=True)
class AllocatedPlace:
    """A team placed on a problem."""

    problem_id: str
    team_id: str
    fit: float
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One aim, how far it was reached, and what nobody could exceed.

    Parameters
    ----------
    name : str
        "served", "filled", "worst" or "total".
    value, bound : float
        What was reached and what is proven to be out of reach above.
    """

    name: str
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Return by how much the bound is above the value, as a share of the bound; 0 if proven."""
        difference = self.bound - self.value
        scale = max(1.0, abs(self.bound))
        return 0.0 if difference <= EXACT * scale else float(difference / scale)

    def to_dict(self) -> dict[str, Any]:
        """Return the stage as plain data."""
        return {"name": self.name, "value": self.value, "bound": self.bound, "gap": self.gap}


@dataclass(frozen=True)
class AllocationResult:
    """The places given and the proof, aim by aim.

    Parameters
    ----------
    places : tuple of AllocatedPlace
        By problem, best fit first.
    stages : tuple of Stage
        In the order of the aims.
    chosen : ndarray of bool
        Which of the candidates were placed.
    """

    places: tuple[AllocatedPlace, ...]
    stages: tuple[Stage, ...]
    chosen: Mask

    @property
    def total(self) -> float:
        """Return the sum of the fit of all places."""
        return float(sum(place.fit for place in self.places))

    @property
    def is_optimal(self) -> bool:
        """Return whether every aim is proven to be reached as far as possible."""
        return all(stage.gap == 0 for stage in self.stages)


def allocate(
    candidates: Candidates,
    limits: Limits,
    *,
    objective: Objective = Objective.TOTAL,
    rounds: int = 1,
    time_limit: float = DEFAULT_TIME_LIMIT,
    progress: Progress = lambda stage, done, total: None,
) -> AllocationResult:
    """Place teams on problems.

    Parameters
    ----------
    candidates : Candidates
        The pairs that may be placed, with their fit.
    limits : Limits
        Demand, capacity, bans, pins, minimum, floors.
    objective : Objective
        What to be best at.
    rounds : int
        For `Objective.FAIR`: how many times the worst-off place is raised, each time leaving aside
        the level reached before.
    time_limit : float
        Seconds a single solve may take if whole numbers need branch and bound.
    progress : callable
        Told between two solves; raising stops the work.

    Returns
    -------
    AllocationResult
        The same for the same input, whatever order it came in.

    Raises
    ------
    NoAllocation
        If no allocation keeps all limits, with the smallest sets of limits to relax.
    InvalidLimits
        If a limit names nothing known.
    """
    objective = Objective(objective)
    limits.check(candidates)
    progress("prepare", 0, 1)
    needs_served = objective is not Objective.TOTAL or bool(limits.floors)
    program = build(candidates, limits, with_served=needs_served)
    search = _Search(candidates, program, objective, time_limit, progress)
    found = search.run(rounds)
    if found is None:
        raise NoAllocation(
            find_remedies(candidates, limits, time_limit=time_limit, progress=progress)
        )
    return _result(candidates, limits, found[0], found[1])


@dataclass
class _Search:
    """Works through the aims one after another."""

    candidates: Candidates
    program: Program
    objective: Objective
    time_limit: float
    progress: Progress

    def __post_init__(self) -> None:
        fit = self.candidates.fit
        self.scale = float(np.abs(fit).max(initial=0.0)) or 1.0
        n = self.program.n_pairs
        self.worth = np.zeros(len(self.program.lower))
        self.worth[:n] = fit / self.scale
        self.n_solved = 0
        if self.objective is not Objective.TOTAL:
            # No change of the total can outweigh a place filled or a problem served. Adding teams
            # one by one never takes the last one from a problem, so both are largest together.
            _, most = self._sizes()
            self.worth += 2.0 * (most + 1)

    def _sizes(self) -> tuple[int, int]:
        n_problems = len(self.candidates.problem_ids)
        return n_problems, int(self.program.limit[:n_problems].sum())

    def run(self, rounds: int) -> tuple[Solution, list[Stage]] | None:
        """Return the best solution with the stages that led to it; None if there is none."""
        solution = self._solve(self.program)
        if solution is None:
            return None
        if self.objective is Objective.TOTAL:
            return solution, [self._total(solution, 0)]
        counts = self._counts(solution)
        slack = self._slack(solution)
        stages = [Stage("served", counts[0], counts[0] + slack)]
        stages.append(Stage("filled", counts[1], counts[1] + slack))
        if self.objective is Objective.FAIR:
            solution, worst = self._raise_worst(solution, counts, rounds)
            stages += worst
        return solution, [*stages, self._total(solution, sum(counts))]

    def _solve(self, program: Program) -> Solution | None:
        self.progress("solve", self.n_solved, max(20, self.n_solved + 1))
        self.n_solved += 1
        return solve(program, self.worth, time_limit=self.time_limit)

    def _counts(self, solution: Solution) -> tuple[int, int]:
        """Return how many problems get a team, and how many places are filled."""
        placed = solution.values[: self.program.n_pairs] > 0
        served = np.unique(self.candidates.problem[placed])
        return len(served), int(placed.sum())

    def _slack(self, solution: Solution) -> int:
        """Return how many more places or problems the bound leaves open; 0 if proven."""
        per_unit = 2.0 * (self._sizes()[1] + 1)
        return int((solution.bound - solution.objective) / per_unit + EXACT)

    def _total(self, solution: Solution, n_counted: int) -> Stage:
        """Return the stage of the total, in the fit's own unit."""
        value = float(self.candidates.fit[solution.values[: self.program.n_pairs] > 0].sum())
        return Stage("total", value, value + (solution.bound - solution.objective) * self.scale)

    def _raise_worst(
        self, solution: Solution, counts: tuple[int, int], rounds: int
    ) -> tuple[Solution, list[Stage]]:
        """Raise the weakest place that is not pinned as far as it goes, *rounds* times."""
        stages: list[Stage] = []
        program, fit = self.program, self.candidates.fit
        done = program.lower[: program.n_pairs] > 0
        for turn in range(rounds):
            if not (~done & (solution.values[: program.n_pairs] > 0)).any():
                break
            solution, stage = self._highest(program, solution, counts, done)
            stages.append(stage)
            program = program.without(~done & (fit < stage.value))
            if turn + 1 < rounds:
                here = (fit == stage.value) & ~done
                program, solution = self._fewest(program, solution, counts, here)
                done |= fit <= stage.value
        # After one round the last solution is the best already: it was so among more candidates.
        return (solution if rounds == 1 else self._solve(program) or solution), stages

    def _highest(
        self, program: Program, solution: Solution, counts: tuple[int, int], done: Mask
    ) -> tuple[Solution, Stage]:
        """Find the highest level such that nothing is lost without the candidates below it."""
        fit, n = self.candidates.fit, program.n_pairs
        levels = np.unique(fit[~done & (program.upper[:n] > 0)])
        low = int(np.searchsorted(levels, self._weakest(solution, done)))
        high, unsure = len(levels), low
        while high - low > 1:
            middle = (low + high) // 2
            found = self._solve(program.without(~done & (fit < levels[middle])))
            if found is not None and self._counts(found) == counts:
                solution = found
                low = int(np.searchsorted(levels, self._weakest(found, done)))
                continue
            if found is not None and self._slack(found):
                unsure = max(unsure, high - 1)
            high = middle
        return solution, Stage("worst", float(levels[low]), float(levels[max(low, unsure)]))

    def _weakest(self, solution: Solution, done: Mask) -> float:
        placed = (solution.values[: self.program.n_pairs] > 0) & ~done
        return float(self.candidates.fit[placed].min())

    def _fewest(
        self, program: Program, solution: Solution, counts: tuple[int, int], here: Mask
    ) -> tuple[Program, Solution]:
        """Let no more places than must be stay at the level reached."""
        worth = self.worth.copy()
        worth[: program.n_pairs] = worth.max(initial=0.0)
        worth[: program.n_pairs][here] -= 1.0
        found = solve(program, worth, time_limit=self.time_limit)
        if found is None or self._counts(found) != counts:
            return program, solution
        number = int(found.values[: program.n_pairs][here].sum())
        return program.with_at_most(here, number), found


def _result(
    candidates: Candidates, limits: Limits, solution: Solution, stages: list[Stage]
) -> AllocationResult:
    chosen = solution.values[: len(candidates)] > 0
    pinned = candidates.marked(limits.pins)
    places = [
        AllocatedPlace(*candidates.pair(at), float(candidates.fit[at]), bool(pinned[at]))
        for at in np.flatnonzero(chosen).tolist()
    ]
    places.sort(key=lambda place: (place.problem_id, -place.fit, place.team_id))
    return AllocationResult(tuple(places), tuple(stages), chosen)
