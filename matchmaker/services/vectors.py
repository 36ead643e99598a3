"""Vectors kept in the database, so that no text is ever encoded twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import utcnow
from matchmaker.db import unit_of_work
from matchmaker.models import Embedding

if TYPE_CHECKING:
    from matchmaker.matching.types import Vectors

BATCH = 400


class DatabaseVectorCache:
    """A vector cache on the ``embeddings`` table, with what was asked for kept in memory too.

    It opens short transactions of its own: a run that takes minutes must not hold the database,
    and what one attempt has encoded the next one finds, even if the first never ended.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions
        self._seen: dict[str, Vectors] = {}

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        """The vectors of those *keys* that are known."""
        unseen = [key for key in keys if key not in self._seen]
        if unseen:
            self._seen.update(self._load(unseen))
        return {key: self._seen[key] for key in keys if key in self._seen}

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep *vectors*; another worker may have kept some of them meanwhile."""
        with unit_of_work(self.sessions) as session:
            insert = _insert(session)
            for batch in _batches(list(vectors)):
                session.execute(insert, [_row(key, vectors[key]) for key in batch])
        self._seen.update(vectors)

    def _load(self, keys: Sequence[str]) -> Iterator[tuple[str, Vectors]]:
        with self.sessions() as session:
            for batch in _batches(keys):
                digests = {_digest(key): key for key in batch}
                rows = session.execute(
                    sa.select(Embedding.key, Embedding.vector).where(Embedding.key.in_(digests))
                )
                for digest, vector in rows:
                    yield digests[digest], np.frombuffer(vector, dtype="<f4")


def _insert(session: Session) -> sa.Insert:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(Embedding).on_conflict_do_nothing(index_elements=["key"])
    return sqlite.insert(Embedding).on_conflict_do_nothing(index_elements=["key"])


def _row(key: str, vector: Vectors) -> dict[str, object]:
    data = np.asarray(vector, dtype="<f4")
    return {
        "key": _digest(key),
        "dim": len(data),
        "vector": data.tobytes(),
        "created_at": utcnow(),
    }


def _digest(key: str) -> str:
    """Keys name model, preparation and text and may be long: the column holds their hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def _batches(keys: Sequence[str]) -> Iterator[list[str]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, BATCH)):
        yield batch
