"""What a letter is; the letters themselves are in `mail` and the `letters_…` modules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """Subject and body, both translatable; the body's placeholders are filled from the parameters."""

    subject: str
    body: str
