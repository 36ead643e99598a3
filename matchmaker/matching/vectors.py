"""Where vectors are kept, so that no text is encoded twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from matchmaker.errors import Unavailable
from matchmaker.i18n import N_
from matchmaker.matching.types import Vectors

_BATCH = 500


@runtime_checkable
class VectorCache(Protocol):
    """A store of vectors by key; keys already tell model, preparation and text apart."""

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        """Return the vectors of those *keys* that are known."""
        ...

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep *vectors*; a key that is already there may be written again."""
        ...


class MemoryVectorCache:
    """Keeps vectors for as long as the process lives."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vectors] = {}

    def __len__(self) -> int:
        return len(self._vectors)

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        """Return the vectors of those *keys* that are known."""
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep *vectors*."""
        self._vectors.update(vectors)


class FileVectorCache:
    """Keeps vectors in one SQLite file in a folder; several processes may share it.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "vectors.sqlite3"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as connection, connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL)"
                    " WITHOUT ROWID"
                )
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30)
        connection.execute("PRAGMA journal_mode = WAL")
        return connection

    def _unusable(self, error: Exception) -> Unavailable:
        text = N_("The vector cache %(path)s cannot be used (%(error)s). Delete it and run again.")
        return Unavailable(text, path=str(self.path), error=str(error))

    def get_many(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        """Return the vectors of those *keys* that are known."""
        found: dict[str, Vectors] = {}
        try:
            with closing(self._connect()) as connection:
                for batch in _batches(keys):
                    marks = ",".join("?" * len(batch))
                    query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608 -- only marks are put in
                    for key, blob in connection.execute(query, batch):
                        found[key] = np.frombuffer(blob, dtype="<f4")
        except (ValueError, sqlite3.Error) as error:
            raise self._unusable(error) from error
        return found

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep *vectors* in one transaction."""
        rows = [(key, np.asarray(v, dtype="<f4").tobytes()) for key, v in vectors.items()]
        try:
            with closing(self._connect()) as connection, connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        except sqlite3.Error as error:
            raise self._unusable(error) from error


def _batches(keys: Iterable[str]) -> Iterable[list[str]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
