"""Forms about work under way: its people, its kick-off, its dates, its stages and its end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from matchmaker.models import (
    CAUSE_LABELS,
    CAUSE_SIDE_LABELS,
    CAUSES_OF,
    STAGE_OUTCOME_LABELS,
    Cause,
    StageOutcome,
    User,
)
from matchmaker.services.engagement import MAX_NOTE
from matchmaker.services.reasons import MAX_REASON
from matchmaker.web.forms.base import (
    BaseForm,
    Version,
    WholeNumber,
    choices_of,
    line,
    number_or_none,
    text,
)
from matchmaker.web.i18n import say

_NONE = ("", _l("– choose –"))


def cause_choices() -> list[SelectChoice]:
    """Every cause under the side on which it lies."""
    found = choices_of([_NONE])
    for side, causes in CAUSES_OF.items():
        group = say(CAUSE_SIDE_LABELS[side])
        found += [
            SelectChoice(cause.value, say(CAUSE_LABELS[cause]), optgroup=group) for cause in causes
        ]
    return found


def cause_field(label: Any) -> SelectField:
    """A choice of causes; which ones are needed, the service says."""
    return SelectField(label, choices=cause_choices, default="")


def _cause(field: SelectField) -> Cause | None:
    return Cause(field.data) if field.data else None


class PersonForm(BaseForm):
    """Somebody chosen from those who can be."""

    version = Version()
    person_id = SelectField(_l("Person"), choices=[])

    def offer(self, people: Iterable[User], nobody: str) -> None:
        """Let *people* be chosen, or nobody."""
        self.person_id.choices = choices_of(
            [("", nobody), *((str(person.id), person.name) for person in people)]
        )

    @property
    def chosen(self) -> int | None:
        return number_or_none(self.person_id.data)


class DataForm(BaseForm):
    """What the owner adds when the team has access to the data."""

    note = line(_l("Where and how (optional)"), maximum=MAX_NOTE)


class VersionForm(BaseForm):
    """A decision on what was shown."""

    version = Version()


class ReasonForm(BaseForm):
    """A decision with its reason."""

    version = Version()
    reason = text(_l("Reason"), maximum=MAX_REASON)


class ExtendForm(BaseForm):
    """By how much every date moves, and why."""

    version = Version()
    days = WholeNumber(_l("Days to add"))
    cause = cause_field(_l("Cause"))
    reason = text(_l("Reason (both sides read it)"), maximum=MAX_REASON)

    @property
    def chosen_cause(self) -> Cause | None:
        return _cause(self.cause)


class StopForm(BaseForm):
    """Why work stops early."""

    version = Version()
    cause = cause_field(_l("Cause"))
    reason = text(_l("Reason (both sides read it)"), maximum=MAX_REASON)
    free_place = BooleanField(_l("Offer the place to the next team in line"))

    @property
    def chosen_cause(self) -> Cause | None:
        return _cause(self.cause)


class AnswerForm(BaseForm):
    """What the office says to a request to stop."""

    version = Version()
    answer = RadioField(
        _l("Decision"),
        choices=lambda: choices_of(
            [("stop", _("Stop as asked")), ("go_on", _("Let the work go on"))]
        ),
        validators=[InputRequired(_l("Please choose one."))],
    )
    reason = text(_l("Reason (both sides read it)"), maximum=MAX_REASON)
    free_place = BooleanField(_l("Offer the place to the next team in line"))


def _outcomes() -> list[SelectChoice]:
    return choices_of([(key.value, say(label)) for key, label in STAGE_OUTCOME_LABELS.items()])


class ProposeForm(BaseForm):
    """Go on or stop after a stage."""

    version = Version()
    outcome = RadioField(
        _l("Proposal"),
        choices=_outcomes,
        validators=[InputRequired(_l("Please choose one."))],
    )
    cause = cause_field(_l("Cause, if the work is to stop"))
    reason = text(_l("Reason (both sides read it)"), maximum=MAX_REASON)

    @property
    def chosen_cause(self) -> Cause | None:
        return _cause(self.cause)

    @property
    def chosen_outcome(self) -> StageOutcome | None:
        return StageOutcome(self.outcome.data) if self.outcome.data else None
