"""What an encoder gets to read of a text: English as it is, Chinese glossed, long texts in passages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.competency import Lexicon, has_cjk
from matchmaker.matching.types import Text

# The model reads 256 word pieces, about 190 words; the rest of a longer text would be lost.
_LONG = 400
_PASSAGE = 190
# With less than this share of its characters known, a gloss says more about the lexicon's gaps
# than about the text.
MIN_COVERAGE = 0.3
_SENTENCE = re.compile(r"[^。！？!?；;\n]+?(?:[。！？!?；;\n]|(?<=[a-z0-9)])\.(?=\s|$)|$)")
_MIN_SENTENCE = 6
_PHRASE_END = re.compile(
    r"[.。!?！？;；:：,，、()（）/\n]+(?:\s|(?<=[^\x00-\x7f])|$)|[。！？；：，、（）]"
    r"|\s(?:and|or|in|of|with|for|to|as|by|on|from|using|including)\s|以及|並且|或者|與|及|和"
)
_MIN_PHRASE = 2
_MAX_PHRASES = 40
# A short name may be a part of a phrase; longer runs of words find hardly more of them.
_MIN_WINDOW, _MAX_WINDOW = 2, 3
_MAX_WINDOWS = 120
# What stands for a name that somebody took out, such as <ORGANIZATION>, says nothing.
_PLACEHOLDER = re.compile(r"<[A-Z_]+>")


@dataclass(frozen=True, slots=True)
class Reader:
    """Prepares texts for an encoder.

    Parameters
    ----------
    lexicon : Lexicon or None
        Glosses Chinese for an encoder that reads English only; None leaves texts as they are.
    """

    lexicon: Lexicon | None

    def is_readable(self, text: Text) -> bool:
        """Say whether an encoder can make sense of *text* after preparation."""
        if self.lexicon is None or not has_cjk(text.full):
            return True
        return self.lexicon.coverage(text.full).share >= MIN_COVERAGE

    def prepare(self, text: str) -> str:
        """Return what to encode for *text*; sentences keep their line."""
        if self.lexicon is None or not has_cjk(text):
            return text
        return self.lexicon.gloss(text)

    def passages(self, text: Text) -> tuple[str, ...]:
        """Return the prepared passages of *text*: one, unless it is much longer than a model reads."""
        if not self.is_readable(text):
            return ()
        prepared = self.prepare(text.full)
        words = prepared.split()
        if len(words) <= _LONG:
            return (prepared,) if words else ()
        parts = -(-len(words) // _PASSAGE)
        size = -(-len(words) // parts)
        return tuple(" ".join(words[i : i + size]) for i in range(0, len(words), size))


def phrases(text: str) -> tuple[str, ...]:
    """Cut *text* into the phrases between punctuation and joining words.

    Examples
    --------
    >>> phrases("Experience with Python, SQL and data pipelines")
    ('Experience', 'Python', 'SQL', 'data pipelines')
    >>> phrases("需要影像辨識與產線整合，並導入 MES。")
    ('需要影像辨識', '產線整合', '並導入 MES')
    """
    found = (phrase.strip() for phrase in _PHRASE_END.split(_PLACEHOLDER.sub(" ", text)))
    return tuple(p for p in dict.fromkeys(found) if len(p) >= _MIN_PHRASE)[:_MAX_PHRASES]


def windows(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return *phrases* and the runs of two and three words within them.

    Examples
    --------
    >>> windows(("large data pipelines", "SQL"))
    ('large data pipelines', 'SQL', 'large data', 'data pipelines')
    """
    found = dict.fromkeys(phrases)
    for words in [phrase.split() for phrase in found]:
        for size in range(_MIN_WINDOW, _MAX_WINDOW + 1):
            runs = (words[start : start + size] for start in range(len(words) - size + 1))
            found.update(dict.fromkeys(" ".join(run) for run in runs))
    return tuple(found)[:_MAX_WINDOWS]


def sentences(text: str) -> tuple[str, ...]:
    """Cut *text* into sentences, Chinese or English.

    Examples
    --------
    >>> sentences("用相機檢查外觀。每天漏檢三件。It runs at 2.5 Hz. Then it stops.")
    ('用相機檢查外觀。', '每天漏檢三件。', 'It runs at 2.5 Hz.', 'Then it stops.')
    """
    found = (match.group().strip() for match in _SENTENCE.finditer(text))
    return tuple(sentence for sentence in found if len(sentence) >= _MIN_SENTENCE)
