"""The form that asks what became of work: one field for each question of the library."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, FloatField, RadioField
from wtforms.validators import Optional

from matchmaker.assessment.outcomes import MAX_TEXT, QUESTIONS, Kind, Question
from matchmaker.i18n import N_
from matchmaker.web.forms.base import BaseForm, Version, WholeNumber, text
from matchmaker.web.i18n import say

UNKNOWN = N_("I do not know")


class Amount(WholeNumber):
    """Money or a count: up to what the library takes."""

    digits = 12


def _field(question: Question) -> Any:
    label = _l(question.label)
    if question.kind is Kind.CHOICE:
        return RadioField(
            label,
            choices=lambda: [
                *((key, say(words)) for key, words in question.options.items()),
                ("", say(UNKNOWN)),
            ],
            default="",
            validators=[Optional()],
        )
    if question.kind is Kind.TEXT:
        return text(label, maximum=MAX_TEXT)
    if question.kind is Kind.FIGURE:
        return FloatField(label, validators=[Optional()])
    return Amount(label, validators=[Optional()])


class OutcomeForm(BaseForm):
    """What became of the work, as one side sees it."""

    version = Version()

    @property
    def answers(self) -> dict[str, Any]:
        """What was said, by question."""
        return {question.key: self[question.key].data for question in QUESTIONS}

    @property
    def asked(self) -> list[tuple[Question, Field]]:
        """The questions with their fields."""
        return [(question, self[question.key]) for question in QUESTIONS]


for _question in QUESTIONS:
    setattr(OutcomeForm, _question.key, _field(_question))
