"""Forms of files: attaching one, taking one away."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField

from matchmaker.models import ATTACHMENT_ACCESS_LABELS, AttachmentAccess
from matchmaker.services.attachment import MAX_NOTE, MAX_REASON
from matchmaker.web.forms.base import BaseForm, choices_of, line
from matchmaker.web.i18n import say


def _accesses() -> list[object]:
    return choices_of((item.value, say(label)) for item, label in ATTACHMENT_ACCESS_LABELS.items())


class AttachmentForm(BaseForm):
    """One file: what it shows comes before it, so that the words survive a file that is too large."""

    access = RadioField(
        _l("Who may open it"), choices=_accesses, default=AttachmentAccess.DATA_ROOM.value
    )
    note = line(_l("What it shows"), maximum=MAX_NOTE)
    file = FileField(_l("File"))


class RemovalForm(BaseForm):
    """Why a file goes."""

    reason = line(_l("Reason"), maximum=MAX_REASON)
