"""The form of one ladder."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import Optional, Regexp

from matchmaker.queries.waiting import Terms
from matchmaker.services.waiting_ladder import MAX_WITHIN, PARTS
from matchmaker.web.forms.base import BaseForm, Version, WholeNumber, line
from matchmaker.web.waiting_words import days_text

_NUMBERS = Regexp(
    r"^[\d\s,，、;；]*$", message=_l("Write numbers of days with commas between them.")
)


def _days(label: str) -> Any:
    return line(label, Optional(), _NUMBERS, maximum=60)


class LadderForm(BaseForm):
    version = Version()
    is_on = BooleanField(_l("People are reminded"))
    before = _days(_l("Days before it is due"))
    after = _days(_l("Days after it was due"))
    leads = _days(_l("Days after it was due, to the leads"))
    office = _days(_l("Days after it was due, to the programme office"))
    within = WholeNumber(_l("Days it may take"), validators=[Optional()])

    def days(self) -> dict[str, list[int]]:
        """What was typed, as the service takes it."""
        return {part: _numbers(self[part].data or "") for part in PARTS}


def _numbers(typed: str) -> list[int]:
    for mark in ",，、;；":
        typed = typed.replace(mark, " ")
    return [min(int(number), MAX_WITHIN * 10) for number in typed.split()]


def ladder_form(terms: Terms) -> LadderForm:
    """The form with what was typed, else with what counts now."""
    values: dict[str, Any] = {part: days_text(getattr(terms.ladder, part)) for part in PARTS}
    is_on, within = terms.is_on, terms.within
    return LadderForm(data={**values, "is_on": is_on, "within": within, "version": terms.version})
