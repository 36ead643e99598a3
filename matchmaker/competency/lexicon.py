"""Gloss Chinese text in English words, so that an English text encoder can read it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from pathlib import Path

import opencc

from matchmaker.competency.dictionary import Entry, parse_terms, read_cedict
from matchmaker.competency.taxonomy import Competency, Pattern, Sector, load_taxonomy
from matchmaker.competency.text import CJK, fold

_HAN = re.compile(rf"[{CJK}]")
_LATIN = re.compile(r"[a-z0-9][a-z0-9.+#/'_-]*")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text: a word of the lexicon, a foreign word, or something unknown.

    ``senses`` is None for what the lexicon does not know and empty for a function word.
    """

    surface: str
    senses: tuple[str, ...] | None

    @property
    def is_han(self) -> bool:
        """Say whether the stretch has Han characters."""
        return _HAN.search(self.surface) is not None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a text's Chinese the lexicon knows.

    ``share`` is 1 for a text without Chinese: there is nothing to translate.
    """

    n_characters: int
    n_known: int
    unknown: tuple[str, ...]

    @property
    def share(self) -> float:
        """Return the known part of the Han characters, 0 to 1."""
        return self.n_known / self.n_characters if self.n_characters else 1.0


class Lexicon:
    """A bilingual word list with longest-match segmentation.

    Parameters
    ----------
    entries : iterable of (str, tuple of str)
        Chinese words, in either script, with their English senses, best sense first. Where a word
        comes twice, the first entry counts.

    Examples
    --------
    >>> lexicon = Lexicon([("影像", ("image",)), ("影像辨識", ("image recognition",)), ("的", ())])
    >>> lexicon.gloss("YOLO 的影像辨識")
    'yolo image recognition'
    >>> lexicon.gloss("影像识别")
    'image'
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        table: dict[str, tuple[str, ...]] = {}
        for word, senses in entries:
            table.setdefault(fold(word), senses)
        table.pop("", None)
        self._senses: Mapping[str, tuple[str, ...]] = table
        self._longest = self._longest_by_first(table)
        self._segment_cached = lru_cache(maxsize=4096)(self._segment)

    @staticmethod
    def _longest_by_first(table: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
        longest: dict[str, int] = {}
        for word in table:
            longest[word[0]] = max(longest.get(word[0], 0), len(word))
        return longest

    def __len__(self) -> int:
        return len(self._senses)

    def __contains__(self, word: str) -> bool:
        return fold(word) in self._senses

    def senses(self, word: str) -> tuple[str, ...]:
        """Return the English senses of *word*, none if it is unknown."""
        return self._senses.get(fold(word), ())

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all entries: changes whenever a gloss could."""
        digest = hashlib.sha256()
        for word in sorted(self._senses):
            digest.update(f"{word}\t{';'.join(self._senses[word])}\n".encode())
        return digest.hexdigest()[:16]

    def segment(self, text: str) -> tuple[Segment, ...]:
        """Cut *text* into known words, Latin words and unknown characters, longest match first."""
        return self._segment_cached(fold(text))

    def _segment(self, folded: str) -> tuple[Segment, ...]:
        return tuple(self._segments(folded))

    def _segments(self, folded: str) -> Iterator[Segment]:
        position = 0
        while position < len(folded):
            word = self._word_at(folded, position)
            if word:
                yield Segment(word, self._senses[word])
            elif latin := _LATIN.match(folded, position):
                word = latin.group()
                yield Segment(word, None)
            else:
                word = folded[position]
                if _HAN.match(word):
                    yield Segment(word, None)
            position += len(word)

    def _word_at(self, folded: str, start: int) -> str:
        """Return the longest known word that begins at *start*, or nothing."""
        limit = min(self._longest.get(folded[start], 0), len(folded) - start)
        for length in range(limit, 0, -1):
            word = folded[start : start + length]
            if word in self._senses and not _cuts_latin(folded, start, start + length):
                return word
        return ""

    def gloss(self, text: str) -> str:
        """Return the English reading of *text*: first senses, with Latin words kept in place."""
        return " ".join(self._gloss_words(text))

    def _gloss_words(self, text: str) -> Iterator[str]:
        for segment in self.segment(text):
            if segment.senses:
                yield segment.senses[0]
            elif segment.senses is None and not segment.is_han:
                yield segment.surface

    def glosses(self, text: str) -> str:
        """Return every sense of every Chinese word of *text*, for matching by words."""
        return " ".join(
            " ".join(segment.senses) for segment in self.segment(text) if segment.senses
        )

    def coverage(self, text: str) -> Coverage:
        """Report how much of the Chinese in *text* the lexicon knows."""
        n_characters = n_known = 0
        unknown: dict[str, None] = {}
        for segment in self.segment(text):
            n_han = len(_HAN.findall(segment.surface))
            n_characters += n_han
            if segment.senses is None and n_han:
                unknown[segment.surface] = None
            else:
                n_known += n_han
        return Coverage(n_characters, n_known, tuple(unknown))


def _cuts_latin(folded: str, start: int, end: int) -> bool:
    """Say whether a word from *start* to *end* would begin or end inside a Latin word."""
    return _inside_latin(folded, start) or _inside_latin(folded, end)


def _inside_latin(folded: str, position: int) -> bool:
    if position in (0, len(folded)):
        return False
    return all(c.isascii() and c.isalnum() for c in folded[position - 1 : position + 1])


def taxonomy_entries() -> Iterator[Entry]:
    """Yield the Chinese labels, aliases and cues of the taxonomy with their English counterpart.

    Aliases of a concept are not paired word by word, so each takes the concept's English label;
    a cue, which only hints at its concept, takes the first English word of its group.
    """
    taxonomy = load_taxonomy()
    concepts: list[Competency | Pattern | Sector] = [
        *taxonomy.competencies.values(),
        *taxonomy.patterns.values(),
        *taxonomy.sectors.values(),
    ]
    for item in concepts:
        for word in (item.zh, *item.aliases_zh):
            yield word, (item.en,)
    for cue in taxonomy.cues:
        for word in cue.words_zh:
            yield word, cue.words_en[:1]


@cache
def shipped_entries() -> tuple[Entry, ...]:
    """Return the word lists that ship with the program, most specific list first."""
    folder = files("matchmaker.competency") / "data" / "lexicon"
    lists = sorted(path.name for path in folder.iterdir() if path.name.endswith(".tsv"))
    entries: list[Entry] = []
    for name in lists:
        text = (folder / name).read_text(encoding="utf-8")
        entries.extend(parse_terms(text.splitlines(), name))
    return (*entries, *taxonomy_entries())


def with_mainland_variants(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield *entries*, each with the form mainland usage gives it (軟體 also as 软件).

    The variants come after all given entries, so they never displace a word of its own.
    """
    given = tuple(entries)
    yield from given
    converted = opencc.OpenCC("tw2sp").convert("\n".join(word for word, _ in given)).split("\n")
    for variant, (_, senses) in zip(converted, given, strict=True):
        yield variant, senses


# The office changes its terms for years: a process keeps the latest few lexicons, not every one.
@lru_cache(maxsize=4)
def load_lexicon(terms: tuple[Entry, ...] = (), dictionary: Path | None = None) -> Lexicon:
    """Load the lexicon: *terms* of the operator, then what ships, then a CC-CEDICT *dictionary*.

    Parameters
    ----------
    terms : tuple of (str, tuple of str), default=()
        Words the operator added, with their senses; they win over everything else.
    dictionary : Path, default=None
        A file in CC-CEDICT format, plain or gzipped, that the operator names.

    Returns
    -------
    Lexicon
        The same object for the same arguments, as long as it is among the latest few.
    """
    entries = list(with_mainland_variants((*terms, *shipped_entries())))
    if dictionary is not None:
        entries.extend(_dictionary_entries(dictionary))
    return Lexicon(entries)


@cache
def _dictionary_entries(path: Path) -> tuple[Entry, ...]:
    return tuple(read_cedict(path))


def gloss(text: str) -> str:
    """Gloss *text* with the shipped lexicon."""
    return load_lexicon().gloss(text)


def coverage(text: str) -> Coverage:
    """Report how much of the Chinese in *text* the shipped lexicon knows."""
    return load_lexicon().coverage(text)
