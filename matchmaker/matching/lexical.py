"""Match by shared words: TF-IDF over words, Chinese characters and gloss words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
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
# A double holds 53 bits: sums of up to 8 of products of a query's and a pooled weight are exact.
QUERY_BITS, POOLED_BITS = 20, 30
_WEIGHT_BITS = 14
# Terms in more than this share of the documents are common, the most common of them up to a limit.
_COMMON = 0.15
_MAX_COMMON = 1000
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


class Vocabulary:
    """Numbers terms in the order they are met, so that a document can be kept as numbers.

    Examples
    --------
    >>> vocabulary = Vocabulary()
    >>> vocabulary.count(["yarn", "break", "yarn"]).numbers.tolist()
    [0, 1]
    """

    def __init__(self) -> None:
        self._number: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._number)

    def __iter__(self) -> Iterator[str]:
        return iter(self._number)

    def count(self, terms: Iterable[str]) -> Terms:
        """Count *terms*, numbering those that are new."""
        counts = Counter(self._number.setdefault(term, len(self._number)) for term in terms)
        numbers = np.array(sorted(counts), dtype=np.int32)
        return Terms(numbers, np.array([counts[n] for n in numbers.tolist()], dtype=np.int32))


@dataclass(frozen=True, eq=False, slots=True)
class Terms:
    """How often each term occurs in one document, by its number in a vocabulary, ascending."""

    numbers: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.numbers)


def document_terms(document: Document, lexicon: Lexicon) -> Iterator[str]:
    """Yield the terms of a document in all its languages, each as often as it occurs."""
    for form in document.forms:
        yield from word_terms(form.full)
        if has_cjk(form.full):
            yield from word_terms(lexicon.gloss(form.full))


class LexicalIndex:
    """Turns documents into unit vectors of TF-IDF weights.

    Parameters
    ----------
    vocabulary : Vocabulary
        Numbers the terms; the numbers are the columns of every matrix.
    reference : LexicalReference
        How common each term is. A term it does not know counts as rarer than any it does.
    """

    def __init__(self, vocabulary: Vocabulary, reference: LexicalReference) -> None:
        self.vocabulary = vocabulary
        self.reference = reference
        self._known_idf = np.empty(0)

    @staticmethod
    def learn(documents: Iterable[Terms], vocabulary: Vocabulary) -> LexicalReference:
        """Count in how many distinct documents each term occurs."""
        documents = list(documents)  # Reading the last may still number a term.
        seen: set[tuple[bytes, bytes]] = set()
        counts = np.zeros(len(vocabulary), dtype=np.int64)
        for terms in documents:
            content = (terms.numbers.tobytes(), terms.counts.tobytes())
            if len(terms) and content not in seen:
                seen.add(content)
                counts[terms.numbers] += 1
        found = zip(vocabulary, counts.tolist(), strict=True)
        return LexicalReference(len(seen), dict(sorted((term, n) for term, n in found if n)))

    def queries(self, documents: Sequence[Terms]) -> sp.csr_matrix:
        """Return one row for each query."""
        return self._rows(documents, [min(1.0, 1 / _length_factor(d)) for d in documents])

    def documents(self, documents: Sequence[Terms]) -> sp.csr_matrix:
        """Return one row for each document."""
        return self._rows(documents, [max(1.0, _length_factor(d)) for d in documents])

    def _rows(self, documents: Sequence[Terms], factors: Sequence[float]) -> sp.csr_matrix:
        lengths = [len(terms) for terms in documents]
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        shape = (len(documents), max(len(self.vocabulary), 1))
        if not indptr[-1]:
            return sp.csr_matrix(shape, dtype=np.float64)
        columns = np.concatenate([terms.numbers for terms in documents])
        counts = np.concatenate([terms.counts for terms in documents])
        # On a grid, so that squares add up to the same sum whatever their order.
        raw = on_grid((1 + np.log(counts)) * self._idf[columns], _WEIGHT_BITS)
        starts = indptr[:-1][np.array(lengths) > 0]
        norms = np.ones(len(documents))
        norms[np.array(lengths) > 0] = np.sqrt(np.add.reduceat(raw * raw, starts))
        values = on_grid(raw * np.repeat(np.array(factors) / norms, lengths), QUERY_BITS)
        return sp.csr_matrix((values, columns, indptr), shape=shape)

    @property
    def _idf(self) -> Matrix:
        """Weight of every term numbered so far."""
        n_new = len(self.vocabulary) - len(self._known_idf)
        if n_new:
            fresh = islice(self.vocabulary, len(self._known_idf), None)
            added = np.fromiter((self.reference.idf(term) for term in fresh), float, n_new)
            self._known_idf = np.concatenate([self._known_idf, added])
        return self._known_idf


def on_grid(values: Matrix, bits: int) -> Matrix:
    """Round *values* to multiples of 2 to the power of minus *bits*.

    Products of such numbers add up without any rounding, so a sum does not depend on the order in
    which a processor forms it, nor a score on what else is ranked beside it.
    """
    return np.round(values * 2.0**bits) / 2.0**bits


def _length_factor(terms: Terms) -> float:
    return float((max(len(terms), 1) / _PIVOT_TERMS) ** _SLOPE)


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


class TermColumns:
    """Documents laid out by term, ready to be multiplied with queries.

    Terms that many documents have are kept as a full matrix: multiplying by it is several times
    faster than going through them one by one.

    Parameters
    ----------
    documents : sparse matrix of shape (n_documents, n_terms)
        Weights of each document's terms.
    """

    def __init__(self, documents: sp.csr_matrix) -> None:
        columns = documents.T.tocsr()
        lengths = np.diff(columns.indptr)
        common = np.flatnonzero(lengths > _COMMON * documents.shape[0])
        self.common = common[np.argsort(-lengths[common], kind="stable")][:_MAX_COMMON]
        self._full: Matrix = columns[self.common].toarray()
        is_rare = np.ones(len(lengths), dtype=bool)
        is_rare[self.common] = False
        kept = np.repeat(is_rare, lengths)
        indptr = np.concatenate([[0], np.cumsum(np.where(is_rare, lengths, 0))])
        self._rare = sp.csr_matrix(
            (columns.data[kept], columns.indices[kept], indptr), shape=columns.shape
        )

    def cosines(self, queries: sp.csr_matrix) -> Matrix:
        """Return how alike each query and each document are, shape (n_queries, n_documents)."""
        found = product(queries, self._rare)
        if len(self.common):
            n_terms = int(self._rare.shape[0])
            found += _resized(queries, n_terms)[:, self.common].toarray() @ self._full
        return found


def product(left: sp.csr_matrix, right: sp.csr_matrix) -> Matrix:
    """Return the dense product of *left* and *right*.

    Terms that only *left* knows, being met after *right* was made, have nothing to meet there.
    """
    return np.asarray((_resized(left, right.shape[0]) @ right).toarray())


def _resized(matrix: sp.csr_matrix, n_columns: int) -> sp.csr_matrix:
    if matrix.shape[1] > n_columns:
        return matrix[:, :n_columns]
    if matrix.shape[1] < n_columns:
        shape = (matrix.shape[0], n_columns)
        return sp.csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=shape)
    return matrix
