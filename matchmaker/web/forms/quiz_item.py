"""Forms of the questions of the check: one question, a decision, a file of many."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, RadioField, StringField

from matchmaker.competency import load_taxonomy
from matchmaker.models import QuizItem
from matchmaker.services import quiz_item as service
from matchmaker.services.quiz_item import ItemValues
from matchmaker.web import evidence_words
from matchmaker.web.forms.base import (
    BaseForm,
    Version,
    choice,
    choices_of,
    line,
    number_or_none,
    text,
)
from matchmaker.web.i18n import current_language

LANGUAGES = ("zh", "en")
PLACES = tuple(range(1, service.MOST_OPTIONS + 1))


def competency_choices() -> list[tuple[str, str]]:
    """Every competency, and none chosen."""
    known, language = load_taxonomy(), current_language()
    named = [
        (item.id, f"{item.label(language)} ({item.id})") for item in known.competencies.values()
    ]
    return [("", "–"), *named]


def level_choices() -> list[tuple[str, str]]:
    """The levels that a question can tell."""
    return [(str(level), evidence_words.level_name(level)) for level in range(1, 5)]


def _option(language: str) -> StringField:
    label = _l("Answer in Chinese") if language == "zh" else _l("Answer in English")
    return line(label, maximum=service.MAX_OPTION)


class ItemForm(BaseForm):
    """One question in both languages."""

    version = Version()
    competency = choice(_l("Competency"), competency_choices, validate_choice=False, default="")
    level = choice(_l("Level"), level_choices, validate_choice=False, default="2")
    stem_zh = text(_l("Question in Chinese"), maximum=service.MAX_STEM)
    stem_en = text(_l("Question in English"), maximum=service.MAX_STEM)
    rationale_zh = text(_l("Why it is best, in Chinese"), maximum=service.MAX_RATIONALE)
    rationale_en = text(_l("Why it is best, in English"), maximum=service.MAX_RATIONALE)
    key = RadioField(
        _l("Best answer"),
        choices=choices_of((str(place), str(place)) for place in PLACES),
        default="1",
    )
    option_1_zh, option_1_en = _option("zh"), _option("en")
    option_2_zh, option_2_en = _option("zh"), _option("en")
    option_3_zh, option_3_en = _option("zh"), _option("en")
    option_4_zh, option_4_en = _option("zh"), _option("en")
    option_5_zh, option_5_en = _option("zh"), _option("en")

    def option(self, place: int, language: str) -> Any:
        """The field of one answer."""
        return self[f"option_{place}_{language}"]

    def values(self) -> ItemValues:
        """What was typed, as the service takes it; answers without any text are left out."""
        rows = [
            (p, self.option(p, "en").data or "", self.option(p, "zh").data or "") for p in PLACES
        ]
        given = [row for row in rows if row[1] or row[2]]
        key = number_or_none(self.key.data) or 0
        places = [row[0] for row in given]
        return ItemValues(
            competency=self.competency.data or "",
            level=number_or_none(self.level.data) or 0,
            stem_en=self.stem_en.data or "",
            stem_zh=self.stem_zh.data or "",
            options=tuple((en, zh) for _place, en, zh in given),
            key=places.index(key) if key in places else -1,
            rationale_en=self.rationale_en.data or "",
            rationale_zh=self.rationale_zh.data or "",
        )


def saved(row: QuizItem) -> dict[str, Any]:
    """A stored question as the form has it."""
    names = ("version", "competency", "stem_zh", "stem_en", "rationale_zh", "rationale_en")
    found: dict[str, Any] = {name: getattr(row, name) for name in names}
    for place, option in enumerate(row.options, start=1):
        found |= {f"option_{place}_{language}": option[language] for language in LANGUAGES}
    return found | {"level": str(row.level), "key": str(row.key + 1)}


class DecisionForm(BaseForm):
    """A decision about one question, with the reason where one is needed."""

    version = Version()
    reason = line(_l("Reason"), maximum=service.MAX_REASON)
    is_wrong = BooleanField(_l("The question was wrong: none of its answers counts any longer"))


class ImportForm(BaseForm):
    """A file of questions."""

    file = FileField(_l("File"))
