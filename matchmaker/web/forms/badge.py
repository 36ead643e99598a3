"""The form that checks a badge."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from matchmaker.adapters.badge_signer import MAX_TOKEN
from matchmaker.web.forms.base import BaseForm, text


class CheckForm(BaseForm):
    """What somebody shows."""

    shown = text(
        _l("The badge"),
        InputRequired(_l("Paste a badge or its address.")),
        maximum=MAX_TOKEN,
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
