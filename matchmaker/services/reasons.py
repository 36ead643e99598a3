"""The words that people give for a decision: there, and not too many of them."""

from __future__ import annotations

from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_, Message
from matchmaker.texts import clean

MAX_REASON = 4000


def needed(text: str, field: str = "reason", *, maximum: int = MAX_REASON) -> str:
    """*text* as it is kept; refused under *field* if it says nothing."""
    kept = limited(text, field, maximum=maximum)
    if not kept:
        raise InvalidInput(fields={field: [Message(N_("Say why: the reason is kept on record."))]})
    return kept


def limited(text: str, field: str = "reason", *, maximum: int = MAX_REASON) -> str:
    """*text* as it is kept; refused under *field* if it is too long."""
    kept = (clean(text) or "").strip()
    if len(kept) > maximum:
        message = Message(N_("Please use at most %(max)d characters."), {"max": maximum})
        raise InvalidInput(fields={field: [message]})
    return kept
