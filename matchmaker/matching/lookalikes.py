"""Find the problems that are like a problem, in either language, at once and without a model.

Words are compared twice: as they are written, which tells two texts of one language, and with
Chinese glossed, which tells a text from another one's translation. Concepts of the taxonomy know
no language. Where an encoder has been over both problems, their vectors join in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from matchmaker.competency import (
    Lexicon,
    detect_language,
    extract_concepts,
    has_cjk,
    load_lexicon,
)
from matchmaker.matching.lexical import LexicalIndex, Terms, Vocabulary, word_terms
from matchmaker.matching.types import Document, Matrix, Vectors

# What each part counts, without vectors and with them.
_WEIGHTS = {False: (0.8, 0.2, 0.0), True: (0.4, 0.2, 0.4)}
# A translation shares fewer words with its original than a copy does: with this factor twins of
# the sample in two languages score about as high as rewordings in one.
_ACROSS = 1.6
#: From which score two problems are worth a look, and from which they may be the same.
SIMILAR = {False: 0.37, True: 0.42}
ALIKE = {False: 0.55, True: 0.60}


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A problem like the one asked about.

    Parameters
    ----------
    id : int
        Which one.
    score : float
        From 0 to 1; the parts weighed together.
    words, concepts : float
        How alike the two are in their words and in what they speak of, from 0 to 1.
    meaning : float or None
        How alike an encoder finds them; None if one of them was not encoded.
    """

    id: int
    score: float
    words: float
    concepts: float
    meaning: float | None

    @property
    def is_similar(self) -> bool:
        """Say whether it is worth a look."""
        return self.score >= SIMILAR[self.meaning is not None]

    @property
    def is_alike(self) -> bool:
        """Say whether it may be the same problem."""
        return self.score >= ALIKE[self.meaning is not None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one problem's texts come to: how often each term occurs, and what they speak of."""

    written: Counter[str]
    glossed: Counter[str]
    concepts: Mapping[str, float]
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A reading as it is kept: terms by number."""

    written: Terms
    glossed: Terms
    concepts: Mapping[str, float]
    languages: frozenset[str]


@dataclass
class Lookalikes:
    """A collection of problems that can be asked what is like a text.

    Parameters
    ----------
    lexicon : Lexicon, optional
        Glosses Chinese; by default the shipped one.

    Examples
    --------
    >>> from matchmaker.matching.types import Text
    >>> one = Document((Text("布料瑕疵檢測", "以相機檢查布料的瑕疵", "zh"),))
    >>> two = Document((Text("Parking", "Predict free parking spaces", "en"),))
    >>> known = Lookalikes()
    >>> known.put({1: one, 2: two})
    >>> asked = Document((Text("Fabric inspection", "Find defects of fabric by camera", "en"),))
    >>> [found.id for found in known.search(asked, 1)]
    [1]
    """

    lexicon: Lexicon = field(default_factory=load_lexicon)
    _kept: dict[int, _Kept] = field(default_factory=dict)
    _vectors: dict[int, Vectors] = field(default_factory=dict)
    _written: Vocabulary = field(default_factory=Vocabulary)
    _glossed: Vocabulary = field(default_factory=Vocabulary)
    _table: _Table | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def put(
        self, documents: Mapping[int, Document], vectors: Mapping[int, Vectors] | None = None
    ) -> None:
        """Add problems, or replace those of known ids; one without a vector loses its old one."""
        for id_, document in documents.items():
            self._kept[id_] = self._keep(self.read(document))
            self._vectors.pop(id_, None)
        self._vectors.update(vectors or {})
        self._table = None

    def remove(self, ids: Iterable[int]) -> None:
        """Forget problems; unknown ids are passed over."""
        for id_ in ids:
            self._kept.pop(id_, None)
            self._vectors.pop(id_, None)
            self._table = None

    def read(self, document: Document) -> Reading:
        """Return what the texts of *document* come to."""
        texts = [form.full for form in document.forms]
        glosses = [self.lexicon.gloss(text) if has_cjk(text) else text for text in texts]
        concepts: dict[str, float] = {}
        for text in texts:
            for concept in extract_concepts(text):
                concepts[concept.id] = max(concept.weight, concepts.get(concept.id, 0.0))
        return Reading(
            Counter(term for text in texts for term in word_terms(text)),
            Counter(term for text in glosses for term in word_terms(text)),
            concepts,
            frozenset(filter(None, map(detect_language, texts))),
        )

    def _keep(self, reading: Reading) -> _Kept:
        return _Kept(
            self._written.count(reading.written.elements()),
            self._glossed.count(reading.glossed.elements()),
            reading.concepts,
            reading.languages,
        )

    def search(
        self,
        document: Document,
        k: int,
        *,
        vector: Vectors | None = None,
        among: Collection[int] | None = None,
        only_similar: bool = False,
    ) -> list[Lookalike]:
        """Return the *k* problems most like *document*, best first, of equals by id.

        Parameters
        ----------
        document : Document
            The texts to compare with.
        k : int
            How many to return at most.
        vector : Vectors, optional
            What the encoder that made the others' vectors made of *document*.
        among : collection of int, optional
            The only ids that may be returned; by default all.
        only_similar : bool, default=False
            Whether to leave out what is not worth a look.
        """
        if not self._kept:
            return []
        table = self._table = self._table or _Table.of(self)
        return table.search(self.read(document), k, vector, among, only_similar)


class _Words:
    """The terms of all problems as unit vectors. A text asked about leaves no trace in it."""

    def __init__(self, documents: Sequence[Terms], vocabulary: Vocabulary) -> None:
        self._reference = LexicalIndex.learn(documents, vocabulary)
        self._rows = _unit_rows(LexicalIndex(vocabulary, self._reference).documents(documents))
        self._number = {term: number for number, term in enumerate(vocabulary)}

    def cosines(self, asked: Counter[str]) -> Matrix:
        """Return how alike *asked* and each problem are, from 0 to 1."""
        weights = {t: (1 + math.log(n)) * self._reference.idf(t) for t, n in asked.items()}
        length = math.sqrt(math.fsum(weight**2 for weight in weights.values())) or 1.0
        dense = np.zeros(self._rows.shape[1])
        for term, weight in weights.items():
            if term in self._number:
                dense[self._number[term]] = weight / length
        return np.asarray(self._rows @ dense)


@dataclass(frozen=True)
class _Table:
    """All problems laid out for one product each with words, glosses, concepts and vectors."""

    ids: np.ndarray
    written: _Words
    glossed: _Words
    concept_columns: dict[str, int]
    concept_weights: Matrix
    concepts: Matrix
    vectors: Matrix
    has_vector: np.ndarray
    languages: Matrix

    @classmethod
    def of(cls, known: Lookalikes) -> _Table:
        readings = list(known._kept.values())
        columns = {
            name: i for i, name in enumerate(sorted({c for r in readings for c in r.concepts}))
        }
        bags = _bags(readings, columns)
        weights = np.log((1 + len(bags)) / (1 + (bags > 0).sum(axis=0))) + 1
        dim = max((len(vector) for vector in known._vectors.values()), default=0)
        none = np.zeros(dim, dtype=np.float32)
        found = [known._vectors.get(id_) for id_ in known._kept]
        vectors = np.array([v if v is not None and len(v) == dim else none for v in found])
        return cls(
            ids=np.array(list(known._kept)),
            written=_Words([r.written for r in readings], known._written),
            glossed=_Words([r.glossed for r in readings], known._glossed),
            concept_columns=columns,
            concept_weights=weights,
            concepts=_unit(bags * weights),
            vectors=vectors.reshape(len(readings), dim),
            has_vector=np.array([bool(v is not None and len(v) == dim) for v in found]),
            languages=np.array([_languages(r) for r in readings], dtype=np.float64),
        )

    def search(
        self,
        asked: Reading,
        k: int,
        vector: Vectors | None,
        among: Collection[int] | None,
        only_similar: bool,
    ) -> list[Lookalike]:
        words, concepts = self._words(asked), self._concepts(asked)
        meaning, has_meaning = self._meaning(vector)
        weights = np.where(has_meaning[:, None], _WEIGHTS[True], _WEIGHTS[False])
        scores = np.round((weights * np.stack([words, concepts, meaning], axis=1)).sum(axis=1), 6)
        allowed = np.arange(len(self.ids))
        if among is not None:
            allowed = np.flatnonzero(np.isin(self.ids, list(among)))
        if only_similar:
            least = np.where(has_meaning, SIMILAR[True], SIMILAR[False])
            allowed = allowed[scores[allowed] >= least[allowed]]
        best = allowed[np.lexsort((self.ids[allowed], -scores[allowed]))][:k]
        return [
            Lookalike(
                int(self.ids[i]),
                float(scores[i]),
                float(words[i]),
                float(concepts[i]),
                float(meaning[i]) if has_meaning[i] else None,
            )
            for i in best
        ]

    def _words(self, asked: Reading) -> Matrix:
        cosines = np.maximum(
            self.written.cosines(asked.written), self.glossed.cosines(asked.glossed)
        )
        roots = np.sqrt(np.maximum(cosines, 0.0))
        shared = self.languages @ np.array(_languages(asked), dtype=np.float64)
        return np.asarray(np.minimum(np.where(shared > 0, roots, _ACROSS * roots), 1.0))

    def _concepts(self, asked: Reading) -> Matrix:
        bag = _bags([asked], self.concept_columns) * self.concept_weights
        return np.asarray((self.concepts @ _unit(bag)[0]).clip(0.0, 1.0))

    def _meaning(self, vector: Vectors | None) -> tuple[Matrix, np.ndarray]:
        if vector is None or len(vector) != self.vectors.shape[1]:
            return np.zeros(len(self.ids)), np.zeros(len(self.ids), dtype=bool)
        return (self.vectors @ vector).clip(0.0, 1.0), self.has_vector


def _unit_rows(rows: sp.csr_matrix) -> sp.csr_matrix:
    """Rows of length 1: here neither side is a short question about a long page."""
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    norms[norms == 0] = 1.0
    return sp.csr_matrix(sp.diags(1 / norms) @ rows)


def _bags(readings: Sequence[Reading | _Kept], columns: Mapping[str, int]) -> Matrix:
    bags = np.zeros((len(readings), len(columns)))
    for row, reading in enumerate(readings):
        for name, weight in reading.concepts.items():
            if name in columns:
                bags[row, columns[name]] = weight
    return bags


def _unit(rows: Matrix) -> Matrix:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    norms[norms == 0] = 1.0
    return np.asarray(rows / norms)


def _languages(reading: Reading | _Kept) -> tuple[bool, bool]:
    return "zh" in reading.languages, "en" in reading.languages
