"""The form of what people declare for statistics."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from matchmaker.models import DECLARED_GENDER_LABELS
from matchmaker.web.forms.base import BaseForm, choices_of
from matchmaker.web.i18n import say


class GenderForm(BaseForm):
    """One's gender, or nothing."""

    gender = RadioField(
        _l("Gender"),
        choices=lambda: choices_of(
            [
                ("", _("I say nothing")),
                *((kind.value, say(label)) for kind, label in DECLARED_GENDER_LABELS.items()),
            ]
        ),
        validate_choice=False,
    )
