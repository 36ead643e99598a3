"""Two versions of a problem side by side: what differs, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matchmaker.assessment.intake import questions
from matchmaker.services.problem_revision import FIELD_LABELS, values_from
from matchmaker.services.problem_values import ProblemValues
from matchmaker.web.coaching import answer_text
from matchmaker.web.problem_words import in_words
from matchmaker.web.screening_words import field_label
from matchmaker.web.text_difference import Part, parts


@dataclass(frozen=True)
class Change:
    """One field that differs, as runs that stayed, went and came."""

    name: str
    label: str
    parts: list[Part]
    language: str = ""


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What differs between the contents of two revisions."""
    return between(values_from(old), values_from(new))


def between(old: ProblemValues, new: ProblemValues) -> list[Change]:
    """What differs between two sets of values, in reading order."""
    before, after = _texts(old), _texts(new)
    return [
        Change(
            name,
            field_label(name),
            parts(before.get(name, ""), after.get(name, "")),
            {"_zh": "zh-Hant-TW", "_en": "en"}.get(name[-3:], ""),
        )
        for name in dict.fromkeys([*before, *after])
        if before.get(name, "") != after.get(name, "")
    ]


def _texts(values: ProblemValues) -> dict[str, str]:
    """Every value in words, the answers to the guide each by itself."""
    found = {n: _said(n, getattr(values, n)) for n in FIELD_LABELS if n != "intake"}
    answers = {
        name: answer_text(name, values.intake[name])
        for name in questions()
        if name in values.intake
    }
    return found | answers


def _said(name: str, value: Any) -> str:
    if name == "requirements":
        value = tuple(sorted(value, key=lambda need: (-need.importance, need.competency)))
    return "" if value in (None, "", ()) else in_words(name, value)


def labels(names: list[str] | tuple[str, ...]) -> list[str]:
    """What each of *names* is called."""
    return [field_label(name) for name in names]
