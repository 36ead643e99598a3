"""Forms of the office about the review of a call: how many readers, by when, who, by what rubric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields import SelectChoice

from matchmaker.assessment.review_rubric import MAX_ANCHOR, MAX_LABEL
from matchmaker.errors import InvalidInput
from matchmaker.queries.review_candidate import ReaderCandidate
from matchmaker.services.review_round import MAX_NOTE, RoundValues
from matchmaker.web.forms.base import (
    BaseForm,
    LocalMoment,
    Version,
    WholeNumber,
    line,
    number_or_none,
    text,
)
from matchmaker.web.review_words import candidate_label

ANCHORS = ("0", "2", "4")
LANGUAGES = ("zh", "en")


class RoundForm(BaseForm):
    """How many read each application, and by when."""

    readers = WholeNumber(_l("Readers for each application"))
    totals_apart = WholeNumber(_l("Totals this far apart call for one more reader"))
    due_at = LocalMoment(_l("Reviews are due"))
    version = Version()

    def values(self) -> RoundValues:
        """What was typed, as the service takes it."""
        return RoundValues(
            readers=self.readers.data,
            totals_apart=self.totals_apart.data,
            due_at=self.due_at.data,
        )


class ReaderForm(BaseForm):
    """Somebody to read an application."""

    user_id = RadioField(_l("Reader"), validate_choice=False)

    def offer(self, found: Sequence[ReaderCandidate]) -> None:
        """Offer those who may be asked, the best fit first."""
        self.user_id.choices = [
            SelectChoice(str(one.user.id), candidate_label(one))
            for one in found
            if one.why_not is None
        ]

    @property
    def person(self) -> int:
        """Who was chosen; 0 if nobody."""
        return number_or_none(self.user_id.data) or 0


class RubricForm(BaseForm):
    """Why the rubric changes; the fields of the criteria are made by `rubric_form`."""

    note = text(_l("Why it changes"), maximum=MAX_NOTE)
    seen = Version()
    #: The criteria that have fields.
    criteria: tuple[str, ...] = ()

    def content(self) -> dict[str, Any]:
        """What was typed, as plain data; a criterion without a name and weight is left out."""
        rows = [self._row(name) for name in self.criteria]
        return {"criteria": [row for row in rows if row["zh"] or row["en"] or row["weight"]]}

    def _row(self, name: str) -> dict[str, Any]:
        def typed(field: str) -> str:
            return self[f"{name}-{field}"].data or ""

        return {
            "id": name,
            "weight": self[f"{name}-weight"].data or 0,
            **{language: typed(language) for language in LANGUAGES},
            "anchors": {
                points: {language: typed(f"{points}-{language}") for language in LANGUAGES}
                for points in ANCHORS
            },
        }

    def show_faults(self, error: InvalidInput) -> None:
        """Put the faults of a rubric beside the fields they are about."""
        named = {path.replace(".", "-"): messages for path, messages in error.fields.items()}
        self.show_refusal(InvalidInput(error.message.text, fields=named, **error.message.params))


def rubric_form(content: Mapping[str, Any], spare: int = 1, **options: Any) -> RubricForm:
    """A form filled with *content*, and with room for *spare* further criteria."""
    rows = list(content["criteria"])
    names = [row["id"] for row in rows]
    numbers = (n for n in range(1, 100) if f"RV{n}" not in names)
    blank = [f"RV{next(numbers)}" for _n in range(spare)]
    fields: dict[str, Any] = {"criteria": (*names, *blank)}
    data: dict[str, Any] = {}
    for name in fields["criteria"]:
        fields[f"{name}-weight"] = WholeNumber(_l("Weight"))
        for language in LANGUAGES:
            fields[f"{name}-{language}"] = line(_name(language), maximum=MAX_LABEL)
            for points in ANCHORS:
                fields[f"{name}-{points}-{language}"] = text(
                    _anchor(points, language), maximum=MAX_ANCHOR
                )
    for row in rows:
        data |= _data(row)
    form: RubricForm = type("RubricFormOfCall", (RubricForm,), fields)(data=data, **options)
    return form


def _data(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["id"]
    found = {f"{name}-weight": row["weight"], f"{name}-zh": row["zh"], f"{name}-en": row["en"]}
    for points, words in row["anchors"].items():
        found |= {f"{name}-{points}-{language}": words[language] for language in LANGUAGES}
    return found


def _name(language: str) -> str:
    return str(_("Name in Chinese") if language == "zh" else _("Name in English"))


def _anchor(points: str, language: str) -> str:
    if language == "zh":
        return str(_("%(n)s points look like this, in Chinese", n=points))
    return str(_("%(n)s points look like this, in English", n=points))
