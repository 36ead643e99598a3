"""Forms of the office about a panel: who sits in it, how its discussion ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields import SelectChoice

from matchmaker.models import Seat
from matchmaker.queries.grading_panel import Candidate
from matchmaker.services.reasons import MAX_REASON
from matchmaker.web.forms.base import BaseForm, Version, choices_of, number_or_none, text
from matchmaker.web.grading_words import candidate_label


class SettleForm(BaseForm):
    """How the discussion ended."""

    words = text(_l("How the discussion ended"), maximum=MAX_REASON)
    version = Version()


class PanelForm(BaseForm):
    """A reviewer for each seat."""

    ai = RadioField(_l("AI reviewer"), validate_choice=False)
    sector = RadioField(_l("Sector reviewer"), validate_choice=False)

    @property
    def people(self) -> dict[Seat, int]:
        """Who was chosen for which seat; 0 if nobody."""
        chosen = {Seat.AI: self.ai.data, Seat.SECTOR: self.sector.data}
        return {seat: number_or_none(value) or 0 for seat, value in chosen.items()}


class AssignForm(BaseForm):
    """Somebody for a seat that fell vacant."""

    user_id = RadioField(_l("Reviewer"), validate_choice=False)
    seat = RadioField(
        _l("Seat"), choices=choices_of((s.value, s.value) for s in Seat), validate_choice=False
    )

    @property
    def person(self) -> int:
        """Who was chosen; 0 if nobody."""
        return number_or_none(self.user_id.data) or 0


def offer(field: Any, found: Sequence[Candidate]) -> None:
    """Let *field* offer those who may be asked, the best fit first."""
    field.choices = [
        SelectChoice(str(one.user.id), candidate_label(one)) for one in found if one.why_not is None
    ]
