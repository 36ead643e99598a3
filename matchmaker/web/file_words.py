"""How pages put files into words: sizes, kinds, what was done to them."""

from __future__ import annotations

from matchmaker.models import Attachment
from matchmaker.services.file_kinds import REMOVALS
from matchmaker.web.i18n import current_locale, say
from matchmaker.workflows.attachment import ATTACHMENT_WORKFLOW


def size_text(size: int) -> str:
    """A size such as ``3.4 MB``."""
    from babel.numbers import format_decimal

    for unit, power in (("GB", 3), ("MB", 2), ("KB", 1)):
        if size >= 1024**power:
            number = size / 1024**power
            shown = format_decimal(round(number, 1), locale=current_locale())
            return f"{shown} {unit}"
    return f"{size} B"


def kind_text(attachment: Attachment) -> str:
    """The kind as people call it: PDF, DOCX."""
    return attachment.kind.upper()


def removed_texts(attachment: Attachment) -> list[str]:
    """What was taken out of the file before it was kept."""
    return [say(REMOVALS[name]) for name in attachment.removed_parts if name in REMOVALS]


def state_label(attachment: Attachment) -> str:
    """What the scanner made of it, in the office's words."""
    return say(ATTACHMENT_WORKFLOW.labels[attachment.state].staff)


def state_tone(attachment: Attachment) -> str:
    """The tone the state is shown in."""
    return ATTACHMENT_WORKFLOW.labels[attachment.state].tone


def summary(attachment: Attachment) -> str:
    """Kind and size on one line, with what the uploader says of it."""
    words = f"{kind_text(attachment)} · {size_text(attachment.size)}"
    return f"{words} · {attachment.note}" if attachment.note else words
