"""The guided answers about a problem as plain data: what screening and grading look at."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from matchmaker.competency import IMPORTANCE_MUST, MAX_LEVEL, Requirement
from matchmaker.competency.framework import Labelled
from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_


class BadIntake(MatchmakerError):
    """Guided answers that cannot be read; the message names the field."""

    code = "bad_intake"
    default = N_("The answer to %(field)s cannot be used: %(value)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Labelled):
    """One of the answers a question offers."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Labelled):
    """A field of the intake as people read it.

    Attributes
    ----------
    field : str
        The attribute of `Intake`.
    kind : str
        ``text``, ``flag`` (yes, no or not said), ``choice`` (one of the answers) or ``choices``.
    answers : tuple of Answer
        What may be chosen, in order; empty for texts and flags.
    advice : Labelled, optional
        What an owner is asked to do where the field is missed.
    """

    field: str
    kind: str
    answers: tuple[Answer, ...] = ()
    advice: Labelled | None = None

    def answer(self, value: str) -> Answer | None:
        """The answer stored as *value*, if the question offers it."""
        return next((answer for answer in self.answers if answer.value == value), None)


def _question(row: Mapping[str, Any]) -> Question:
    answers = tuple(Answer(**answer) for answer in row.get("answers", ()))
    advice = Labelled(**row["advice"]) if "advice" in row else None
    return Question(**{**row, "answers": answers, "advice": advice})


@cache
def questions() -> Mapping[str, Question]:
    """Every question of the intake by its field, in the order people meet them.

    Examples
    --------
    >>> [answer.value for answer in questions()["harm"].answers]
    ['cheap', 'costly', 'severe']
    """
    text = (files(__package__) / "data" / "intake.json").read_text(encoding="utf-8")
    return MappingProxyType({row["field"]: _question(row) for row in json.loads(text)["fields"]})


@dataclass(frozen=True)
class Intake:
    """What the owner said about a problem; None, empty or missing means "not said".

    Texts may be Chinese or English. Enumerated answers are those of `questions`; ``requirements``
    are `matchmaker.competency.Requirement` rows.

    Examples
    --------
    >>> intake = Intake.from_data({"title": "Helmet detection", "harm": "severe"})
    >>> intake.harm, intake.site
    ('severe', None)
    >>> intake.to_data()
    {'title': 'Helmet detection', 'harm': 'severe'}
    """

    title: str = ""
    text: str = ""
    sector: str | None = None
    techniques: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    pattern: str | None = None

    who: str = ""
    frequency: str = ""
    today: str = ""
    better: str = ""
    notice: str = ""
    must_not: str = ""
    by_when: str = ""
    helpers: str = ""

    metric: str = ""
    baseline: str = ""
    target: str = ""
    measured_how: str = ""

    data_purpose: str = ""
    data_period: str = ""
    data_unit: str = ""
    data_amount: str = ""
    data_fields: str = ""
    data_labels_how: str = ""
    data_gaps: str = ""
    data_license: str = ""
    data_refresh: str = ""
    data_contact: str = ""

    data_band: str | None = None
    label_status: str | None = None
    public_equivalent: str | None = None
    personal: str | None = None
    access: str | None = None
    sample_attached: bool | None = None
    will_collect: bool | None = None

    run_time: str | None = None
    systems: str | None = None
    harm: str | None = None
    formal_approval: bool | None = None
    domain: str | None = None
    people_changed: str | None = None
    novelty: str | None = None
    reuse: str | None = None
    value: str | None = None
    legal: str | None = None
    prohibited_uses: tuple[str, ...] = ()

    contact: bool | None = None
    mentor: bool | None = None
    data_tools: bool | None = None
    site: bool | None = None
    calendar: bool | None = None
    monthly_meeting: bool | None = None
    target_stage: str | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Intake:
        """Read stored or typed answers.

        Parameters
        ----------
        data : Mapping
            Any of the fields; ``requirements`` as ``[competency, level, importance]`` rows.

        Raises
        ------
        BadIntake
            If a key is unknown or a value is not one the field can take; names the field.
        """
        unknown = sorted(set(data) - FIELDS)
        if unknown:
            raise BadIntake(N_("The intake has no field %(field)s."), field=", ".join(unknown))
        return cls(**{field: _read(field, value) for field, value in data.items()})

    def to_data(self) -> dict[str, Any]:
        """Everything said, as plain data that `from_data` reads back."""
        said = ((f.name, getattr(self, f.name)) for f in dataclasses.fields(self))
        return {name: _plain(value) for name, value in said if value not in (None, "", ())}


FIELDS = frozenset(field.name for field in dataclasses.fields(Intake))
#: Fields that are free text, in the order people meet them.
TEXT_FIELDS = tuple(f.name for f in dataclasses.fields(Intake) if f.type == "str")
#: Fields answered by yes, no or not at all.
FLAG_FIELDS = tuple(f.name for f in dataclasses.fields(Intake) if f.type == "bool | None")


def _plain(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    return [
        [item.competency, item.level, item.importance] if isinstance(item, Requirement) else item
        for item in value
    ]


def _read(field: str, value: Any) -> Any:
    if field == "requirements":
        return tuple(_requirement(row) for row in _rows(field, value))
    if field == "techniques":
        return tuple(_text(field, word) for word in _rows(field, value))
    if field in TEXT_FIELDS:
        return _text(field, value or "")
    if value is None or value == "":
        return None
    if field in FLAG_FIELDS:
        return _flag(field, value)
    return _choice(questions()[field], value)


def _rows(field: str, value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise BadIntake(field=field, value=value)
    return value


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadIntake(field=field, value=value)
    return value


def _flag(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadIntake(field=field, value=value)
    return value


def _choice(question: Question, value: Any) -> Any:
    if question.kind == "choices":
        return tuple(_one(question, item) for item in _rows(question.field, value))
    return _text(question.field, value) if question.kind == "text" else _one(question, value)


def _one(question: Question, value: Any) -> str:
    if not isinstance(value, str) or question.answer(value) is None:
        raise BadIntake(field=question.field, value=value)
    return value


def _requirement(row: Any) -> Requirement:
    match row:
        case [str(competency), int(level), int(importance)]:
            if 1 <= level <= MAX_LEVEL and 1 <= importance <= IMPORTANCE_MUST:
                return Requirement(competency, level, importance)
    raise BadIntake(field="requirements", value=row)
