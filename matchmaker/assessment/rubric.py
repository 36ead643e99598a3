"""Rubrics as data: the criteria, weights, cut points and consequences that decisions rest on.

A rubric has a kind (``screening``, ``grading`` or ``readiness``) and a version. Those that ship
are kept in ``data/rubrics/<kind>-<version>.json`` for ever, so a decision can always be read with
the rubric it was made under.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from matchmaker.assessment.rubric_faults import Fault, rubric_faults
from matchmaker.competency.framework import Labelled
from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_

KINDS = ("screening", "grading", "readiness")
MAX_POINTS = 4


class BadRubric(MatchmakerError):
    """A rubric that cannot be used; ``faults`` says what is wrong and where."""

    code = "bad_rubric"
    default = N_("This rubric cannot be used: %(faults)s")

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        listed = "; ".join(f"{fault.path}: {fault.message}" for fault in faults)
        super().__init__(faults=listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording(Labelled):
    """A piece of text in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion(Labelled):
    """Something that is given 0 to 4 points.

    Attributes
    ----------
    id : str
        ``SC1`` to ``SC7`` or ``DF1`` to ``DF7``.
    weight : int
        Its share of the score; the weights of a rubric add up to 100.
    anchors : Mapping[int, Wording]
        What 0, 2 and 4 points look like; 1 and 3 lie between.
    assumed : int
        The points a suggestion takes where nothing at all is known.
    """

    id: str
    weight: int
    anchors: Mapping[int, Wording]
    assumed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Labelled):
    """Points a criterion must reach whatever the score.

    ``when`` limits the gate to intakes with one of these answers; ``unless`` names a flag of the
    intake that opens it.
    """

    id: str
    criterion: str
    minimum: int
    when: Mapping[str, tuple[str, ...]]
    unless: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRubric:
    """How it is decided whether a problem is worth posting.

    ``list_from`` and ``coach_from`` are lower bounds of the score, 0 to 100.
    """

    kind = "screening"
    version: str
    criteria: Mapping[str, Criterion]
    list_from: int
    coach_from: int
    coaching_rounds: int
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeStep(Labelled):
    """One step of the grade ramp.

    Attributes
    ----------
    id : str
        ``G1`` (easiest) to ``G4``.
    minimum : int
        The lowest difficulty score, 0 to 100, that leads to it.
    level : str
        The competency levels it asks for, such as ``3-4``.
    weeks : tuple of int
        The shortest and the longest calendar.
    amount : tuple of int
        The smallest and the largest award in New Taiwan dollars.
    milestones : Mapping[str, int]
        The proof stages in order, each with its share of the award in per cent.
    provides, award, audience : Wording
        What the owner brings, what the best result earns, whom it suits.
    """

    id: str
    minimum: int
    level: str
    weeks: tuple[int, int]
    amount: tuple[int, int]
    milestones: Mapping[str, int]
    provides: Wording
    award: Wording
    audience: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor(Labelled):
    """A grade that a problem has at least.

    It holds where every criterion in ``points`` has at least these points and every field in
    ``facts`` has one of these values. ``first_milestone`` names work that must come first.
    """

    id: str
    grade: str
    points: Mapping[str, int]
    facts: Mapping[str, tuple[Any, ...]]
    first_milestone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueClass:
    """How the award follows from the value: the class, its lower bound and its factor."""

    id: str
    minimum: float
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingRubric:
    """How hard a problem is, and what follows from it.

    ``value_criteria`` are the screening criteria whose weighted points make the value class.
    """

    kind = "grading"
    version: str
    criteria: Mapping[str, Criterion]
    grades: Mapping[str, GradeStep]
    floors: tuple[Floor, ...]
    value_criteria: tuple[str, ...]
    value_classes: tuple[ValueClass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Labelled):
    """A question of the readiness check with its five answers, worth 0 to 4."""

    id: str
    dimension: str
    answers: tuple[Wording, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension(Labelled):
    """One of the sides of readiness."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Labelled):
    """How far an enterprise is with AI.

    Attributes
    ----------
    minimum : float
        The overall score, 0 to 100, from which it can be reached.
    floors : Mapping[str, float]
        What single sides must reach too; ``*`` stands for every side.
    cap : str
        The highest grade of problem that fits now.
    supported_cap : str
        The same with the programme's support.
    advice : Wording
        What to do next.
    """

    id: str
    minimum: float
    floors: Mapping[str, float]
    cap: str
    supported_cap: str
    advice: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessRubric:
    """The readiness check: its questions, stages and the groups of items reported beside them."""

    kind = "readiness"
    version: str
    dimensions: Mapping[str, Dimension]
    items: Mapping[str, Item]
    stages: Mapping[str, Stage]
    groups: Mapping[str, tuple[str, ...]]


Rubric: TypeAlias = ScreeningRubric | GradingRubric | ReadinessRubric


def _wording(row: Mapping[str, str]) -> Wording:
    return Wording(en=row["en"], zh=row["zh"])


def _keyed(rows: list[dict[str, Any]], build: Callable[[dict[str, Any]], Any]) -> Mapping[str, Any]:
    return MappingProxyType({row["id"]: build(row) for row in rows})


def _frozen(row: Mapping[str, Any]) -> Mapping[str, Any]:
    tuples = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    return MappingProxyType(tuples)


def _criterion(row: dict[str, Any]) -> Criterion:
    anchors = {int(points): _wording(text) for points, text in row["anchors"].items()}
    return Criterion(**{**row, "anchors": MappingProxyType(anchors)})


def _gate(row: dict[str, Any]) -> Gate:
    return Gate(**{**row, "when": _frozen(row.get("when", {}))})


def _grade_step(row: dict[str, Any]) -> GradeStep:
    texts = {key: _wording(row[key]) for key in ("provides", "award", "audience")}
    pairs = {key: (int(row[key][0]), int(row[key][1])) for key in ("weeks", "amount")}
    return GradeStep(**{**row, **texts, **pairs, "milestones": _frozen(row["milestones"])})


def _floor(row: dict[str, Any]) -> Floor:
    conditions = {key: _frozen(row.get(key, {})) for key in ("points", "facts")}
    return Floor(**{**row, **conditions})


def _item(row: dict[str, Any]) -> Item:
    return Item(**{**row, "answers": tuple(map(_wording, row["answers"]))})


def _stage(row: dict[str, Any]) -> Stage:
    return Stage(**{**row, "floors": _frozen(row["floors"]), "advice": _wording(row["advice"])})


def _screening(data: Mapping[str, Any]) -> ScreeningRubric:
    return ScreeningRubric(
        version=data["version"],
        criteria=_keyed(data["criteria"], _criterion),
        gates=tuple(map(_gate, data["gates"])),
        **{key: data[key] for key in ("list_from", "coach_from", "coaching_rounds")},
    )


def _grading(data: Mapping[str, Any]) -> GradingRubric:
    return GradingRubric(
        version=data["version"],
        criteria=_keyed(data["criteria"], _criterion),
        grades=_keyed(data["grades"], _grade_step),
        floors=tuple(map(_floor, data["floors"])),
        value_criteria=tuple(data["value_criteria"]),
        value_classes=tuple(ValueClass(**row) for row in data["value_classes"]),
    )


def _readiness(data: Mapping[str, Any]) -> ReadinessRubric:
    return ReadinessRubric(
        version=data["version"],
        dimensions=_keyed(data["dimensions"], lambda row: Dimension(**row)),
        items=_keyed(data["items"], _item),
        stages=_keyed(data["stages"], _stage),
        groups=_frozen(data["groups"]),
    )


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Rubric]] = {
    "screening": _screening,
    "grading": _grading,
    "readiness": _readiness,
}


def parse_rubric(data: Mapping[str, Any]) -> Rubric:
    """Read a rubric from the contents of a file or a database row.

    Parameters
    ----------
    data : Mapping
        In the form of the files in ``data/rubrics``.

    Raises
    ------
    BadRubric
        If something in it contradicts itself: weights that do not add up to 100, cut points that
        do not rise, a floor or cap that names no grade, texts missing in a language.
    """
    faults = rubric_faults(data)
    if faults:
        raise BadRubric(faults)
    return _READERS[data["kind"]](data)
