"""Find the nearest of many vectors: the first, coarse step when there are too many pairs to describe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_
from matchmaker.matching.types import Vectors

_CHUNK = 131_072
_FIRST_CAPACITY = 1024

Neighbours = list[tuple[str, float]]


@runtime_checkable
class NeighbourIndex(Protocol):
    """Vectors by id, searched by cosine. All vectors have unit length and the same model."""

    dim: int

    def __len__(self) -> int:
        """Return how many vectors there are."""
        ...

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, or replace those of known ids; no rebuild is needed."""
        ...

    def remove(self, ids: Iterable[str]) -> None:
        """Forget ids; unknown ones are passed over."""
        ...

    def search(self, queries: Vectors, k: int) -> list[Neighbours]:
        """Return for each query the *k* nearest ids with their cosines, best first."""
        ...


def check_vectors(ids: Sequence[str], vectors: Vectors, dim: int) -> Vectors:
    """Return *vectors* as float32, refusing what no model of this length gives.

    Raises
    ------
    InvalidInput
        If the number, length or values of the vectors are wrong.
    """
    checked = np.ascontiguousarray(vectors, dtype=np.float32)
    if checked.shape != (len(ids), dim):
        raise InvalidInput(
            N_("%(n)s vectors of length %(dim)s are needed, but these have the shape %(shape)s."),
            n=len(ids),
            dim=dim,
            shape=str(checked.shape),
        )
    if not np.isfinite(checked).all():
        raise InvalidInput(N_("A vector holds values that are not numbers."))
    return checked


class ExactIndex:
    """Keeps all vectors in memory and compares a query with every one of them.

    Parameters
    ----------
    dim : int
        Length of the vectors.

    Notes
    -----
    Takes 4 bytes a number: 1.5 GB for a million vectors of length 384. Adding, replacing and
    removing cost no more than copying the vector.

    Examples
    --------
    >>> index = ExactIndex(2)
    >>> index.put(["a", "b"], np.array([[1, 0], [0, 1]], dtype=np.float32))
    >>> index.search(np.array([[0.6, 0.8]], dtype=np.float32), 1)[0][0][0]
    'b'
    """

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self._ids: list[str] = []
        self._row: dict[str, int] = {}
        self._vectors = np.empty((_FIRST_CAPACITY, dim), dtype=np.float32)

    def __len__(self) -> int:
        """Return how many vectors there are."""
        return len(self._ids)

    def put(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add vectors, or replace those of known ids."""
        checked = check_vectors(ids, vectors, self.dim)
        self._reserve(len(self._ids) + sum(id_ not in self._row for id_ in ids))
        for id_, vector in zip(ids, checked, strict=True):
            row = self._row.setdefault(id_, len(self._ids))
            if row == len(self._ids):
                self._ids.append(id_)
            self._vectors[row] = vector

    def remove(self, ids: Iterable[str]) -> None:
        """Forget ids; the last vector takes the place of one that goes."""
        for id_ in ids:
            row = self._row.pop(id_, None)
            if row is None:
                continue
            last = self._ids.pop()
            if last != id_:
                self._ids[row], self._row[last] = last, row
                self._vectors[row] = self._vectors[len(self._ids)]

    def search(self, queries: Vectors, k: int) -> list[Neighbours]:
        """Return for each query the *k* nearest ids with their cosines; of equals, by id."""
        checked = check_vectors([""] * len(queries), queries, self.dim)
        best: list[Neighbours] = [[] for _ in checked]
        for start in range(0, len(self), _CHUNK):
            stop = min(start + _CHUNK, len(self))
            alike = checked @ self._vectors[start:stop].T
            for query, row in enumerate(alike):
                best[query] = self._merge(best[query], row, start, k)
        return best

    def _merge(
        self, best: Neighbours, row: npt.NDArray[np.float32], start: int, k: int
    ) -> Neighbours:
        top = np.arange(len(row))
        if k < len(row):
            # Everything that ties with the last place stays in until ids decide.
            top = np.flatnonzero(row >= np.partition(row, len(row) - k)[len(row) - k])
        found = [(self._ids[start + int(position)], float(row[position])) for position in top]
        return sorted([*best, *found], key=lambda item: (-item[1], item[0]))[:k]

    def _reserve(self, size: int) -> None:
        if size <= len(self._vectors):
            return
        grown = np.empty((max(size, 2 * len(self._vectors)), self.dim), dtype=np.float32)
        grown[: len(self._ids)] = self._vectors[: len(self._ids)]
        self._vectors = grown
