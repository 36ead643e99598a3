"""Forms of decisions on applications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from matchmaker.models import (
    DECISION_OUTCOME_LABELS,
    DECLINE_CAUSE_LABELS,
    NEXT_STEP_LABELS,
    Decision,
    DecisionOutcome,
    DeclineCause,
    NextStep,
)
from matchmaker.services.decision import MAX_DAYS, MAX_REASON, MIN_DAYS, Choice
from matchmaker.web.forms.base import BaseForm, Version, choices_of, line, text
from matchmaker.web.i18n import say


def _pairs(labels: dict[Any, str], *first: tuple[str, str]) -> Any:
    def choices() -> Any:
        pairs: Iterable[tuple[str, str]] = (
            (key.value, say(label)) for key, label in labels.items()
        )
        return choices_of([*((value, str(label)) for value, label in first), *pairs])

    return choices


_NONE = ("", _l("– choose –"))


class DecisionForm(BaseForm):
    """What is decided of one application."""

    version = Version()
    outcome = RadioField(
        _l("Decision"),
        choices=_pairs(DECISION_OUTCOME_LABELS),
        validators=[InputRequired(_l("Please choose one."))],
    )
    turn = IntegerField(
        _l("Turn on the waiting list"),
        validators=[Optional(), NumberRange(1, 999, _l("A number from 1 to 999."))],
    )
    cause = SelectField(
        _l("Why the team is not selected"), choices=_pairs(DECLINE_CAUSE_LABELS, _NONE)
    )
    reason = text(_l("In your own words (the team reads this)"), maximum=MAX_REASON)
    next_step = SelectField(_l("Recommended next step"), choices=_pairs(NEXT_STEP_LABELS))

    def choice(self) -> Choice:
        """What was chosen."""
        return Choice(
            outcome=DecisionOutcome(self.outcome.data) if self.outcome.data else None,
            cause=DeclineCause(self.cause.data) if self.cause.data else None,
            reason=self.reason.data or "",
            next_step=NextStep(self.next_step.data),
            turn=self.turn.data,
        )


def filled(decision: Decision) -> DecisionForm:
    """The form as *decision* stands."""
    return DecisionForm(
        formdata=None,
        data={
            "version": decision.version,
            "outcome": decision.outcome.value if decision.outcome else None,
            "turn": decision.turn,
            "cause": decision.cause.value if decision.cause else "",
            "reason": decision.reason,
            "next_step": decision.next_step.value,
        },
    )


class RestForm(BaseForm):
    """What is decided of all that nothing is decided of."""

    cause = SelectField(
        _l("Why the teams are not selected"),
        choices=_pairs(DECLINE_CAUSE_LABELS, _NONE),
        validators=[InputRequired(_l("Please choose one."))],
    )
    next_step = SelectField(_l("Recommended next step"), choices=_pairs(NEXT_STEP_LABELS))

    def choice(self) -> Choice:
        """What was chosen."""
        cause, step = DeclineCause(self.cause.data), NextStep(self.next_step.data)
        return Choice(DecisionOutcome.DECLINE, cause, next_step=step)


class DaysForm(BaseForm):
    """How long teams have to answer an offer."""

    version = Version()
    answer_days = IntegerField(
        _l("Days to answer an offer"),
        validators=[
            InputRequired(_l("Please give a number of days.")),
            NumberRange(MIN_DAYS, MAX_DAYS, _l("Between 1 and 60 days.")),
        ],
    )


class AnnounceForm(BaseForm):
    """Announcing the round as it was shown."""

    version = Version()


class DropForm(BaseForm):
    """Why a round is given up."""

    reason = line(_l("Reason"), maximum=MAX_REASON)
