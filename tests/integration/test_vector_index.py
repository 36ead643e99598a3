"""pgvector behind the protocol finds nearly all that the exact index finds, with updates in place."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.adapters.vectors import PgVectorIndex
from matchmaker.db import make_engine
from matchmaker.errors import InvalidInput, Unavailable
from matchmaker.matching.neighbours import ExactIndex, NeighbourIndex

pytestmark = pytest.mark.postgres


@pytest.fixture
def pg_engine(new_postgres_database):
    engine = make_engine(new_postgres_database())
    yield engine
    engine.dispose()


def unit(rng, n, dim=32):
    vectors = rng.normal(size=(n, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_recall_against_the_exact_index_and_updates(pg_engine):
    rng = np.random.default_rng(3)
    ids, vectors, queries = [f"T{n}" for n in range(3000)], unit(rng, 3000), unit(rng, 20)
    pg, exact = PgVectorIndex(pg_engine, "test", 32), ExactIndex(32)
    for index in (pg, exact):
        index.put(ids, vectors)
        index.put(["T0"], queries[:1])
        index.remove(["T1", "unknown"])

    found, truth = pg.search(queries, 50), exact.search(queries, 50)

    assert isinstance(pg, NeighbourIndex)
    assert len(pg) == len(exact) == 2999
    assert found[0][0][0] == "T0"
    assert found[0][0][1] == pytest.approx(1.0, abs=1e-3)
    shares = [
        len({i for i, _ in a} & {i for i, _ in b}) / 50 for a, b in zip(found, truth, strict=True)
    ]
    assert np.mean(shares) >= 0.95
    assert all("T1" not in {id_ for id_, _ in rows} for rows in found)


def test_vectors_of_another_length_are_refused(pg_engine):
    with pytest.raises(InvalidInput, match="1 vectors of length 32 are needed"):
        PgVectorIndex(pg_engine, "test", 32).put(["a"], np.ones((1, 16)))


def test_a_database_without_the_extension_says_so(engine):
    with pytest.raises(Unavailable, match="The database has no pgvector"):
        PgVectorIndex(engine, "test", 32)


def test_only_plain_names_become_tables(pg_engine):
    with pytest.raises(ValueError, match="not a table name"):
        PgVectorIndex(pg_engine, "x; DROP TABLE users", 32)
