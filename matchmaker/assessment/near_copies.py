"""Find texts that say nearly the same in nearly the same words, among many, at once.

A text is cut into overlapping runs of words, or of characters where words are not spaced; how much
of the shorter text's runs stand in the longer one tells how much was taken over. A fixed share of
the runs' hashes, the same for every text, is enough to find the pairs worth counting out
(FracMinHash), so that one text is compared with thousands in milliseconds.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

WORDS = 4
CHARACTERS = 7
#: One in so many hashes is kept in a sketch.
KEPT = 8
#: A sketch with fewer hashes says nothing; such a text is compared in full.
LEAST_KEPT = 8
#: From this share on the office looks at a pair.
ALIKE = 0.6
#: A sketch only estimates: pairs from this share on are counted out.
WORTH_COUNTING = 0.3
_TOKEN = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class NearCopy:
    """A text that shares much with the one asked about.

    Parameters
    ----------
    id : int
        Which one.
    likeness : float
        The share of the shorter text's runs that stand in the longer one, from 0 to 1.
    """

    id: int
    likeness: float


def runs_of(text: str) -> Hashes:
    """Return the hashes of the runs of *text*, each once, in order.

    Examples
    --------
    >>> one = runs_of("We will train a small model on the pictures of the line.")
    >>> two = runs_of("we will TRAIN a small model on the pictures, of the line")
    >>> bool((one == two).all())
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    spaced = _CJK.sub(lambda match: f" {match[0]} ", folded)
    tokens = _TOKEN.findall(spaced)
    width = CHARACTERS if len(_CJK.findall(folded)) > len(tokens) / 2 else WORDS
    runs = {" ".join(tokens[i : i + width]) for i in range(len(tokens) - width + 1)}
    return np.unique(np.array([_hash(run) for run in runs], dtype=np.uint64))


def _hash(run: str) -> int:
    return int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "big")


def without(runs: Hashes, *others: Hashes) -> Hashes:
    """Return *runs* but those that stand in *others*: a form's words, or a text both may quote."""
    known = np.concatenate([np.empty(0, dtype=np.uint64), *others])
    return np.setdiff1d(runs, known, assume_unique=False)


def sketch_of(runs: Hashes) -> bytes:
    """Return the share of *runs* that is kept for quick comparison."""
    kept = runs[runs % np.uint64(KEPT) == 0]
    return bytes(kept.astype("<u8").tobytes())


def read_sketch(kept: bytes) -> Hashes:
    """Return the hashes of a kept sketch."""
    return np.frombuffer(kept, dtype="<u8").astype(np.uint64)


def likeness(one: Hashes, other: Hashes) -> float:
    """Return the share of the shorter one's runs that stand in the longer one.

    Examples
    --------
    >>> text = "the camera sees each part for a third of a second before it drops"
    >>> likeness(runs_of(text), runs_of(text + " and then it is gone for good"))
    1.0
    """
    shorter = min(len(one), len(other))
    return len(np.intersect1d(one, other, assume_unique=True)) / shorter if shorter else 0.0


def worth_counting(sketch: bytes, others: Mapping[int, bytes]) -> list[int]:
    """Return the ids of *others* whose sketch makes them worth counting out.

    Parameters
    ----------
    sketch : bytes
        Of the text asked about.
    others : mapping of int to bytes
        Sketches by id.
    """
    own = read_sketch(sketch)
    found = []
    for id_, kept in others.items():
        other = read_sketch(kept)
        is_thin = min(len(own), len(other)) < LEAST_KEPT
        if is_thin or likeness(own, other) >= WORTH_COUNTING:
            found.append(id_)
    return found


def near_copies(runs: Hashes, others: Mapping[int, Hashes]) -> list[NearCopy]:
    """Return which of *others* are near copies of *runs*, most alike first, of equals by id."""
    pairs = [NearCopy(id_, round(likeness(runs, other), 4)) for id_, other in others.items()]
    alike = [pair for pair in pairs if pair.likeness >= ALIKE]
    return sorted(alike, key=lambda pair: (-pair.likeness, pair.id))


def alike_parts(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, float]:
    """Return how alike the parts are that both have, where they are alike at all."""
    both: Sequence[str] = [name for name in one if one[name] and other.get(name)]
    found = {name: round(likeness(runs_of(one[name]), runs_of(other[name])), 4) for name in both}
    return {name: value for name, value in found.items() if value >= ALIKE}
