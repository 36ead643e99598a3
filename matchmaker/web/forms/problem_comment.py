"""The form of a comment beside a field."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from matchmaker.web.forms.base import BaseForm, number_or_none, text


class CommentForm(BaseForm):
    """What to say, beside which field, in answer to which thread."""

    field = HiddenField()
    thread_id = HiddenField()
    body = text(_l("Comment"), maximum=4_000)

    @property
    def thread(self) -> int | None:
        """The thread this answers; none if it begins one."""
        return number_or_none(self.thread_id.data)
