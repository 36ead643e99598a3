"""The sample programme: what a second run encodes, and what ranking costs against bare products.

    OMP_NUM_THREADS=1 python -m benchmarks.sample

The baseline, in the same process, is the products that ranking cannot do without: the problems'
vectors with the documents' vectors in single precision, and their TF-IDF rows with each other.
Each figure is the least of several runs, in processor seconds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib.resources import as_file, files

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.ranking import Clock
from matchmaker.matching import HashingEncoder, MatchConfig, MatchPipeline
from matchmaker.records import read_problems, read_teams

RUNS = 7
DIM = 384


def least(action: Callable[[], float]) -> float:
    """Return the least of several runs of *action*, which returns its seconds."""
    return min(action() for _ in range(RUNS))


def main() -> None:
    """Measure and print JSON."""
    with as_file(files("matchmaker.sample") / "data") as folder:
        problems = [record.to_document() for record in read_problems(folder / "problems.jsonl")]
        teams = [record.to_document() for record in read_teams(folder / "teams.jsonl")]
    pipeline = MatchPipeline(MatchConfig(), encoder=HashingEncoder())
    result = pipeline.run(problems, teams)
    first = pipeline.encoder.n_encoded

    def rank() -> float:
        clock = Clock()
        pipeline.run(problems, teams, progress=clock)
        return clock.seconds("rank")

    ranking = least(rank)
    texts = [[form.full for form in item.document.forms] for item in problems]
    others = [form.full for team in teams for document in team.documents for form in document.forms]
    flat = [text for forms in texts for text in forms]
    terms = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True).fit(
        [*flat, *others]
    )
    left, right = terms.transform(flat), terms.transform(others)
    rng = np.random.default_rng(0)
    dense = [rng.normal(size=(len(side), DIM)).astype(np.float32) for side in (flat, others)]

    def bare() -> float:
        start = time.process_time()
        dense[0] @ dense[1].T
        (left @ right.T).toarray()
        return time.process_time() - start

    products = least(bare)
    print(
        json.dumps(
            {
                "problems": len(problems),
                "teams": len(teams),
                "pairs": len(result),
                "encoded_first": first,
                "encoded_later": pipeline.encoder.n_encoded - first,
                "rank_ms": round(1000 * ranking, 2),
                "bare_products_ms": round(1000 * products, 2),
                "rank_ratio": round(ranking / products, 2),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
