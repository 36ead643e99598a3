"""Hide from readers of a text who wrote it: names, schools, companies, links and other contact data.

Unlike `masking`, which drops what must not move a score, this leaves a mark where something was, so
that the sentence can still be read, and keeps words of gender and region.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from matchmaker.competency import has_cjk
from matchmaker.matching.masking import _CONTACT, _SCHOOL, _name_pattern

MARK_ZH, MARK_EN = "［已遮蔽］", "[hidden]"
#: Letters, digits, ＠ and ．of full width as those of half width; Chinese punctuation stays.
_HALF = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF20, 0xFF5B), 0xFF0E)}
_REST = r"[^\s\u3000-\u9fff\uff00-\uffef()]*"
_LINK = re.compile(rf"(?:https?://|www\.){_REST}", re.IGNORECASE)
#: Addresses of pages that are written without a scheme.
_BARE_LINK = re.compile(
    r"(?<![A-Za-z0-9_@.-])(?:[A-Za-z0-9-]+\.)+(?:com|org|net|edu|gov|io|ai|dev|app|me|tw|jp|cn|hk|us|uk|eu)"
    r"(?:\.[a-z]{2})?(?![\w.-]*[A-Za-z0-9]@)(?![A-Za-z0-9])(?:/[^\s\u3000-\u9fff\uff00-\uffef()]*)?",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"(?:股份)?有限公司$|(?:,?\s*(?:Co\.|Company|Corp\.?|Corporation|Inc\.?|Ltd\.?|LLC|Limited)[.,]?)+$",
    re.IGNORECASE,
)
_MIN_SHORT = 2


def redact(text: str, names: Iterable[str] = (), people: Iterable[str] = ()) -> str:
    """Replace in *text* whatever tells who wrote it.

    Parameters
    ----------
    text : str
        As written.
    names : iterable of str
        Names of teams and organizations; their short forms without "Ltd" or 有限公司 go as well.
    people : iterable of str
        Names of people; also in the other order, and by their given names.

    Returns
    -------
    str
        With a mark in the text's language in each place, and letters of half width.

    Examples
    --------
    >>> redact("我們零次方科技（www.zero.tw）由王小明帶領", ["零次方科技股份有限公司"], ["王小明"])
    '我們［已遮蔽］（［已遮蔽］）由［已遮蔽］帶領'
    >>> text = "Chen Wei of Acme studied at National Taiwan University, see acme.ai/us"
    >>> redact(text, ["Acme Co., Ltd."], ["Wei Chen"])
    '[hidden] of [hidden] studied at [hidden], see [hidden]'
    """
    clean = unicodedata.normalize("NFC", text).translate(_HALF)
    mark = MARK_ZH if has_cjk(clean) else MARK_EN
    for pattern in (_LINK, _CONTACT, _BARE_LINK, *_patterns(names, people), _SCHOOL):
        clean = pattern.sub(mark, clean)
    doubled = re.escape(mark)
    return re.sub(rf"{doubled}(?:\s*{doubled})+", mark, clean)


def _patterns(names: Iterable[str], people: Iterable[str]) -> list[re.Pattern[str]]:
    """What to look for, the longest first, so that no name leaves a piece of itself behind."""
    forms = {form: False for name in names for form in _short_forms(name)}
    given = {form: True for person in people for form in _given_names(person)}
    forms |= {form: False for person in people for form in _orders(person)}
    wanted = {**given, **forms}
    return [
        _exact(form) if wanted[form] else _name_pattern(form)
        for form in sorted(wanted, key=lambda form: (-len(form), form))
        if len(form) >= _MIN_SHORT
    ]


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split())


def _short_forms(name: str) -> Iterator[str]:
    whole = _folded(name)
    yield whole
    yield _LEGAL.sub("", whole).strip(" ,")


def _orders(person: str) -> Iterator[str]:
    """A name as it is, and with what stands last at the front."""
    whole = _folded(person)
    yield whole
    words = whole.replace(",", " ").split()
    if len(words) > 1 and not has_cjk(whole):
        yield " ".join([words[-1], *words[:-1]])
        yield " ".join([*words[1:], words[0]])


def _given_names(person: str) -> Iterator[str]:
    """What friends say: the last two of three Chinese characters, each longer word of a Latin name."""
    whole = _folded(person)
    if has_cjk(whole):
        if len(whole) == 3:
            yield whole[1:]
        return
    yield from (word for word in whole.split() if len(word) > 2 and not word.isdigit())


def _exact(word: str) -> re.Pattern[str]:
    """*word* with its capital, so that Mark is hidden and a mark is not."""
    edge = "" if has_cjk(word) else r"(?![A-Za-z0-9])"
    front = "" if has_cjk(word) else r"(?<![A-Za-z0-9])"
    return re.compile(front + re.escape(word) + edge)
