"""Text as it is kept, wherever it came from."""

from __future__ import annotations

import re
import unicodedata
from typing import overload

# Control characters and bidirectional overrides have no place in names and texts: they hide what is said.
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


@overload
def clean(value: str) -> str: ...
@overload
def clean(value: None) -> None: ...
def clean(value: str | None) -> str | None:
    """Text as it is kept: composed, without control characters, with plain line ends, trimmed."""
    if value is None:
        return None
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return UNWANTED.sub("", value).strip()


@overload
def clean_line(value: str) -> str: ...
@overload
def clean_line(value: None) -> None: ...
def clean_line(value: str | None) -> str | None:
    """The same on one line."""
    return None if value is None else " ".join(clean(value).split())
