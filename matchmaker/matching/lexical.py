"""Match by shared words: TF-IDF over words, Chinese characters and gloss words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp

from matchmaker.competency import Lexicon, fold, has_cjk
from matchmaker.matching.types import Document, Matrix, content_hash

# Function words would make up most pairs of neighbouring words and none that mean anything.
_STOP_WORD = re.compile(
    "a|an|and|are|as|at|be|been|but|by|can|do|does|for|from|had|has|have|he|her|his|i|if|in|into|is"
    "|it|its|may|not|of|on|or|our|s|she|so|such|t|than|that|the|their|them|then|there|these|they"
    "|this|those|to|was|we|were|what|when|which|who|will|with|would|you|your"
)
# Scores of long documents are scaled up and those of long queries down ("pivoted" length
# normalisation): a question can cover only little of a page, however well it fits.
_PIVOT_TERMS = 100
_SLOPE = 0.25
_WRITTEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9+#]*|[\u3400-\u9fff]+")
_TOKEN = re.compile(r"[a-z0-9][a-z0-9+#]*|[\u3400-\u9fff]+")


def word_terms(text: str) -> list[str]:
    """Return the terms of *text*: words and pairs of them, Han characters and pairs of them.

    Examples
    --------
    >>> word_terms("AI at the edge 瑕疵")
    ['ai', 'edge', 'ai edge', '瑕', '疵', '瑕疵']
    """
    terms: list[str] = []
    previous = ""
    for token in _TOKEN.findall(fold(text)):
        if token[0] >= "\u3400":
            terms.extend(token)
            terms.extend(a + b for a, b in pairwise(token))
            previous = ""
            continue
        if _STOP_WORD.fullmatch(token):
            continue
        terms.append(token)
        if previous:
            terms.append(f"{previous} {token}")
        previous = token
    return terms


@dataclass(frozen=True)
class LexicalReference:
    """How common each term is, learned once from a collection of documents.

    Scores stay comparable as long as the same reference is used: keep it to add one team to a
    ranking without moving the others.

    Parameters
    ----------
    n_documents : int
        How many distinct documents were counted.
    frequencies : mapping of str to int
        In how many of them each term occurs.
    """

    n_documents: int
    frequencies: Mapping[str, int]

    def idf(self, term: str) -> float:
        """Return the weight of *term*: 1 if it is everywhere, more the rarer it is."""
        return math.log((1 + self.n_documents) / (1 + self.frequencies.get(term, 0))) + 1

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all counts."""
        return content_hash(self.to_dict())[:16]

    def to_dict(self) -> dict[str, Any]:
        """Return the reference as plain data; `from_dict` reads it back."""
        return {"n_documents": self.n_documents, "frequencies": dict(self.frequencies)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LexicalReference:
        """Read what `to_dict` gave."""
        return cls(data["n_documents"], dict(data["frequencies"]))


class LexicalIndex:
    """Turns documents into unit vectors of TF-IDF weights.

    Parameters
    ----------
    lexicon : Lexicon
        Adds the English gloss of Chinese words, so that texts in two languages can share terms.
    reference : LexicalReference
        How common each term is.
    """

    def __init__(self, lexicon: Lexicon, reference: LexicalReference) -> None:
        self.lexicon = lexicon
        self.reference = reference
        self._column: dict[str, int] = {}

    @staticmethod
    def terms(document: Document, lexicon: Lexicon) -> Counter[str]:
        """Count the terms of a document in all its languages."""
        counts: Counter[str] = Counter()
        for form in document.forms:
            counts.update(word_terms(form.full))
            if has_cjk(form.full):
                counts.update(word_terms(lexicon.gloss(form.full)))
        return counts

    @staticmethod
    def learn(counts: Iterable[Counter[str]]) -> LexicalReference:
        """Count in how many distinct documents each term occurs."""
        distinct = {frozenset(count.items()): count for count in counts if count}
        frequencies: Counter[str] = Counter()
        for count in distinct.values():
            frequencies.update(count.keys())
        return LexicalReference(len(distinct), dict(sorted(frequencies.items())))

    def queries(self, counts: Sequence[Counter[str]]) -> sp.csr_matrix:
        """Return one row for each query; columns are shared by all calls on this index."""
        return self._rows(counts, [min(1.0, 1 / _length_factor(count)) for count in counts])

    def documents(self, counts: Sequence[Counter[str]]) -> sp.csr_matrix:
        """Return one row for each document; columns are shared by all calls on this index."""
        return self._rows(counts, [max(1.0, _length_factor(count)) for count in counts])

    def _rows(self, counts: Sequence[Counter[str]], factors: Sequence[float]) -> sp.csr_matrix:
        indptr = [0]
        columns: list[int] = []
        values: list[float] = []
        for count, factor in zip(counts, factors, strict=True):
            weights = self.weights(count)
            columns.extend(self._column.setdefault(t, len(self._column)) for t in weights)
            values.extend(factor * weight for weight in weights.values())
            indptr.append(len(columns))
        shape = (len(counts), max(len(self._column), 1))
        return sp.csr_matrix((values, columns, indptr), shape=shape, dtype=np.float64)

    def weights(self, count: Counter[str]) -> dict[str, float]:
        """Return the unit-length weights of one document's terms, in a fixed order."""
        raw = {
            term: (1 + math.log(n)) * self.reference.idf(term) for term, n in sorted(count.items())
        }
        norm = math.sqrt(sum(value * value for value in raw.values()))
        return {term: value / norm for term, value in raw.items()} if norm else {}


def _length_factor(count: Counter[str]) -> float:
    return float((max(len(count), 1) / _PIVOT_TERMS) ** _SLOPE)


def surface_words(document: Document, lexicon: Lexicon) -> dict[str, str]:
    """Map the English reading of each word of *document* to the word as it is written there.

    Examples
    --------
    >>> from matchmaker.matching.types import Text
    >>> lexicon = Lexicon([("瑕疵", ("defect",)), ("的", ())])
    >>> surface_words(Document((Text("Fabric", "布料的瑕疵", "zh"),)), lexicon)
    {'fabric': 'Fabric', 'defect': '瑕疵'}
    """
    words: dict[str, str] = {}
    for form in document.forms:
        previous = ""
        for match in _WRITTEN.finditer(form.full):
            written = match.group()
            if has_cjk(written):
                words.update(reversed(list(_chinese_words(written, lexicon))))
                previous = ""
                continue
            if _STOP_WORD.fullmatch(fold(written)):
                continue
            words.setdefault(fold(written), written)
            if previous:
                words.setdefault(fold(f"{previous} {written}"), f"{previous} {written}")
            previous = written
    return words


def _chinese_words(run: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Yield reading and writing of the known words of a run of Han characters."""
    position = 0
    for segment in lexicon.segment(run):
        written = run[position : position + len(segment.surface)]
        position += len(segment.surface)
        if segment.senses and len(written) > 1:
            yield fold(segment.senses[0]), written


def shared_words(
    left: Mapping[str, str], right: Mapping[str, str], reference: LexicalReference
) -> list[tuple[str, str]]:
    """Return the words two documents share, each as written left and right, most telling first.

    Parameters
    ----------
    left, right : mapping of str to str
        From `surface_words`.
    reference : LexicalReference
        How common words are.
    """
    shared = sorted(left.keys() & right.keys(), key=lambda key: (-len(key.split()), key))
    whole = [
        key
        for place, key in enumerate(shared)
        if not any(f" {key} " in f" {longer} " for longer in shared[:place])
    ]
    weight = {key: sum(reference.idf(word) for word in key.split()) for key in whole}
    ranked = sorted(whole, key=lambda key: (-weight[key], key))
    return [(left[key], right[key]) for key in ranked]


def product(left: sp.csr_matrix, right: sp.csr_matrix) -> Matrix:
    """Return the dense product of *left* and *right*.

    Terms that only *left* knows, being met after *right* was made, have nothing to meet there.
    """
    n_known = right.shape[0]
    if left.shape[1] > n_known:
        left = left[:, :n_known]
    elif left.shape[1] < n_known:
        shape = (left.shape[0], n_known)
        left = sp.csr_matrix((left.data, left.indices, left.indptr), shape=shape)
    return np.asarray((left @ right).toarray())
