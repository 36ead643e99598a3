"""The code of a certificate: too long to guess, short enough to type, and sure to tell a typing error.

Twelve characters out of 31 that are not taken for each other (no 0, 1, I, L, O). The last one
follows from the others: as 31 is a prime, every single wrong character and every two characters in
the wrong order are found.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
GROUP = 4


def new() -> str:
    """A code that nobody can guess (54 bits)."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check(body)


def shown(code: str) -> str:
    """A code as people read it: in groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def normal(typed: str) -> str:
    """What was typed, in the form codes are kept in."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(char for char in folded if char.isalnum())


def is_well_formed(code: str) -> bool:
    """Whether *code* (in its normal form) can be a code at all; False tells a typing error."""
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return False
    return _check(code[:-1]) == code[-1]


def _check(body: str) -> str:
    total = sum(place * ALPHABET.index(char) for place, char in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]
