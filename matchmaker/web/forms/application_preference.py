"""The form by which an owner says how gladly it would work with a team."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields import SelectChoice

from matchmaker.models import PREFERENCE_LABELS, ApplicationPreference
from matchmaker.services.application_preference import MAX_WORDS
from matchmaker.web.forms.base import BaseForm, Version, text
from matchmaker.web.i18n import say


class PreferenceForm(BaseForm):
    """How gladly, and why."""

    preference = RadioField(_l("Would you like to work with this team?"), validate_choice=False)
    words = text(_l("Why"), maximum=MAX_WORDS)
    version = Version()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.preference.choices = [
            SelectChoice(key.value, say(label)) for key, label in PREFERENCE_LABELS.items()
        ]


def preference_form(row: ApplicationPreference | None, **options: Any) -> PreferenceForm:
    """The form, begun with what the owner has said."""
    data: dict[str, Any] = {"version": 0}
    if row is not None:
        data = {
            "preference": row.preference.value,
            "words": row.words,
            "version": row.version,
        }
    return PreferenceForm(data=data, **options)
