"""Forms about referrals."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from matchmaker.models import Organization
from matchmaker.services.referral import MAX_MESSAGE, Addressee
from matchmaker.web.forms.account import MAX_EMAIL
from matchmaker.web.forms.base import BaseForm, choices_of, line, number_or_none, text
from matchmaker.web.i18n import current_language


class ReferForm(BaseForm):
    """Whom an association refers: chosen from a list, or known by address or number."""

    organization_id = RadioField(_l("Enterprise"), choices=[], validate_choice=False)
    email = line(
        _l("E-mail address"),
        maximum=MAX_EMAIL,
        render_kw={"type": "email", "autocomplete": "off", "inputmode": "email"},
    )
    registration_number = line(
        _l("Registration number"), maximum=20, render_kw={"inputmode": "numeric"}
    )
    message = text(_l("A word from you"), maximum=MAX_MESSAGE)

    def offer(self, organizations: Iterable[Organization]) -> None:
        """Let one of the enterprises found be chosen."""
        language = current_language()
        pairs = [(str(one.id), one.name(language)) for one in organizations]
        self.organization_id.choices = choices_of(pairs)

    def addressee(self) -> Addressee:
        """Whom the form names."""
        return Addressee(
            organization_id=number_or_none(self.organization_id.data),
            email=self.email.data or "",
            registration_number=self.registration_number.data or "",
        )


class AnswerForm(BaseForm):
    """For which organization a lead answers."""

    organization_id = RadioField(_l("Organization"), choices=[], validate_choice=False)

    def offer(self, organizations: Iterable[Organization]) -> None:
        """Let one of the organizations the reader leads be chosen; the only one at once."""
        found = list(organizations)
        language = current_language()
        self.organization_id.choices = choices_of((str(o.id), o.name(language)) for o in found)
        if self.organization_id.data is None and found:
            self.organization_id.data = str(found[0].id)

    @property
    def chosen(self) -> int | None:
        return number_or_none(self.organization_id.data)
