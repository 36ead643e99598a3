"""The exact index against the bare product: one query, updates, and memory.

    OMP_NUM_THREADS=1 python -m benchmarks.neighbours --vectors 1000000

The baseline, in the same process, is the product of the query with all vectors in single precision.
Times are the middle one of several, in wall-clock milliseconds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import numpy as np

from benchmarks.ranking import peak_memory
from matchmaker.matching.neighbours import ExactIndex

_CHUNK = 50_000
RUNS = 7


def milliseconds(action: Callable[[], object]) -> float:
    """Return the middle of several times that calling *action* takes."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return round(1000 * sorted(times)[RUNS // 2], 2)


def filled(count: int, dim: int) -> ExactIndex:
    """Return an index of *count* random unit vectors."""
    rng = np.random.default_rng(0)
    index = ExactIndex(dim)
    for start in range(0, count, _CHUNK):
        size = min(_CHUNK, count - start)
        vectors = rng.standard_normal((size, dim), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        index.put([str(start + n) for n in range(size)], vectors)
    return index


def measure(count: int, dim: int, k: int) -> dict[str, float]:
    """Fill an index and return what asking and changing it costs."""
    index = filled(count, dim)
    query = index._vectors[:1].copy()
    bare = milliseconds(lambda: query @ index._vectors[: len(index)].T)
    search = milliseconds(lambda: index.search(query, k))
    change = milliseconds(lambda: index.put(["17"], query))
    return {
        "vectors": count,
        "bare_product_ms": bare,
        "search_ms": search,
        "search_ratio": round(search / bare, 2),
        "change_ms": change,
        "peak_memory_mb": peak_memory(),
    }


def main() -> None:
    """Measure what the command line asks for and print JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--vectors", type=int, default=1_000_000)
    parser.add_argument("--dim", type=int, default=384)
    parser.add_argument("--nearest", type=int, default=50)
    options = parser.parse_args()
    print(json.dumps(measure(options.vectors, options.dim, options.nearest), indent=1))


if __name__ == "__main__":
    main()
