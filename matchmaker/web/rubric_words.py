"""What the parts of a rubric are called, and what a rubric says, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from matchmaker.assessment.intake import questions
from matchmaker.assessment.rubric_edit import Change, Part, parts
from matchmaker.i18n import N_, Message
from matchmaker.web.i18n import current_language, say

KINDS = {
    "screening": N_("Screening"),
    "grading": N_("Grading"),
    "readiness": N_("Readiness check"),
}
PURPOSES = {
    "screening": N_("Is the problem worth posting? Seven criteria, gates and two cut points."),
    "grading": N_("How hard is the problem? Seven criteria, four grades, awards and calendars."),
    "readiness": N_("How far is the enterprise? Twenty questions on five sides, four stages."),
}
GROUPS = {
    "criteria": N_("Criteria"),
    "gates": N_("Gates"),
    "grades": N_("Grades"),
    "floors": N_("Floors: grades a problem has at least"),
    "value_classes": N_("Value classes"),
    "dimensions": N_("Sides"),
    "items": N_("Questions"),
    "stages": N_("Stages"),
    "": N_("Cut points"),
}
NAMES = {
    "zh": N_("Chinese"),
    "en": N_("English"),
    "weight": N_("Weight"),
    "assumed": N_("Points taken where nothing is said"),
    "minimum": N_("Lower bound"),
    "factor": N_("Factor"),
    "grade": N_("Grade"),
    "level": N_("Competency level"),
    "list_from": N_("List from score"),
    "coach_from": N_("Coach from score"),
    "coaching_rounds": N_("Rounds of coaching"),
    "cap": N_("Highest grade that fits"),
    "supported_cap": N_("Highest grade with the programme's support"),
    "provides": N_("The owner provides"),
    "award": N_("Award in words"),
    "audience": N_("Suits"),
    "advice": N_("Advice"),
    "PoC": N_("Share at PoC, per cent"),
    "PoS": N_("Share at PoS, per cent"),
    "PoB": N_("Share at PoB, per cent"),
}
PAIRS = {
    "weeks": (N_("Shortest calendar (weeks)"), N_("Longest calendar (weeks)")),
    "amount": (N_("Smallest award (NT$)"), N_("Largest award (NT$)")),
}
_NUMBERED = {
    "anchors": N_("%(points)s points, %(language)s"),
    "answers": N_("Answer %(points)s, %(language)s"),
}


@dataclass(frozen=True)
class Group:
    """Parts that belong together: a criterion, a grade, a question."""

    title: str
    heading: str
    parts: tuple[Part, ...]


def groups(data: Mapping[str, Any], *, words: bool) -> list[Group]:
    """The texts of a rubric, or its numbers and grades, put together by what they are about."""
    together: dict[tuple[str, str], list[Part]] = {}
    for part in parts(data):
        if (part.kind == "text") is not words:
            continue
        way = part.path.split(".")
        key = (way[0], way[1]) if len(way) > 2 else ("", "")
        together.setdefault(key, []).append(part)
    return [
        Group(_subject(data, head, name), say(GROUPS[head]), tuple(found))
        for (head, name), found in together.items()
    ]


def _subject(data: Mapping[str, Any], head: str, name: str) -> str:
    """What a group is about: a criterion's name with its id, a gate's condition."""
    if not head:
        return say(GROUPS[""])
    row = next(row for row in data[head] if row["id"] == name)
    label = str(row.get(current_language(), ""))
    if head in ("gates", "floors"):
        return label
    return f"{name} {label}".strip()


def part_label(path: str) -> str:
    """What one part is called within its group."""
    way = path.split(".")
    inner = way[2:] if len(way) > 2 else way
    if inner[0] in PAIRS:
        return say(PAIRS[inner[0]][int(inner[1])])
    if inner[0] in _NUMBERED:
        params = {"points": inner[1], "language": say(NAMES[inner[2]])}
        return say(Message(_NUMBERED[inner[0]], params))
    if inner[0] == "floors":
        text = N_("Every side at least") if inner[1] == "*" else N_("Side %(side)s at least")
        return say(Message(text, {"side": inner[1]}))
    if inner[0] == "points":
        return say(Message(N_("%(criterion)s at least"), {"criterion": inner[1]}))
    return " · ".join(say(NAMES[name]) for name in inner if name in NAMES)


@dataclass(frozen=True)
class Difference:
    """One changed part in words."""

    subject: str
    label: str
    before: str
    after: str


def differences_in_words(data: Mapping[str, Any], found: tuple[Change, ...]) -> list[Difference]:
    """Changes as a reader understands them; *data* is the later version."""
    return [
        Difference(
            subject_of(data, change.path),
            part_label(change.path),
            _shown(change.before),
            _shown(change.after),
        )
        for change in found
    ]


def subject_of(data: Mapping[str, Any], path: str) -> str:
    """What the part at *path* is about; its heading where the rubric has it no more."""
    way = path.split(".")
    if len(way) <= 2:
        return say(GROUPS[""])
    known = {row["id"] for row in data.get(way[0], ())}
    return _subject(data, way[0], way[1]) if way[1] in known else f"{say(GROUPS[way[0]])} {way[1]}"


def _shown(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return "–" if value is None else str(value)


def condition_words(conditions: Mapping[str, Any]) -> list[str]:
    """The answers that a gate or a floor looks at: ``Are the data fit …: Not sure yet``."""
    language = current_language()
    shown = []
    for field, values in conditions.items():
        question = questions()[field]
        answers = [question.answer(value) for value in values if isinstance(value, str)]
        words = [answer.label(language) for answer in answers if answer]
        label = question.label(language)
        shown.append(f"{label}{_(': ')}{_(' or ').join(words)}" if words else label)
    return shown
