"""Read bilingual word lists: our own tab-separated ones and the CC-CEDICT format."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_

Entry = tuple[str, tuple[str, ...]]

FUNCTION_WORD = "-"
_CEDICT_LINE = re.compile(r"^(\S+) (\S+) \[([^\]]*)\] /(.*)/$")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
# Senses that say something about the headword instead of translating it.
_ABOUT = re.compile(
    r"^(CL:|variant of|old variant|also written|also pr|see |surname |abbr\. for|used in |erhua"
    r"|same as|Taiwan pr|\(bound form\)$|radical|Japanese variant|equivalent of|contrasted with)"
)
_LEADING = re.compile(r"^(to be|to|a|an|the) ", re.IGNORECASE)
_MAX_SENSES = 3
_SHOWN = 40


class BadDictionary(MatchmakerError):
    """A word list that cannot be read; the message names the file and the line."""

    code = "bad_dictionary"
    default = N_("%(path)s cannot be read as a word list: %(reason)s")


def parse_terms(lines: Iterable[str], name: str = "terms") -> Iterator[Entry]:
    """Yield the entries of a list with one ``中文<TAB>first sense; second sense`` a line.

    A lone hyphen as the translation marks a function word, which contributes nothing to a gloss.
    Empty lines and lines that start with ``#`` are passed over.
    """
    for number, line in enumerate(lines, start=1):
        stripped = line.strip("\ufeff\r\n ")
        if not stripped or stripped.startswith("#"):
            continue
        chinese, tab, english = stripped.partition("\t")
        if not tab or not chinese.strip() or not english.strip():
            reason = f"line {number} is not 'Chinese<TAB>English'"
            raise BadDictionary(path=name, reason=reason)
        yield chinese.strip(), senses_of(english)


def senses_of(english: str) -> tuple[str, ...]:
    """Split a translation into its senses; a function word has none."""
    if english.strip() == FUNCTION_WORD:
        return ()
    return tuple(sense for part in english.split(";") if (sense := part.strip()))


def read_terms(path: Path) -> Iterator[Entry]:
    """Yield the entries of a tab-separated word list in a file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadDictionary(path=str(path), reason=str(error)) from error
    yield from parse_terms(text.splitlines(), path.name)


def read_cedict(path: Path) -> Iterator[Entry]:
    """Yield the entries of a file in CC-CEDICT format, plain or gzipped.

    Ordinary words come before proper names of the same spelling, since the first entry of a word
    is the one that counts.
    """
    proper: list[Entry] = []
    n_entries = 0
    for line in _read_lines(path):
        match = _CEDICT_LINE.match(line.strip())
        if match is None:
            continue
        traditional, simplified, pinyin, definition = match.groups()
        senses = tuple(_cedict_senses(definition))[:_MAX_SENSES]
        if not senses:
            continue
        n_entries += 1
        entries = [(word, senses) for word in {traditional: None, simplified: None}]
        if pinyin[:1].isupper():
            proper.extend(entries)
        else:
            yield from entries
    yield from proper
    if not n_entries:
        raise BadDictionary(path=str(path), reason="no line is in CC-CEDICT format")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file in CC-CEDICT format holds.

    Parameters
    ----------
    n_entries : int
        How many lines are entries that translate something.
    bad_lines : tuple of (int, str)
        Numbers and beginnings of the lines that are neither an entry nor a comment.
    """

    n_entries: int
    bad_lines: tuple[tuple[int, str], ...]


def inspect_cedict(path: Path) -> Inspection:
    """Count the entries of a file in CC-CEDICT format, and name the lines that are none.

    `read_cedict` passes such lines over; whoever names the file should hear of them.
    """
    n_entries = 0
    bad_lines = []
    for number, line in enumerate(_read_lines(path), start=1):
        stripped = line.strip("\ufeff\r\n ")
        if not stripped or stripped.startswith("#"):
            continue
        match = _CEDICT_LINE.match(stripped)
        if match is None:
            bad_lines.append((number, stripped[:_SHOWN]))
        elif any(_cedict_senses(match.group(4))):
            n_entries += 1
    return Inspection(n_entries, tuple(bad_lines))


def _read_lines(path: Path) -> Iterator[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as stream:
            yield from stream
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise BadDictionary(path=str(path), reason=str(error)) from error


def _cedict_senses(definition: str) -> Iterator[str]:
    for part in definition.replace(";", "/").split("/"):
        if _ABOUT.match(part.strip()):
            continue
        sense = " ".join(_BRACKETS.sub(" ", part).split())
        sense = _LEADING.sub("", sense)
        if sense and not sense.startswith(("variant of", "see ")):
            yield sense
