"""Forms of the learning catalogue: one entry, why it changes, a file of many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, FieldList, FileField, FormField
from wtforms.validators import DataRequired, Optional

from matchmaker.competency import load_taxonomy
from matchmaker.competency.learning import themes
from matchmaker.models import RESOURCE_FORMAT_LABELS, RESOURCE_PHASE_LABELS, LearningResource
from matchmaker.reference import REGIONS
from matchmaker.services import learning_resource as service
from matchmaker.services.learning_resource import ResourceValues
from matchmaker.web.forms.base import (
    BaseForm,
    Version,
    WholeNumber,
    choice,
    choices_of,
    line,
    number_or_none,
    text,
)
from matchmaker.web.forms.team import Checkboxes, Levels
from matchmaker.web.i18n import current_language, say

SPARE_ROWS = 2
MAX_ROWS = 30


def theme_choices() -> list[tuple[str, str]]:
    """The six themes."""
    return [(key, row[current_language()]) for key, row in themes().items()]


def format_choices() -> list[tuple[str, str]]:
    """How one learns."""
    return [(kind.value, say(label)) for kind, label in RESOURCE_FORMAT_LABELS.items()]


def phase_choices() -> list[tuple[str, str]]:
    """When it fits best."""
    return [(phase.value, say(label)) for phase, label in RESOURCE_PHASE_LABELS.items()]


def region_choices() -> list[tuple[str, str]]:
    """Where it is held; the first is nowhere in particular."""
    return [("", say("–")), *((region.code, say(region.label)) for region in REGIONS.values())]


def competency_choices() -> list[tuple[str, str]]:
    """Everything of the framework that can be taught, and no row chosen."""
    known, language = load_taxonomy(), current_language()
    named = [(item.id, item.label(language)) for item in known.competencies.values()]
    sectors = [(item.id, item.label(language)) for item in known.sectors.values()]
    return [("", "–"), *named, *sectors]


def level_choices() -> list[tuple[str, str]]:
    """The levels of the scale."""
    return [
        (str(step.level), f"{step.level} {step.label(current_language())}")
        for step in load_taxonomy().levels
    ]


def language_choices() -> list[tuple[str, str]]:
    """The languages an entry is held in."""
    return [("zh", "中文"), ("en", "English")]


class TeachesForm(BaseForm):
    """One competency with the levels an entry leads between."""

    class Meta(BaseForm.Meta):
        csrf = False

    competency = choice(_l("Competency"), competency_choices, validate_choice=False, default="")
    start = choice(_l("From level"), level_choices, validate_choice=False, default="0")
    to = choice(_l("To level"), level_choices, validate_choice=False, default="2")


class ResourceForm(BaseForm):
    """One entry of the catalogue."""

    code = line(_l("Code"), maximum=40)
    theme = choice(_l("Theme"), theme_choices, validate_choice=False)
    title_zh = line(_l("Title in Chinese"))
    title_en = line(_l("Title in English"))
    summary_zh = text(_l("What one does and takes along, in Chinese"), maximum=service.MAX_SUMMARY)
    summary_en = text(_l("What one does and takes along, in English"), maximum=service.MAX_SUMMARY)
    teaches = FieldList(FormField(TeachesForm), label=_l("What it teaches"), max_entries=MAX_ROWS)
    hours = DecimalField(_l("Hours"), [Optional()], places=None)
    format = choice(_l("How one learns"), format_choices, validate_choice=False)
    phase = choice(_l("When it fits best"), phase_choices, validate_choice=False)
    is_assessed = BooleanField(_l("Something is handed in and assessed"), default=True)
    assessment_zh = line(_l("What is handed in, in Chinese"))
    assessment_en = line(_l("What is handed in, in English"))
    languages = Checkboxes(
        _l("Language"), choices=lambda: choices_of(language_choices()), validate_choice=False
    )
    provider_zh = line(_l("Provider, in Chinese"), maximum=service.MAX_PROVIDER)
    provider_en = line(_l("Provider, in English"), maximum=service.MAX_PROVIDER)
    cost = WholeNumber(_l("Cost in New Taiwan dollars"), [Optional()], default=0)
    is_online = BooleanField(_l("One can take part online"), default=True)
    region = choice(_l("Region"), region_choices, validate_choice=False)
    url = line(_l("Where to register or read more"), maximum=service.MAX_URL)
    reason = line(_l("Reason for the change"), maximum=service.MAX_REASON)
    version = Version()

    def add_rows(self) -> None:
        """Offer empty rows, for readers without scripts."""
        blank = sum(not row.form.competency.data for row in self.teaches)
        for _number in range(min(MAX_ROWS - len(self.teaches), max(0, SPARE_ROWS - blank))):
            self.teaches.append_entry()

    def values(self) -> ResourceValues:
        """What was typed, as the service takes it; what is no number is out of range there."""
        plain: dict[str, Any] = {
            name: getattr(self, name).data or ""
            for name in service.NAMES
            if name not in ("teaches", "hours", "languages", "cost")
        }
        return ResourceValues(
            **plain | {"is_online": self.is_online.data, "is_assessed": self.is_assessed.data},
            teaches=tuple(_row(entry.form) for entry in self.teaches if entry.form.competency.data),
            hours=float(self.hours.data) if self.hours.data is not None else 0.0,
            languages=tuple(self.languages.data or ()),
            cost=-1 if self.cost.data is None else self.cost.data,
        )


def _row(form: TeachesForm) -> Mapping[str, Any]:
    start, to = number_or_none(form.start.data), number_or_none(form.to.data)
    return {
        "competency": form.competency.data,
        "from": -1 if start is None else start,
        "to": -1 if to is None else to,
    }


def saved(row: LearningResource) -> dict[str, Any]:
    """An entry as the form's starting data."""
    values = service.values_of(row)
    found: dict[str, Any] = {name: getattr(values, name) for name in service.NAMES}
    teaches = [
        {"competency": part["competency"], "start": str(part["from"]), "to": str(part["to"])}
        for part in row.teaches
    ]
    found |= {"teaches": teaches, "region": row.region or "", "languages": list(row.languages)}
    return found | {"code": row.code, "version": row.version, "hours": f"{row.hours:g}"}


class HoldForm(BaseForm):
    """Why an entry is held no more, or again."""

    reason = line(_l("Reason"), maximum=service.MAX_REASON)
    version = Version()


class ImportForm(BaseForm):
    """A file of entries."""

    file = FileField(_l("File"))


class HandInForm(BaseForm):
    """What a person hands in."""

    url = line(_l("Where your work can be seen"), maximum=500)
    note = text(_l("What you made, and what you learnt by it"), maximum=4000)
    version = Version()


class AssessForm(BaseForm):
    """What an assessor says of it; the levels are drawn by the template, one group each."""

    levels = Levels()
    reason = text(
        _l("What the work shows, in two lines"),
        DataRequired(_l("Say why: the person reads it.")),
        maximum=600,
    )
    score = WholeNumber(_l("Points of 100"), [Optional()])
    version = Version()
