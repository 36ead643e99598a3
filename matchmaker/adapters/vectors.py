"""Nearest neighbours in PostgreSQL with pgvector, behind the same protocol as the one in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import sqlalchemy as sa

from matchmaker.errors import Unavailable
from matchmaker.i18n import N_
from matchmaker.matching.neighbours import Neighbours, check_vectors
from matchmaker.matching.types import Vectors

#: Candidates looked at for each one returned; measured for a recall of 0.95 and more at 50.
EF_SEARCH = 200


class PgVectorIndex:
    """Half-precision vectors in a table of their own with an HNSW index.

    One table serves one model: vectors of two models are never compared. The table is no part of
    the migrations, for it holds nothing that cannot be made again.
    """

    def __init__(self, engine: sa.Engine, name: str, dim: int) -> None:
        if not name.isidentifier():
            raise ValueError(f"not a table name: {name!r}")
        self.engine, self.dim = engine, dim
        self.table = f"vectors_{name}"
        self._create()

    def _create(self) -> None:
        try:
            with self.engine.begin() as connection:
                connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS vector"))
                connection.execute(
                    sa.text(
                        f"CREATE TABLE IF NOT EXISTS {self.table} "
                        f"(id text PRIMARY KEY, vector halfvec({int(self.dim)}) NOT NULL)"
                    )
                )
                connection.execute(
                    sa.text(
                        f"CREATE INDEX IF NOT EXISTS {self.table}_hnsw ON {self.table} "
                        "USING hnsw (vector halfvec_ip_ops) WITH (m = 16, ef_construction = 64)"
                    )
                )
        except sa.exc.DBAPIError as error:
            raise Unavailable(
                N_(
                    "The database has no pgvector. Install the extension, or use the index in memory."
                )
            ) from error

    def __len__(self) -> int:
        """Return how many vectors there are."""
        with self.engine.connect() as connection:
            return int(connection.scalar(sa.text(f"SELECT count(*) FROM {self.table}")) or 0)  # noqa: S608

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, or replace those of known ids."""
        checked = check_vectors(ids, vectors, self.dim)
        if not len(ids):
            return
        rows = [{"id": id_, "vector": _literal(row)} for id_, row in zip(ids, checked, strict=True)]
        statement = sa.text(
            f"INSERT INTO {self.table} (id, vector) VALUES (:id, CAST(:vector AS halfvec)) "  # noqa: S608
            "ON CONFLICT (id) DO UPDATE SET vector = excluded.vector"
        )
        with self.engine.begin() as connection:
            connection.execute(statement, rows)

    def remove(self, ids: Iterable[str]) -> None:
        """Forget ids; unknown ones are passed over."""
        statement = sa.text(f"DELETE FROM {self.table} WHERE id = ANY(:ids)")  # noqa: S608
        with self.engine.begin() as connection:
            connection.execute(statement, {"ids": list(ids)})

    def search(self, queries: Vectors, k: int) -> list[Neighbours]:
        """Return for each query about the *k* nearest ids with their cosines, best first."""
        checked = check_vectors([""] * len(queries), queries, self.dim)
        statement = sa.text(
            f"SELECT id, -(vector <#> CAST(:query AS halfvec)) AS cosine FROM {self.table} "  # noqa: S608
            "ORDER BY vector <#> CAST(:query AS halfvec) LIMIT :k"
        )
        with self.engine.begin() as connection:
            connection.execute(
                sa.text(f"SET LOCAL hnsw.ef_search = {max(EF_SEARCH, min(k, 1000))}")
            )
            connection.execute(sa.text("SET LOCAL hnsw.iterative_scan = strict_order"))
            found = [
                connection.execute(statement, {"query": _literal(q), "k": k}).all() for q in checked
            ]
        return [[(id_, float(cosine)) for id_, cosine in rows] for rows in found]


def _literal(vector: np.ndarray) -> str:
    return "[" + ",".join(f"{value:.6g}" for value in vector) + "]"
