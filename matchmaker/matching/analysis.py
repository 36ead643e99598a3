"""What each document says, read once and before any comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from matchmaker.competency import Extractor, Lexicon, detect_language
from matchmaker.matching.lexical import Terms, Vocabulary, document_terms, surface_words
from matchmaker.matching.readable import Reader, phrases, sentences, windows
from matchmaker.matching.types import Document, Vectors

_SUBSTANTIAL_WORDS = 20
_TITLE_WORDS = 12
_VECTOR_BITS = 12
_VECTOR_LENGTH = 1 - 2**-10


@dataclass(frozen=True)
class Analysis:
    """What one document says, before any comparison.

    Parameters
    ----------
    terms : Terms
        How often each term of the analyzer's vocabulary occurs.
    concepts : mapping of str to float
        Weight of each concept of the taxonomy.
    passages : tuple of str
        What the encoder reads; empty if it could not make sense of the text.
    langs : frozenset of str
        Languages it is written in.
    n_words : int
        Length of its longest form in words, two Han characters counting as one.
    is_glossed : bool
        Whether the encoder reads nothing of it but a gloss.
    """

    terms: Terms
    concepts: Mapping[str, float]
    passages: tuple[str, ...]
    langs: frozenset[str]
    n_words: int
    is_glossed: bool = False

    @property
    def is_title(self) -> bool:
        """Say whether there is no more than a title."""
        return self.n_words <= _TITLE_WORDS and len(self.passages) == 1

    @property
    def is_substantial(self) -> bool:
        """Say whether there is enough text to rest a ranking on."""
        return self.n_words >= _SUBSTANTIAL_WORDS


@dataclass
class Analyzer:
    """Reads documents: terms, concepts, and what to encode. Equal documents are read once.

    Parameters
    ----------
    lexicon : Lexicon
        Glosses Chinese words.
    extractor : Extractor
        Finds concepts.
    reader : Reader
        Prepares passages for the encoder.
    vocabulary : Vocabulary
        Numbers the terms of all documents read.
    """

    lexicon: Lexicon
    extractor: Extractor
    reader: Reader
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    _known: dict[Document, Analysis] = field(default_factory=dict)
    _words: dict[Document, Mapping[str, str]] = field(default_factory=dict)
    _sentences: dict[Document, list[tuple[str, str]]] = field(default_factory=dict)

    def __call__(self, document: Document) -> Analysis:
        """Return the analysis of *document*."""
        if document not in self._known:
            self._known[document] = self._analyse(document)
        return self._known[document]

    def _analyse(self, document: Document) -> Analysis:
        concepts: dict[str, float] = {}
        passages: list[str] = []
        n_words = 0
        for form in document.forms:
            for concept in self.extractor.concepts(form.full):
                concepts[concept.id] = max(concept.weight, concepts.get(concept.id, 0.0))
            passages.extend(self.reader.passages(form))
            n_words = max(n_words, _count_words(form.full))
        langs = frozenset(detect_language(form.full) or "en" for form in document.forms)
        return Analysis(
            terms=self.vocabulary.count(document_terms(document, self.lexicon)),
            concepts=concepts,
            passages=tuple(dict.fromkeys(passages)),
            langs=langs,
            n_words=n_words,
            is_glossed=self.reader.lexicon is not None and langs == {"zh"},
        )

    def words(self, document: Document) -> Mapping[str, str]:
        """Return the words of *document*, each with how it is written there."""
        if document not in self._words:
            self._words[document] = surface_words(document, self.lexicon)
        return self._words[document]

    def sentences(self, document: Document) -> list[tuple[str, str]]:
        """Return the readable sentences of *document* with what the encoder reads of each."""
        if document not in self._sentences:
            pairs = [
                (sentence, self.reader.prepare(sentence))
                for form in document.forms
                if self.reader.is_readable(form)
                for sentence in sentences(form.full)
            ]
            self._sentences[document] = [pair for pair in pairs if pair[1]]
        return self._sentences[document]

    def phrases(self, document: Document) -> tuple[str, ...]:
        """Return the phrases of *document* as the encoder reads them."""
        prepared = [
            self.reader.prepare(phrase)
            for form in document.forms
            if self.reader.is_readable(form)
            for phrase in windows(phrases(form.full))
        ]
        return tuple(dict.fromkeys(text for text in prepared if text))


def _count_words(text: str) -> int:
    n_han = sum("\u3400" <= character <= "\u9fff" for character in text)
    return n_han // 2 + len([word for word in text.split() if word.isascii()])


@dataclass(frozen=True)
class TextVectors:
    """The vector of each text, one row a text."""

    position: Mapping[str, int]
    rows: Vectors

    def of(self, texts: Iterable[str]) -> Vectors:
        """Return the vectors of *texts* on a grid, so that their products are exact.

        Single precision holds 24 bits: products of multiples of 2 to the power of -12 add up
        without rounding as long as no sum exceeds 1, and vectors a little shorter than 1 see to
        that.
        """
        chosen = self.rows[np.array([self.position[text] for text in texts], dtype=np.intp)]
        chosen *= np.float32(2**_VECTOR_BITS * _VECTOR_LENGTH)
        np.round(chosen, out=chosen)
        chosen *= np.float32(2**-_VECTOR_BITS)
        return chosen


@dataclass(frozen=True)
class VectorRows:
    """Vectors of passages, grouped by document and by owner.

    Parameters
    ----------
    vectors : ndarray of shape (n_rows, dim)
        One unit vector for each passage, ordered by owner, then by document.
    row_starts : ndarray of int
        First row of each document.
    document_starts : ndarray of int
        First document of each owner that has any.
    owners : ndarray of int
        Positions of the owners that have any document.
    is_glossed, is_title : ndarray of bool
        For each document, whether it is only read as a gloss, and whether it is only a title.
    """

    vectors: Vectors
    row_starts: npt.NDArray[np.intp]
    document_starts: npt.NDArray[np.intp]
    owners: npt.NDArray[np.intp]
    is_glossed: npt.NDArray[np.bool_]
    is_title: npt.NDArray[np.bool_]

    @property
    def n_documents(self) -> npt.NDArray[np.intp]:
        """Return how many documents each owner in ``owners`` has."""
        return np.diff(np.append(self.document_starts, len(self.row_starts)))

    @property
    def n_passages(self) -> npt.NDArray[np.intp]:
        """Return how many passages each document has."""
        return np.diff(np.append(self.row_starts, len(self.vectors)))

    def best_against(self, others: VectorRows) -> Vectors:
        """Return how alike each document here and each of *others* are: their best passages."""
        alike = self.vectors @ others.vectors.T
        if len(others.row_starts) < len(others.vectors):
            alike = np.maximum.reduceat(alike, others.row_starts, axis=1)
        if len(self.row_starts) < len(self.vectors):
            alike = np.maximum.reduceat(alike, self.row_starts, axis=0)
        return np.asarray(alike)

    def take_documents(self, chosen: npt.NDArray[np.intp]) -> VectorRows:
        """Return the *chosen* documents, given in order, as those of one owner."""
        lengths = self.n_passages
        is_chosen = np.zeros(len(lengths), dtype=bool)
        is_chosen[chosen] = True
        return VectorRows(
            vectors=self.vectors[np.repeat(is_chosen, lengths)],
            row_starts=starts_of(lengths[chosen]),
            document_starts=np.zeros(1, dtype=np.intp),
            owners=np.zeros(1, dtype=np.intp),
            is_glossed=self.is_glossed[chosen],
            is_title=self.is_title[chosen],
        )

    def tiles(self, size: int) -> Iterator[VectorRows]:
        """Cut into parts of about *size* vectors, each owner whole; nothing is copied."""
        first_rows = self.row_starts[self.document_starts]
        cuts = np.searchsorted(first_rows, np.arange(0, len(self.vectors), size))
        bounds = [*dict.fromkeys(cuts.tolist()), len(self.owners)]
        for start, stop in pairwise(bounds):
            if start < stop:
                yield self._part(start, stop)

    def _part(self, start: int, stop: int) -> VectorRows:
        """Return the owners from *start* to *stop*."""
        documents = np.append(self.document_starts, len(self.row_starts))
        rows = np.append(self.row_starts, len(self.vectors))
        a, b = documents[start], documents[stop]
        return VectorRows(
            vectors=self.vectors[rows[a] : rows[b]],
            row_starts=self.row_starts[a:b] - rows[a],
            document_starts=self.document_starts[start:stop] - a,
            owners=self.owners[start:stop],
            is_glossed=self.is_glossed[a:b],
            is_title=self.is_title[a:b],
        )

    @classmethod
    def of_phrases(cls, phrases: Sequence[Sequence[str]], vectors: TextVectors) -> VectorRows:
        """Put the *vectors* of phrases in order, each a document of its problem."""
        counts = np.array([len(row) for row in phrases], dtype=np.intp)
        present = np.flatnonzero(counts)
        n_phrases = int(counts.sum())
        return cls(
            vectors=vectors.of(phrase for row in phrases for phrase in row),
            row_starts=np.arange(n_phrases),
            document_starts=starts_of(counts[present]),
            owners=present,
            is_glossed=np.zeros(n_phrases, dtype=bool),
            is_title=np.ones(n_phrases, dtype=bool),
        )

    @classmethod
    def stack(cls, owners: Sequence[Sequence[Analysis]], vectors: TextVectors) -> VectorRows:
        """Put the *vectors* of all passages of all *owners* in order."""
        readable = [[a for a in analyses if a.passages] for analyses in owners]
        flat = [analysis for analyses in readable for analysis in analyses]
        counts = np.array([len(analyses) for analyses in readable], dtype=np.intp)
        lengths = np.array([len(analysis.passages) for analysis in flat], dtype=np.intp)
        present = np.flatnonzero(counts)
        return cls(
            vectors=vectors.of(passage for analysis in flat for passage in analysis.passages),
            row_starts=starts_of(lengths),
            document_starts=starts_of(counts[present]),
            owners=present,
            is_glossed=np.array([analysis.is_glossed for analysis in flat], dtype=bool),
            is_title=np.array([analysis.is_title for analysis in flat], dtype=bool),
        )


def starts_of(lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return where each group begins, given how long each is."""
    return np.cumsum(lengths) - lengths
