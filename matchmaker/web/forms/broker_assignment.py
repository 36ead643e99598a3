"""The forms about people at a problem: its broker, and another contact at the owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from matchmaker.queries.broker_assignment import Candidate
from matchmaker.web.forms.base import BaseForm, Version, choices_of, line, row_id, text
from matchmaker.web.forms.problem import DecisionForm


class BrokerForm(BaseForm):
    """Who coaches the owner, each with what they have in hand."""

    broker_id = SelectField(_l("Broker"), coerce=row_id, validate_choice=False)
    version = Version()

    def offer(self, people: Sequence[Candidate], version: int) -> None:
        """Let the officer choose among *people* who may be the broker."""
        self.broker_id.choices = choices_of(
            (c.person.id, _("%(name)s (in hand: %(load)s)", name=c.person.name, load=c.load))
            for c in people
            if c.reason is None
        )
        self.barred = [c for c in people if c.reason is not None]
        if not self.version.data:
            self.version.data = version


class ReleaseForm(BaseForm):
    """Let a broker go."""

    version = Version()
    reason = line(_l("Reason"), maximum=500)


class ContactForm(DecisionForm):
    """Somebody else to write to."""

    name = line(_l("Contact person"), maximum=120)
    email = line(_l("Contact's e-mail address"), maximum=254)
    reason = text(_l("How you know that this person speaks for the owner"))

    def arguments(self) -> dict[str, Any]:
        return {
            "name": self["name"].data or "",
            "email": self.email.data or "",
            "reason": self.reason.data or "",
        }
