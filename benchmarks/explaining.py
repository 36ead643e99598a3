"""Explaining the best pairs of a run: seconds beyond the ranking itself.

OMP_NUM_THREADS=1 python -m benchmarks.explaining --problems 100 --teams 250 --top 50
"""

from __future__ import annotations

import argparse
import json
import time

from benchmarks.synthetic import make_problems, make_teams
from matchmaker.matching import HashingEncoder, MatchConfig, MatchPipeline


def measure(n_problems: int, n_teams: int, top_n: int) -> dict[str, float]:
    """Rank with and without explanations and return the figures, in processor seconds."""
    problems, teams = make_problems(n_problems), make_teams(n_teams, 5)
    pipeline = MatchPipeline(MatchConfig(), encoder=HashingEncoder())
    times = []
    for explained in (0, 0, top_n, top_n):
        start = time.process_time()
        result = pipeline.run(problems, teams, explain_top=explained)
        times.append(round(time.process_time() - start, 2))
    return {
        "explained": len(result.explanations),
        "rank_cold_seconds": times[0],
        "rank_warm_seconds": times[1],
        "explain_cold_seconds": round(times[2] - times[1], 2),
        "explain_warm_seconds": round(times[3] - times[1], 2),
    }


def main() -> None:
    """Measure what the command line asks for and print JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--problems", type=int, default=100)
    parser.add_argument("--teams", type=int, default=250)
    parser.add_argument("--top", type=int, default=50)
    options = parser.parse_args()
    print(json.dumps(measure(options.problems, options.teams, options.top), indent=1))


if __name__ == "__main__":
    main()
