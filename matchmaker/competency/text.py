"""Fold text so that one word written in several ways compares equal, keeping track of positions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

CJK = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebef"
_CJK_RUN = re.compile(rf"[{CJK}]+")
_CJK_CHAR = re.compile(rf"[{CJK}]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_HAN = range(0x3400, 0xA000)
# Letters of Latin scripts and Han characters; the rest belongs to other languages.
_OURS = re.compile(
    r"[A-Za-z\u00c0-\u024f\u3007\u3105-\u312f\u3400-\u9fff\uf900-\ufaff\uff21-\uff5a\U00020000-\U0003134f]"
)
# A quoted name or term in another script does not make a text foreign.
_MAX_FOREIGN = 0.3


@cache
def _simplified() -> dict[int, str]:
    """Map every Han character to its simplified form, one character for one character.

    Comparing in simplified form merges more variants than the other way round (臺, 台 and 檯 all
    become 台), and a character table keeps positions, which phrase conversion would not.
    """
    characters = [chr(code) for code in _HAN]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {
        ord(before): after
        for before, after in zip(characters, converted, strict=True)
        if before != after and len(after) == 1
    }


def fold(text: str) -> str:
    """Return *text* in compatibility form, lower case and simplified characters, blanks squeezed.

    Examples
    --------
    >>> fold("ＡＩ　影像辨識")
    'ai 影像辨识'
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_simplified())
    return " ".join(plain.split())


def has_cjk(text: str) -> bool:
    """Say whether *text* has at least one Han character."""
    return _CJK_CHAR.search(text) is not None


def cjk_runs(text: str) -> list[str]:
    """List the unbroken stretches of Han characters in *text*."""
    return _CJK_RUN.findall(text)


def is_foreign(text: str) -> bool:
    """Say whether *text* is mostly in a script that is neither Latin nor Chinese.

    Kana tell Japanese from Chinese, whose characters it shares.

    Examples
    --------
    >>> is_foreign("画像から傷を見つけます"), is_foreign("用影像找出刮痕")
    (True, False)
    """
    letters = [character for character in text if character.isalpha()]
    foreign = sum(not _OURS.match(character) for character in letters)
    return foreign > _MAX_FOREIGN * len(letters)


def detect_language(text: str) -> str | None:
    """Return "zh", "en" or None for a text with neither Chinese nor Latin words.

    A text counts as Chinese when Han characters are at least as many as half its Latin words:
    Chinese technical prose is full of English terms, English prose hardly ever quotes Chinese.
    """
    n_han = len(_CJK_CHAR.findall(text))
    n_latin = len(_LATIN_WORD.findall(text))
    if n_han == 0 and n_latin == 0:
        return None
    return "zh" if n_han * 2 >= n_latin else "en"


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text that remembers where each of its characters stood.

    Parameters
    ----------
    text : str
        The folded text: also hyphens and underscores are blanks, and blanks beside Han characters
        are gone.
    origin : tuple of int
        For each character of ``text`` its position in the text it came from.
    """

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a stretch of the folded text into positions of the original one."""
        return self.origin[start], self.origin[end - 1] + 1


def fold_with_positions(original: str) -> FoldedText:
    """Fold *original* for matching terms, where hyphen, underscore and blank are the same."""
    out: list[str] = []
    origin: list[int] = []
    last, last_is_han = " ", True
    for position, character in enumerate(original):
        for piece, is_han in _pieces(character):
            if piece == " ":
                if last == " " or last_is_han:
                    continue
            elif is_han and last == " " and out:
                out.pop()
                origin.pop()
            out.append(piece)
            origin.append(position)
            last, last_is_han = piece, is_han
    return FoldedText("".join(out), tuple(origin))


@cache
def _pieces(character: str) -> tuple[tuple[str, bool], ...]:
    """Fold one character; say of each resulting one whether it is a Han character."""
    folded = unicodedata.normalize("NFKC", character).casefold().translate(_simplified())
    return tuple(
        (" ", False)
        if piece.isspace() or piece in "-_\u2010\u2011"
        else (piece, _CJK_CHAR.match(piece) is not None)
        for piece in folded
    )


def fold_term(term: str) -> str:
    """Fold a term the way `fold_with_positions` folds the text it is looked for in."""
    return fold_with_positions(term).text.strip()
