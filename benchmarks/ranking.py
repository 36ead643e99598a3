"""Ranking against bare matrix products: how much everything else costs, in time and memory.

    OMP_NUM_THREADS=1 python -m benchmarks.ranking --problems 1000 --teams 10000 --documents 10

The baseline, in the same process, is the product of all problem vectors with all document vectors
in single precision, block by block as the matcher does it. Times are processor seconds, so that
other work on the machine makes little difference. Then one problem and one team are ranked again.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import replace

import numpy as np

from benchmarks.synthetic import RandomEncoder, make_problems, make_teams
from matchmaker.matching import (
    LexicalReference,
    LiveRanking,
    MatchConfig,
    MatchPipeline,
    ProblemDocument,
    TeamDocument,
)


class Clock:
    """Notes when each stage of a run began."""

    def __init__(self) -> None:
        self.started: dict[str, float] = {}
        self.ended: dict[str, float] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Be the progress function of a run."""
        now = time.process_time()
        self.started.setdefault(stage, now)
        self.ended[stage] = now

    def seconds(self, stage: str) -> float:
        """Return how long *stage* took."""
        return self.ended[stage] - self.started[stage]


def bare_products(n_problems: int, n_rows: int, dim: int, block: int) -> float:
    """Return the seconds that the matrix products alone take."""
    rng = np.random.default_rng(0)
    left = rng.normal(size=(n_problems, dim)).astype(np.float32)
    right = rng.normal(size=(n_rows, dim)).astype(np.float32)
    left[:block] @ right.T  # Wakes the library's threads.
    start = time.process_time()
    for first in range(0, n_problems, block):
        left[first : first + block] @ right.T
    return time.process_time() - start


def peak_memory() -> int:
    """Return the most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure_live(
    pipeline: MatchPipeline,
    problems: list[ProblemDocument],
    teams: list[TeamDocument],
    reference: LexicalReference,
) -> dict[str, float]:
    """Return the wall-clock milliseconds that one changed problem and one changed team take."""
    live = LiveRanking(pipeline, problems, teams, reference=reference)
    problem, team = replace(problems[0], id="P-new"), replace(teams[0], id="T-new")
    figures = {}
    for name, change, ask, item in (
        ("problem", live.put_problem, live.teams_for, problem),
        ("team", live.put_team, live.problems_for, team),
    ):
        times = []
        for _ in range(5):
            start = time.perf_counter()
            change(item)  # type: ignore[operator]  # Each with its own kind.
            ask(item)  # type: ignore[operator]
            times.append(time.perf_counter() - start)
        figures[f"changed_{name}_ms"] = round(1000 * sorted(times)[2], 1)
    return figures


def measure(n_problems: int, n_teams: int, n_documents: int, top_n: int) -> dict[str, float]:
    """Run the matcher once on made-up records and return the figures."""
    config = MatchConfig(top_n=top_n)
    problems, teams = make_problems(n_problems), make_teams(n_teams, n_documents)
    clock = Clock()
    pipeline = MatchPipeline(config, encoder=RandomEncoder())
    result = pipeline.run(problems, teams, progress=clock)
    peak = peak_memory()
    bare = bare_products(n_problems, n_teams * n_documents, 384, config.block_size)
    return {
        "problems": n_problems,
        "teams": n_teams,
        "documents_each": n_documents,
        "pairs_kept": len(result),
        "read_seconds": round(clock.seconds("read"), 2),
        "rank_seconds": round(clock.seconds("rank"), 2),
        "bare_product_seconds": round(bare, 2),
        "rank_ratio": round(clock.seconds("rank") / bare, 2),
        **measure_live(pipeline, problems, teams, result.reference),
        "peak_memory_mb": peak,
    }


def main() -> None:
    """Measure what the command line asks for and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--problems", type=int, default=1000)
    parser.add_argument("--teams", type=int, default=10_000)
    parser.add_argument("--documents", type=int, default=10)
    parser.add_argument("--top", type=int, default=50)
    options = parser.parse_args()
    figures = measure(options.problems, options.teams, options.documents, options.top)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
