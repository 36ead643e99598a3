"""Encoding through the matcher against `SentenceTransformer.encode` as it comes.

    python -m benchmarks.encoding --texts 400

Both encode the same texts in the same process with one processor thread: the baseline in single
precision with the library's own settings, the matcher with its number format, cache and order.
A second pass through the matcher must encode nothing.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from benchmarks.synthetic import WORDS
from matchmaker.matching import CachedEncoder, MemoryVectorCache, SentenceEncoder


def make_texts(count: int, n_words: int = 150, seed: int = 0) -> list[str]:
    """Return *count* texts of up to *n_words* words, a tenth of them repeated."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(n_words // 10, n_words + 1, count)
    texts = [" ".join(rng.choice(WORDS, length)) for length in lengths]
    return texts + texts[: count // 10]


def seconds(action: object) -> float:
    """Return how long calling *action* takes."""
    start = time.perf_counter()
    action()  # type: ignore[operator]  # Any callable.
    return time.perf_counter() - start


def measure(count: int) -> dict[str, object]:
    """Encode *count* texts in both ways and return the figures."""
    texts = make_texts(count)
    encoder = SentenceEncoder()
    plain = SentenceTransformer(str(encoder.path), device="cpu", local_files_only=True)
    cached = CachedEncoder(encoder, MemoryVectorCache())
    encoder.encode(["Loads the model."])
    plain.encode(["Loads the model."], show_progress_bar=False)
    torch.set_num_threads(1)
    baseline = seconds(lambda: plain.encode(texts, show_progress_bar=False))
    ours = seconds(lambda: cached.encode(texts))
    again = seconds(lambda: cached.encode(texts))
    cosines = np.einsum(
        "ij,ij->i",
        plain.encode(texts[:50], normalize_embeddings=True, show_progress_bar=False),
        cached.encode(texts[:50]),
    )
    return {
        "texts": len(texts),
        "model": encoder.model_id,
        "baseline_seconds": round(baseline, 2),
        "matcher_seconds": round(ours, 2),
        "matcher_ratio": round(ours / baseline, 2),
        "second_pass_seconds": round(again, 3),
        "encoded": cached.n_encoded,
        "least_cosine_to_baseline": round(float(cosines.min()), 4),
    }


def main() -> None:
    """Measure what the command line asks for and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--texts", type=int, default=400)
    print(json.dumps(measure(parser.parse_args().texts), indent=1))


if __name__ == "__main__":
    main()
