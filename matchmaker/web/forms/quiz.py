"""The form of one question of a check."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField

from matchmaker.models import QuizAnswer
from matchmaker.web.forms.base import BaseForm, choices_of, number_or_none
from matchmaker.web.i18n import current_language


class StartForm(BaseForm):
    """A button that begins a check."""


class AnswerForm(BaseForm):
    """Which question is answered, and with what: the places on the page, not those of the bank."""

    place = HiddenField()
    chosen = RadioField(_l("Your answer"), choices=[], validate_choice=False)

    @property
    def question(self) -> int:
        """The place of the question in the check; 0, which none has, if it makes no sense."""
        return number_or_none(self.place.data) or 0

    @property
    def choice(self) -> int | None:
        """The place of the chosen answer on the page, if one was chosen."""
        return number_or_none(self.chosen.data)


def answer_form(row: QuizAnswer) -> AnswerForm:
    """The form of a question that waits for its answer, its options in the order kept for it."""
    form = AnswerForm(formdata=None, data={"place": str(row.place)})
    options = [row.item.options[position][current_language()] for position in row.order]
    form.chosen.choices = choices_of((str(place), text) for place, text in enumerate(options))
    form.chosen.label.text = _("Your answer")
    return form
