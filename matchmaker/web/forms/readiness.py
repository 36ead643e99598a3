"""One page of the readiness check: a question a field, made from the rubric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField

from matchmaker.assessment.rubric import Item
from matchmaker.services.readiness import HIGHEST, MAX_NOTE
from matchmaker.web.forms.base import BaseForm, Version, choices_of, text
from matchmaker.web.i18n import current_language

DONT_KNOW = "unknown"
CODES = (*map(str, range(HIGHEST + 1)), DONT_KNOW)


class PageForm(BaseForm):
    """The hidden part of every page; `page_form` adds the questions."""

    version = Version()
    leave = HiddenField()

    def answers(self) -> dict[str, int | None]:
        """What was chosen; a value that no honest form sends counts as not chosen."""
        chosen = {field.name: field.data for field in self.questions() if field.data in CODES}
        return {name: None if code == DONT_KNOW else int(code) for name, code in chosen.items()}

    def questions(self) -> list[RadioField]:
        """The fields that are questions."""
        return [field for field in self if isinstance(field, RadioField)]

    def mark_missing(self) -> None:
        """Say beside each question without an answer that it lacks one."""
        for field in self.questions():
            if field.data not in CODES:
                field.errors = [_("Choose an answer. “I don't know” is an answer too.")]


def page_form(items: Sequence[Item], saved: Mapping[str, int | None], version: int) -> PageForm:
    """The form with what was chosen, else with what is saved."""
    fields = {item.id: _question(item) for item in items}
    form: PageForm = type("Page", (PageForm,), fields)(data={**_codes(saved), "version": version})
    return form


def _question(item: Item) -> RadioField:
    language = current_language()
    choices = [(str(score), answer.label(language)) for score, answer in enumerate(item.answers)]
    return RadioField(
        item.label(language),
        choices=choices_of([*choices, (DONT_KNOW, _("I don't know"))]),
        validate_choice=False,
    )


def _codes(saved: Mapping[str, int | None]) -> dict[str, str]:
    return {name: DONT_KNOW if score is None else str(score) for name, score in saved.items()}


class VerifyForm(BaseForm):
    """What an officer saw on a visit."""

    reason = text(_l("What you saw on the visit"), maximum=MAX_NOTE)
