"""What differs between two texts, by character in Chinese and by word in English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

#: Runs of Latin letters and digits, runs of blanks, and every other character by itself.
_TOKEN = re.compile(r"[0-9A-Za-zÀ-ɏ]+(?:['’.,][0-9A-Za-zÀ-ɏ]+)*|[ \t]+|.", re.DOTALL)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
#: Above this many pairs of tokens a stretch is shown as replaced whole: comparing would take seconds.
_MAX_WORK = 1_500_000

Part = tuple[str, str]


def parts(old: str, new: str) -> list[Part]:
    """*old* and *new* as runs that are ``same``, ``removed`` or ``added``, in reading order.

    The same and removed runs make up *old*, the same and added ones *new*.

    Examples
    --------
    >>> parts("每天三千支", "每天四千支")
    [('same', '每天'), ('removed', '三'), ('added', '四'), ('same', '千支')]
    """
    found: list[Part] = []
    for operation, before, after in _runs(_LINE.findall(old), _LINE.findall(new)):
        pieces = [("same", before)] if operation == "equal" else _within(before, after)
        for piece in pieces:
            _append(found, piece)
    return found


def _within(before: str, after: str) -> Iterator[Part]:
    """The difference of two stretches that are not the same, token by token."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > _MAX_WORK:
        yield from (("removed", before), ("added", after))
        return
    for operation, gone, come in _runs(old, new):
        if operation == "equal":
            yield "same", gone
        else:
            yield from (("removed", gone), ("added", come))


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if len(old) * len(new) > _MAX_WORK:
        yield "replace", "".join(old), "".join(new)
        return
    for operation, i, j, k, m in matcher.get_opcodes():
        yield operation, "".join(old[i:j]), "".join(new[k:m])


def _append(found: list[Part], piece: Part) -> None:
    """Add a run; an empty one is none, and a second of the same kind joins the first."""
    operation, text = piece
    if not text:
        return
    if found and found[-1][0] == operation:
        found[-1] = (operation, found[-1][1] + text)
    else:
        found.append(piece)
