"""Forms of a data room: its terms, accepting them, admitting people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import DataRequired

from matchmaker.services.data_terms import MAX_NAME, MAX_NOTE, MAX_TERMS
from matchmaker.web.forms.base import BaseForm, Version, WholeNumber, line, text


class TermsForm(BaseForm):
    """A version of the terms; the number is that of the version it was written over."""

    number = Version()
    text_zh = text(_l("Terms of the data room"), maximum=MAX_TERMS)
    text_en = text(_l("Terms of the data room"), maximum=MAX_TERMS)
    valid_days = WholeNumber(_l("An acceptance holds for (days)"), default=180)
    note = line(_l("What changed"), maximum=MAX_NOTE)


class AcceptForm(BaseForm):
    """A person's word to keep the terms they have before them."""

    number = Version()
    agreed = BooleanField(
        _l("I have read these terms and will keep them"),
        validators=[
            DataRequired(_l("Tick the box if you accept; otherwise just leave this page."))
        ],
    )


class AdmissionForm(BaseForm):
    """Somebody the owner admits."""

    name = line(_l("Name"), maximum=MAX_NAME)
    email = line(_l("E-mail address of the account"), maximum=254)


class RevocationForm(BaseForm):
    """Why an acceptance ends."""

    reason = line(_l("Reason"), maximum=MAX_NOTE)
