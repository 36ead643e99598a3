"""Whether a problem is worth posting: points, gates, outcome and what is missing.

The score is the sum of weight x points / 4 over seven criteria, 0 to 100, halves rounded up. From
``list_from`` on, with every gate passed, the problem is listed; from ``coach_from`` on it is
coached; below it is declined. Uses that nobody may make of AI are refused whatever the score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from matchmaker.assessment.intake import FLAG_FIELDS, TEXT_FIELDS, Intake, questions
from matchmaker.assessment.points import Point, unsaid, weighted_score
from matchmaker.assessment.reading import Evidence, Reader
from matchmaker.assessment.rubric import MAX_POINTS, Criterion, Gate, ScreeningRubric
from matchmaker.assessment.screening_rules import RULES, WANTED
from matchmaker.competency.framework import Labelled

LIST, COACH, DECLINE = "list", "coach", "decline"

#: The answer of a choice that would bring most; what an owner can truthfully say is another thing.
_BEST = {
    "data_band": "A",
    "label_status": "checked",
    "public_equivalent": "none",
    "value": "large",
    "reuse": "association",
    "legal": "settled",
    "personal": "none",
}
_FILLED = "✓"


@dataclass(frozen=True, slots=True)
class GateResult:
    """Whether a gate lets a problem pass; one that does not concern it always does."""

    gate: Gate
    passed: bool
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """Something not said that could bring points.

    Attributes
    ----------
    field : str
        The field of the intake.
    criteria : tuple of str
        The criteria it counts for, the one it brings most to first.
    effect : float
        How much of the 100 points it brings at most. Fields that bring points only together
        share them alike, so that all effects add up to what could be gained.
    gate : str or None
        The gate that fails without it.
    """

    field: str
    criteria: tuple[str, ...]
    effect: float
    gate: str | None = None

    @property
    def advice(self) -> Labelled:
        """What the owner is asked to do, in both languages."""
        question = questions()[self.field]
        return question.advice or question


@dataclass(frozen=True, slots=True)
class ScreeningSuggestion:
    """The automatic pre-screen: what an officer starts from.

    Attributes
    ----------
    points : Mapping[str, Point]
        By criterion, with range and evidence.
    total, low, high : int
        The score of the suggested points, and of the lowest and the highest that are possible.
    gates : tuple of GateResult
    outcome : str
        ``list``, ``coach`` or ``decline``. A score too low only because much was not said is
        coached, not declined.
    missing : tuple of Missing
        What could bring points, most first.
    refused : tuple of Evidence
        Uses the owner named that are refused outright.
    warnings : tuple of Evidence
        Wordings that sound like such a use: to be asked about.
    rubric_version : str
    """

    points: Mapping[str, Point]
    total: int
    low: int
    high: int
    gates: tuple[GateResult, ...]
    outcome: str
    missing: tuple[Missing, ...]
    refused: tuple[Evidence, ...]
    warnings: tuple[Evidence, ...]
    rubric_version: str

    @property
    def plain_points(self) -> dict[str, int]:
        """The points alone."""
        return {criterion: point.points for criterion, point in self.points.items()}

    @property
    def failed_gates(self) -> tuple[Gate, ...]:
        """The gates that do not let the problem pass."""
        return tuple(result.gate for result in self.gates if not result.passed)


def screening_total(points: Mapping[str, int], rubric: ScreeningRubric) -> int:
    """The screening score, 0 to 100, halves rounded up.

    Raises
    ------
    BadPoints
        If a criterion has no points or points outside 0 to 4.
    """
    return weighted_score(points, rubric.criteria)


def check_gates(
    points: Mapping[str, int], intake: Intake, rubric: ScreeningRubric
) -> tuple[GateResult, ...]:
    """Which gates *points* pass, given what the intake says of data, people and commitment."""
    reader = Reader(intake)
    return tuple(_gate(gate, points, reader) for gate in rubric.gates)


def _gate(gate: Gate, points: Mapping[str, int], reader: Reader) -> GateResult:
    applies = all(reader.read(field).value in values for field, values in gate.when.items())
    if not applies:
        return GateResult(gate, True, False)
    opened = gate.unless is not None and getattr(reader.intake, gate.unless) is True
    return GateResult(gate, opened or points[gate.criterion] >= gate.minimum)


def screening_outcome(
    total: int, gates: Sequence[GateResult], rubric: ScreeningRubric, *, refused: bool = False
) -> str:
    """``list``, ``coach`` or ``decline`` for a score and its gates.

    Examples
    --------
    >>> from matchmaker.assessment.shipped import shipped_rubric
    >>> rubric = shipped_rubric("screening")
    >>> [screening_outcome(total, (), rubric) for total in (65, 64, 45, 44)]
    ['list', 'coach', 'coach', 'decline']
    """
    if refused or total < rubric.coach_from:
        return DECLINE
    passed = all(result.passed for result in gates)
    return LIST if passed and total >= rubric.list_from else COACH


def suggest_screening(intake: Intake, rubric: ScreeningRubric) -> ScreeningSuggestion:
    """Fill the screening criteria by rules, each with its evidence.

    Examples
    --------
    >>> from matchmaker.assessment.shipped import shipped_rubric
    >>> found = suggest_screening(Intake(contact=True), shipped_rubric("screening"))
    >>> found.points["SC6"].points, found.total, found.missing[0].field
    (1, 3, 'data_band')
    """
    reader = Reader(intake)
    points = {c.id: _point(c, reader) for c in rubric.criteria.values()}
    plain = {criterion: point.points for criterion, point in points.items()}
    total = screening_total(plain, rubric)
    high = screening_total({c: point.high for c, point in points.items()}, rubric)
    gates = tuple(_gate(gate, plain, reader) for gate in rubric.gates)
    refused = tuple(Evidence("prohibited_uses", use) for use in intake.prohibited_uses)
    return ScreeningSuggestion(
        points=MappingProxyType(points),
        total=total,
        low=screening_total({c: point.low for c, point in points.items()}, rubric),
        high=high,
        gates=gates,
        outcome=_suggested(total, high, gates, rubric, refused=bool(refused)),
        missing=_missing(reader, points, gates, rubric),
        refused=refused,
        warnings=reader.hint("prohibited_uses").evidence,
        rubric_version=rubric.version,
    )


def _point(criterion: Criterion, reader: Reader) -> Point:
    rule = RULES.get(criterion.id)
    return rule(reader, criterion.assumed) if rule else unsaid(criterion.assumed)


def _suggested(
    total: int,
    high: int,
    gates: Sequence[GateResult],
    rubric: ScreeningRubric,
    *,
    refused: bool,
) -> str:
    outcome = screening_outcome(total, gates, rubric, refused=refused)
    could_still_pass = not refused and high >= rubric.coach_from
    return COACH if outcome == DECLINE and could_still_pass else outcome


def _missing(
    reader: Reader,
    points: Mapping[str, Point],
    gates: Sequence[GateResult],
    rubric: ScreeningRubric,
) -> tuple[Missing, ...]:
    failed = {result.gate.criterion: result.gate.id for result in gates if not result.passed}
    merged: dict[str, Missing] = {}
    for criterion in rubric.criteria.values():
        if points[criterion.id].points < MAX_POINTS:
            for item in _missing_of(criterion, reader, failed.get(criterion.id)):
                merged[item.field] = _together(merged.get(item.field), item)
    return tuple(sorted(merged.values(), key=lambda m: (m.gate is None, -m.effect, m.criteria)))


def _together(known: Missing | None, item: Missing) -> Missing:
    """One field that counts for several criteria."""
    if known is None:
        return item
    first, second = (known, item) if known.effect >= item.effect else (item, known)
    gate = known.gate or item.gate
    criteria = first.criteria + second.criteria
    return Missing(item.field, criteria, known.effect + item.effect, gate)


def _missing_of(criterion: Criterion, reader: Reader, gate: str | None) -> list[Missing]:
    """Fill in what is empty, always what brings most first, and note what each one brings."""
    intake = reader.intake
    left = [field for field in WANTED.get(criterion.id, ()) if _is_empty(intake, field)]
    found: list[Missing] = []
    waiting: list[str] = []
    before = _point(criterion, reader).points
    while left:
        filled = {field: _with_best(intake, field) for field in left}
        reached = {f: _point(criterion, reader.other(full)).points for f, full in filled.items()}
        best = max(left, key=lambda field: (reached[field], -left.index(field)))
        intake = filled[best]
        left.remove(best)
        waiting.append(best)
        if reached[best] > before:
            share = criterion.weight * (reached[best] - before) / MAX_POINTS / len(waiting)
            found += [Missing(field, (criterion.id,), share, gate) for field in waiting]
            before, waiting = reached[best], []
    return found


def _is_empty(intake: Intake, field: str) -> bool:
    return getattr(intake, field) in (None, "", False)


def _with_best(intake: Intake, field: str) -> Intake:
    best: Any = _BEST.get(field, _FILLED if field in TEXT_FIELDS else field in FLAG_FIELDS)
    return replace(intake, **{field: best})
