"""How much of Chinese texts the lexicon knows, what it lacks, and what an encoder gets to read."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from matchmaker.competency import Lexicon
from matchmaker.competency.text import cjk_runs, fold

MOST_FREQUENT = 50
_CONTEXT = 8
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, as it was written."""

    text: str
    is_unknown: bool


@dataclass(frozen=True)
class Sentence:
    """One sentence: its stretches, and the English an encoder reads in its place."""

    pieces: tuple[Piece, ...]
    gloss: str

    @property
    def unknown(self) -> list[str]:
        return [piece.text for piece in self.pieces if piece.is_unknown]


@dataclass(frozen=True)
class TextCoverage:
    """What the lexicon makes of one text; ``unknown`` has each stretch with its occurrences."""

    sentences: list[Sentence]
    n_characters: int
    n_known: int
    unknown: list[tuple[str, int]]

    @property
    def share(self) -> float:
        """The known part of the Han characters, 1 for a text without any."""
        return self.n_known / self.n_characters if self.n_characters else 1.0


@dataclass(frozen=True)
class Gap:
    """An unknown stretch: in how many texts it occurs, and what stands around it in the first."""

    stretch: str
    n_texts: int
    before: str
    after: str


@dataclass(frozen=True)
class CallCoverage:
    """What the lexicon makes of many texts; ``unknown`` has the most frequent stretches."""

    n_texts: int
    n_characters: int
    n_known: int
    n_unknown: int
    unknown: list[Gap]

    @property
    def share(self) -> float:
        """The known part of all Han characters."""
        return self.n_known / self.n_characters if self.n_characters else 1.0


def text_coverage(lexicon: Lexicon, text: str) -> TextCoverage:
    """Read *text* sentence by sentence."""
    found = [_read(lexicon, match.group()) for match in _SENTENCE.finditer(text)]
    sentences = [sentence for sentence in found if sentence.pieces]
    unknown = Counter(word for sentence in sentences for word in sentence.unknown)
    n_characters = sum(_n_han(piece.text) for item in sentences for piece in item.pieces)
    n_known = n_characters - sum(len(word) * count for word, count in unknown.items())
    return TextCoverage(sentences, n_characters, n_known, unknown.most_common())


def call_coverage(lexicon: Lexicon, texts: Iterable[str]) -> CallCoverage:
    """Count over *texts* what the lexicon lacks: every stretch once a text."""
    n_texts_with: Counter[str] = Counter()
    places: dict[str, tuple[str, str]] = {}
    n_texts = n_characters = n_unknown = 0
    for text in texts:
        pieces = list(_pieces(lexicon, text))
        stretches = [piece.text for piece in pieces if piece.is_unknown]
        n_texts_with.update(set(stretches))
        n_texts += 1
        n_characters += sum(_n_han(piece.text) for piece in pieces)
        n_unknown += sum(map(len, stretches))
        for stretch, before, after in _in_context(pieces):
            places.setdefault(stretch, (before, after))
    order = sorted(n_texts_with.items(), key=lambda item: (-item[1], -len(item[0]), item[0]))
    gaps = [Gap(stretch, count, *places[stretch]) for stretch, count in order[:MOST_FREQUENT]]
    return CallCoverage(n_texts, n_characters, n_characters - n_unknown, len(order), gaps)


def _in_context(pieces: Sequence[Piece]) -> Iterator[tuple[str, str, str]]:
    """Each unknown stretch with a few characters before and after it."""
    texts = ["", *(piece.text for piece in pieces), ""]
    for before, piece, after in zip(texts, pieces, texts[2:], strict=False):
        if piece.is_unknown:
            yield piece.text, before[-_CONTEXT:], after[:_CONTEXT]


def _read(lexicon: Lexicon, sentence: str) -> Sentence:
    return Sentence(tuple(_pieces(lexicon, sentence)), lexicon.gloss(sentence))


def _pieces(lexicon: Lexicon, text: str) -> Iterator[Piece]:
    """Cut *text* where what the lexicon knows meets what it lacks."""
    plain = _plain(text)
    folded, position = fold(plain), 0
    lacks = [False] * len(plain)
    for segment in lexicon.segment(plain):
        start = folded.index(segment.surface, position)
        position = start + len(segment.surface)
        if segment.is_han and segment.senses is None:
            lacks[start:position] = [True] * len(segment.surface)
    for is_unknown, group in groupby(zip(plain, lacks, strict=True), key=lambda pair: pair[1]):
        yield Piece("".join(character for character, _ in group), is_unknown)


def _plain(text: str) -> str:
    """*text* as it was written, if possible, with a character for each of the folded text."""
    written = " ".join(text.split())
    composed = unicodedata.normalize("NFKC", written)
    # Few characters become several in lower case, such as ß.
    spelt = "".join(c if len(c.casefold()) == 1 else c.casefold() for c in composed)
    for candidate in (written, composed, spelt):
        if len(fold(candidate)) == len(candidate):
            return candidate
    return fold(text)


def _n_han(text: str) -> int:
    return sum(map(len, cjk_runs(text)))
