"""What is like a problem among 10,000, against comparing with each in turn.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.similar --problems 10000

The problems are made of sentences of the sample in both languages; their vectors stand for what an
encoder would have made (their values change neither time nor ranking rule). Measured are the first
reading of all problems, one search among them, and one search as a page asks it, with the database
and what the reader may know of; all in processor time, which other work on the machine changes
least. The baselines: the bare products of the same vectors and terms, and comparing one by one with
dictionaries, whose first ten must be the same.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker import schema
from matchmaker.clock import utcnow
from matchmaker.db import make_engine
from matchmaker.matching.lookalikes import _ACROSS, _WEIGHTS, Lookalikes, Reading
from matchmaker.matching.types import Document, Text, Vectors
from matchmaker.models import Call, Organization, OrganizationKind, Problem, ProblemVector
from matchmaker.queries.similar_problems import content_of, similar_to

DIM = 384
N_QUERIES = 40


def sentences() -> dict[str, list[str]]:
    """Return the sentences of the sample's problems by language."""
    text = (files("matchmaker.sample") / "data" / "problems.jsonl").read_text("utf-8")
    found: dict[str, list[str]] = {"zh": [], "en": []}
    for record in map(json.loads, text.splitlines()):
        found[record["lang"]] += (
            record["text"].replace("。", "。\n").replace(". ", ".\n").split("\n")
        )
        for tag, texts in record.get("translations", {}).items():
            found[tag[:2]] += texts["text"].replace("。", "。\n").replace(". ", ".\n").split("\n")
    return {language: [s for s in texts if s.strip()] for language, texts in found.items()}


def make_texts(count: int, seed: int = 0) -> list[tuple[str, str, str]]:
    """Return language, title and text of *count* problems of five sentences."""
    rng = np.random.default_rng(seed)
    known = sentences()
    made = []
    for number in range(count):
        language = ("zh", "en")[number % 2]
        chosen = rng.choice(known[language], 6, replace=False).tolist()
        made.append((language, chosen[0][:60], "".join(chosen[1:])))
    return made


def make_vectors(count: int, seed: int = 0) -> Vectors:
    """Return *count* unit vectors."""
    vectors = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def milliseconds(action: Callable[[int], object], times: int = N_QUERIES) -> list[float]:
    """Return how long calling *action* with 0, 1, 2 … takes each time, in order of length."""
    taken = []
    for number in range(times):
        start = time.process_time()
        action(number)
        taken.append(1000 * (time.process_time() - start))
    return sorted(taken)


class OneByOne:
    """The same likeness, pair after pair with dictionaries: slow, and plain to read."""

    def __init__(self, readings: list[Reading], vectors: Vectors) -> None:
        self.readings, self.vectors = readings, vectors
        self.idf = [
            self._idf([r.written for r in readings]),
            self._idf([r.glossed for r in readings]),
        ]
        self.concepts = self._concept_weights(readings)

    @staticmethod
    def _idf(bags: list) -> dict[str, float]:
        distinct = {tuple(sorted(bag.items())) for bag in bags if bag}
        counts: dict[str, int] = {}
        for bag in distinct:
            for term, _count in bag:
                counts[term] = counts.get(term, 0) + 1
        unknown = math.log(1 + len(distinct)) + 1
        known = {t: math.log((1 + len(distinct)) / (1 + n)) + 1 for t, n in counts.items()}
        return {**known, "": unknown}

    @staticmethod
    def _concept_weights(readings: list[Reading]) -> dict[str, float]:
        counts: dict[str, int] = {}
        for reading in readings:
            for concept in reading.concepts:
                counts[concept] = counts.get(concept, 0) + 1
        return {c: math.log((1 + len(readings)) / (1 + n)) + 1 for c, n in counts.items()}

    def nearest(self, asked: Reading, vector: Vectors, k: int) -> list[int]:
        """Return the places of the *k* most alike."""
        scores = [self._score(asked, vector, place) for place in range(len(self.readings))]
        return sorted(range(len(scores)), key=lambda place: (-round(scores[place], 6), place))[:k]

    def _score(self, asked: Reading, vector: Vectors, place: int) -> float:
        other = self.readings[place]
        words = max(
            _cosine(_weighed(a, idf), _weighed(b, idf))
            for a, b, idf in zip(
                (asked.written, asked.glossed),
                (other.written, other.glossed),
                self.idf,
                strict=True,
            )
        )
        factor = 1.0 if asked.languages & other.languages else _ACROSS
        bags = [
            {c: w * self.concepts[c] for c, w in r.concepts.items() if c in self.concepts}
            for r in (asked, other)
        ]
        parts = (
            min(1.0, factor * math.sqrt(max(words, 0.0))),
            _cosine(*bags),
            max(0.0, float(self.vectors[place] @ vector)),
        )
        return sum(weight * part for weight, part in zip(_WEIGHTS[True], parts, strict=True))


def _weighed(bag: dict[str, int], idf: dict[str, float]) -> dict[str, float]:
    return {term: (1 + math.log(n)) * idf.get(term, idf[""]) for term, n in bag.items()}


def _cosine(left: dict[str, float], right: dict[str, float]) -> float:
    product = math.fsum(weight * right.get(term, 0.0) for term, weight in left.items())
    lengths = [math.sqrt(math.fsum(w * w for w in side.values())) for side in (left, right)]
    return product / (lengths[0] * lengths[1]) if all(lengths) else 0.0


def in_memory(count: int) -> dict[str, object]:
    """Measure the library alone."""
    texts, vectors = make_texts(count), make_vectors(count)
    asked = [Document((Text(t, x, lang),)) for lang, t, x in make_texts(N_QUERIES, seed=1)]
    queries = make_vectors(N_QUERIES, seed=1)
    known = Lookalikes()
    documents = {i: Document((Text(t, x, lang),)) for i, (lang, t, x) in enumerate(texts)}
    start = time.process_time()
    known.put(documents, dict(enumerate(vectors)))
    read = time.process_time() - start
    start = time.process_time()
    known.search(asked[0], 5, vector=queries[0])
    laid_out = time.process_time() - start
    ours = milliseconds(lambda i: known.search(asked[i], 10, vector=queries[i]))
    bare = milliseconds(_bare_products(known, asked, queries))
    plain = OneByOne([known.read(document) for document in documents.values()], vectors)
    start = time.process_time()
    slow = [plain.nearest(known.read(asked[i]), queries[i], 10) for i in (0, 1)]
    each = 1000 * (time.process_time() - start) / 2
    fast = [[one.id for one in known.search(asked[i], 10, vector=queries[i])] for i in (0, 1)]
    return {
        "problems": count,
        "first_reading_seconds": round(read, 2),
        "laying_out_seconds": round(laid_out, 2),
        "search_ms": round(ours[len(ours) // 2], 1),
        "search_ms_p95": round(ours[int(0.95 * len(ours))], 1),
        "bare_products_ms": round(bare[len(bare) // 2], 1),
        "times_bare_products": round(ours[len(ours) // 2] / bare[len(bare) // 2], 2),
        "one_by_one_ms": round(each),
        "share_of_one_by_one": round(ours[len(ours) // 2] / each, 5),
        "same_first_ten_as_one_by_one": slow == fast,
    }


def _bare_products(
    known: Lookalikes, asked: list[Document], queries: Vectors
) -> Callable[[int], object]:
    """The products no exact search can do without: of terms twice, concepts and vectors."""
    table = known._table
    assert table is not None
    written, glossed = table.written._rows, table.glossed._rows
    dense = [np.random.default_rng(0).random(rows.shape[1]) for rows in (written, glossed)]
    bag = np.random.default_rng(0).random(table.concepts.shape[1])

    def products(number: int) -> object:
        return (
            written @ dense[0],
            glossed @ dense[1],
            table.concepts @ bag,
            table.vectors @ queries[number],
        )

    return products


def with_database(count: int) -> dict[str, object]:
    """Measure what a page asks: fresh session, changes looked for, readers' limits, rows."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'similar.db'}")
        schema.upgrade(engine)
        _fill(engine, count)
        taken = []
        for number in range(N_QUERIES):
            with Session(engine) as session:
                problem = session.get_one(Problem, 1 + number)
                start = time.process_time()
                similar_to(session, None, problem)
                taken.append(1000 * (time.process_time() - start))
        engine.dispose()
    warm = sorted(taken[1:])
    return {
        "page_first_seconds": round(taken[0] / 1000, 2),
        "page_ms": round(warm[len(warm) // 2], 1),
        "page_ms_p95": round(warm[int(0.95 * len(warm))], 1),
    }


def _fill(engine: sa.Engine, count: int) -> None:
    now = utcnow()
    texts, vectors = make_texts(count), make_vectors(count)
    with Session(engine) as session:
        later = now + timedelta(days=1)
        call = Call(external_id="C", name_zh="徵題", name_en="Call", opens_at=now, closes_at=later)
        owner = Organization(name_zh="公司", name_en="Company", kind=OrganizationKind.ENTERPRISE)
        session.add_all([call, owner])
        session.flush()
        rows, encoded = [], []
        for number, (language, title, text) in enumerate(texts, start=1):
            both = {f"title_{language}": title, f"text_{language}": text}
            columns = {n: both.get(n, "") for n in ("title_zh", "text_zh", "title_en", "text_en")}
            rows.append({"id": number, "call_id": call.id, "organization_id": owner.id, **columns})
            content = content_of(*columns.values())
            vector = vectors[number - 1].astype("<f4").tobytes()
            encoded.append({"problem_id": number, "content": content, "vector": vector})
        common = {
            "state": "closed",
            "published_at": now,
            "grade": "G1",
            "version": 1,
            "created_at": now,
        }
        defaults = {"techniques": [], "data_details": {}, "intake": {}, "dismissed": []}
        blank = dict.fromkeys(
            ("data_zh", "data_en", "contact_name", "contact_email", "office_note", "search_text"),
            "",
        )
        session.execute(
            sa.insert(Problem),
            [{**common, **defaults, **blank, "teams_wanted": 1, **r} for r in rows],
        )
        session.execute(
            sa.insert(ProblemVector),
            [{"model": "benchmark", "encoded_at": now, **e} for e in encoded],
        )
        session.commit()


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--problems", type=int, default=10_000)
    count = parser.parse_args().problems
    print(json.dumps({**in_memory(count), **with_database(count)}, indent=1))


if __name__ == "__main__":
    main()
