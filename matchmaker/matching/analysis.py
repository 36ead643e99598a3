"""What each document says, read once and before any comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from matchmaker.competency import Extractor, Lexicon, detect_language
from matchmaker.matching.lexical import LexicalIndex
from matchmaker.matching.readable import Reader, phrases
from matchmaker.matching.types import Document, Vectors

_SUBSTANTIAL_WORDS = 20
_TITLE_WORDS = 12


@dataclass(frozen=True)
class Analysis:
    """What one document says, before any comparison.

    Parameters
    ----------
    terms : Counter of str
        How often each term occurs.
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

    terms: Counter[str]
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
    """

    lexicon: Lexicon
    extractor: Extractor
    reader: Reader
    _known: dict[Document, Analysis] = field(default_factory=dict)

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
            terms=LexicalIndex.terms(document, self.lexicon),
            concepts=concepts,
            passages=tuple(dict.fromkeys(passages)),
            langs=langs,
            n_words=n_words,
            is_glossed=self.reader.lexicon is not None and langs == {"zh"},
        )

    def phrases(self, document: Document) -> tuple[str, ...]:
        """Return the phrases of *document* as the encoder reads them."""
        prepared = [
            self.reader.prepare(phrase)
            for form in document.forms
            if self.reader.is_readable(form)
            for phrase in phrases(form.full)
        ]
        return tuple(dict.fromkeys(text for text in prepared if text))


def _count_words(text: str) -> int:
    n_han = sum("\u3400" <= character <= "\u9fff" for character in text)
    return n_han // 2 + len([word for word in text.split() if word.isascii()])


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

    @classmethod
    def stack(
        cls, owners: Sequence[Sequence[Analysis]], vectors: Mapping[str, Vectors]
    ) -> VectorRows:
        """Put the *vectors* of all passages of all *owners* in order."""
        readable = [[a for a in analyses if a.passages] for analyses in owners]
        flat = [analysis for analyses in readable for analysis in analyses]
        rows = [vectors[passage] for analysis in flat for passage in analysis.passages]
        counts = np.array([len(analyses) for analyses in readable], dtype=np.intp)
        lengths = np.array([len(analysis.passages) for analysis in flat], dtype=np.intp)
        present = np.flatnonzero(counts)
        return cls(
            vectors=np.stack(rows) if rows else np.empty((0, 0), dtype=np.float32),
            row_starts=starts_of(lengths),
            document_starts=starts_of(counts[present]),
            owners=present,
            is_glossed=np.array([analysis.is_glossed for analysis in flat], dtype=bool),
            is_title=np.array([analysis.is_title for analysis in flat], dtype=bool),
        )


def starts_of(lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return where each group begins, given how long each is."""
    return np.cumsum(lengths) - lengths
