"""The allocator against the bare linear programme of the same library, in the same process.

    OMP_NUM_THREADS=1 python -m benchmarks.allocation --problems 1000 --teams 10000 --candidates 50

The baseline is one call of `scipy.optimize.linprog` with demand and capacity, on matrices that are
already there. The allocator starts from scores by id and ends with placed pairs and a proof. Times
are processor seconds, the best of some turns. Popular teams make places contended: the hundredth
team is in a hundred times fewer lists than the first.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import linprog

from matchmaker.matching.allocation import (
    AllocationResult,
    Candidates,
    Floor,
    Limits,
    NoAllocation,
    Objective,
    allocate,
)
from matchmaker.matching.allocation_program import build

TURNS = 3


def make_scores(
    n_problems: int, n_teams: int, n_candidates: int, *, contended: bool, seed: int = 0
) -> dict[tuple[str, str], float]:
    """Return a fit from 0 to 100 for each pair."""
    rng = np.random.default_rng(seed)
    weight = 1 / np.arange(1, n_teams + 1) if contended else np.ones(n_teams)
    share = weight / weight.sum()
    scores = {}
    for problem in range(n_problems):
        for team in rng.choice(n_teams, n_candidates, replace=False, p=share):
            fit = float(np.round(100 * rng.beta(5, 2), 2))
            scores[f"P{problem:05d}", f"T{team:05d}"] = fit
    return scores


def make_limits(scores: dict[tuple[str, str], float], seed: int = 1) -> Limits:
    """Return demand of one to three teams and capacity of one or two problems."""
    rng = np.random.default_rng(seed)
    problems, teams = sorted({p for p, _ in scores}), sorted({t for _, t in scores})
    return Limits(
        demand={p: int(rng.integers(1, 4)) for p in problems},
        capacity={t: int(rng.integers(1, 3)) for t in teams},
    )


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the least processor time of some turns, and what the last one gave."""
    times = []
    for _ in range(TURNS):
        start = time.process_time()
        given = work()
        times.append(time.process_time() - start)
    return min(times), given


def bare(candidates: Candidates, limits: Limits) -> Callable[[], Any]:
    """Return the linear programme alone, ready to run."""
    program = build(candidates, limits, with_served=False)
    bounds = np.column_stack([program.lower, program.upper])
    return lambda: linprog(
        -candidates.fit, A_ub=program.matrix, b_ub=program.limit, bounds=bounds, method="highs"
    )


def measure(scores: dict[tuple[str, str], float]) -> dict[str, Any]:
    """Return times and ratios for each aim."""
    plain = make_limits(scores)
    problems = sorted(plain.demand)
    strict = Limits(plain.demand, {}, plain.capacity, minimum=50.0)
    thirds = tuple(
        Floor(f"region {part}", frozenset(problems[part::3]), len(problems) // 4)
        for part in range(3)
    )
    floored = Limits(plain.demand, {}, plain.capacity, minimum=50.0, floors=thirds)
    base, _ = seconds(bare(Candidates.from_scores(scores), plain))
    figures: dict[str, Any] = {"bare": {"seconds": round(base, 3)}}
    for name, limits, objective in (
        ("total", plain, Objective.TOTAL),
        ("total+minimum", strict, Objective.TOTAL),
        ("fill+minimum", strict, Objective.FILL),
        ("fair+minimum", strict, Objective.FAIR),
        ("fair+minimum+floors", floored, Objective.FAIR),
    ):
        taken, result = seconds(lambda: _allocate(scores, limits, objective))  # noqa: B023 -- run at once
        figures[name] = _summary(taken, base, result)
    return figures


def _allocate(
    scores: dict[tuple[str, str], float], limits: Limits, objective: Objective
) -> AllocationResult:
    return allocate(Candidates.from_scores(scores), limits, objective=objective)


def _summary(taken: float, base: float, result: AllocationResult) -> dict[str, Any]:
    return {
        "seconds": round(taken, 3),
        "ratio": round(taken / base, 1),
        "places": len(result.places),
        "worst": min(place.fit for place in result.places),
        "total": round(result.total, 2),
        "is_optimal": result.is_optimal,
    }


def measure_remedies(scores: dict[tuple[str, str], float]) -> dict[str, Any]:
    """Return how long it takes to say what to relax when some teams are pinned twice too often."""
    plain = make_limits(scores)
    of_team: dict[str, list[tuple[str, str]]] = {}
    for pair in sorted(scores):
        of_team.setdefault(pair[1], []).append(pair)
    crowded = [pairs for pairs in of_team.values() if len(pairs) > 2][:2]
    pins = frozenset(pair for pairs in crowded for pair in pairs[:3])
    start = time.process_time()
    try:
        allocate(
            Candidates.from_scores(scores),
            Limits(plain.demand, {}, plain.capacity, pins=pins, minimum=50.0),
        )
    except NoAllocation as error:
        return {
            "seconds": round(time.process_time() - start, 2),
            "remedies": [[str(c.message()) for c in r.changes] for r in error.remedies],
            "is_smallest": all(r.is_smallest for r in error.remedies),
        }
    return {"seconds": None}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=1000)
    parser.add_argument("--teams", type=int, default=10_000)
    parser.add_argument("--candidates", type=int, default=50)
    given = parser.parse_args()
    sizes = given.problems, given.teams, given.candidates
    for contended in (False, True):
        scores = make_scores(*sizes, contended=contended)
        print(json.dumps({"contended": contended, **measure(scores)}, indent=2))
    print(json.dumps({"impossible": measure_remedies(scores)}, indent=2))


if __name__ == "__main__":
    main()
