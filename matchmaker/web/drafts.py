"""What a page does with a person's unsaved typing: put it back into the form, forget it once saved.

    typed = drafts.restore("team:3")                  # a GET
    form = TeamForm(formdata=typed, obj=team)         # None: the saved values show
    ... drafts.discard("team:3")                      # after a successful save

The template says so with ``restored_note(typed)`` of ``form_draft/_restored.html``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from matchmaker.services import form_draft
from matchmaker.web.resume import SECRETS
from matchmaker.web.transaction import context


class Typed(MultiDict[str, str]):
    """The fields of a form as last typed, with when and under which key they were kept."""

    def __init__(self, key: str, saved_at: datetime, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.key = key
        self.saved_at = saved_at


def restore(key: str) -> Typed | None:
    """What the reader typed into the form *key* without saving it, or None."""
    draft = form_draft.load(context(), key)
    return Typed(key, draft.saved_at, draft.values) if draft else None


def keep(key: str) -> datetime:
    """Keep the posted fields under *key*, without secrets and tokens; when that was."""
    typed = {name: values for name, values in request.form.lists() if name not in SECRETS}
    return form_draft.save(context(), key, typed).saved_at


def discard(key: str) -> None:
    """Forget the unsaved typing of the form *key*."""
    form_draft.discard(context(), key)
