"""What applications are judged by: weighted criteria with anchors, as data that a call may change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from matchmaker.assessment.reviewing import total
from matchmaker.assessment.rubric import BadRubric, Criterion, Wording
from matchmaker.assessment.rubric_faults import ANCHORED, Fault
from matchmaker.i18n import N_, Message

MOST_CRITERIA = 12
MAX_LABEL, MAX_ANCHOR = 100, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRubric:
    """The criteria of one call, in order; their weights add up to 100."""

    criteria: Mapping[str, Criterion]

    @property
    def weights(self) -> Mapping[str, int]:
        """The weight of each criterion."""
        return {name: criterion.weight for name, criterion in self.criteria.items()}

    def total(self, points: Mapping[str, int]) -> float:
        """The weighted total of *points* on every criterion, 0 to 100."""
        return total(points, self.weights)


@cache
def shipped_review_rubric() -> Mapping[str, Any]:
    """The rubric a call begins with, as plain data.

    Examples
    --------
    >>> sum(row["weight"] for row in shipped_review_rubric()["criteria"])
    100
    """
    text = (files(__package__) / "data" / "review_rubric.json").read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return MappingProxyType(data)


def parse_review_rubric(data: Mapping[str, Any]) -> ReviewRubric:
    """Read a rubric from plain data.

    Parameters
    ----------
    data : Mapping
        ``{"criteria": [{"id", "zh", "en", "weight", "anchors": {"0": {"zh", "en"}, "2", "4"}}]}``.

    Raises
    ------
    BadRubric
        If a text is missing in a language or too long, a weight is out of range, or the weights
        do not add up to 100.

    Examples
    --------
    >>> rubric = parse_review_rubric(shipped_review_rubric())
    >>> rubric.total(dict.fromkeys(rubric.criteria, 2))
    50.0
    """
    faults = review_rubric_faults(data)
    if faults:
        raise BadRubric(faults)
    criteria = {row["id"]: _criterion(row) for row in data["criteria"]}
    return ReviewRubric(criteria=MappingProxyType(criteria))


def _criterion(row: Mapping[str, Any]) -> Criterion:
    anchors = {int(points): Wording(zh=t["zh"], en=t["en"]) for points, t in row["anchors"].items()}
    return Criterion(
        id=row["id"],
        zh=row["zh"],
        en=row["en"],
        weight=row["weight"],
        anchors=MappingProxyType(anchors),
    )


def review_rubric_faults(data: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Everything that is wrong with a rubric, each with its place, such as ``RV1.weight``."""
    try:
        return tuple(_faults(data["criteria"]))
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        text = N_("A part is missing or has the wrong form: %(part)s")
        return (Fault("criteria", Message(text, {"part": str(error)})),)


def _faults(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    if not 1 <= len(rows) <= MOST_CRITERIA:
        text = N_("A rubric has %(low)s to %(high)s criteria.")
        yield Fault("criteria", Message(text, {"low": 1, "high": MOST_CRITERIA}))
    for row in rows:
        yield from _texts(row["id"], row, MAX_LABEL)
        if not (isinstance(row["weight"], int) and 1 <= row["weight"] <= 100):
            text = N_("Choose a number from %(low)s to %(high)s.")
            yield Fault(f"{row['id']}.weight", Message(text, {"low": 1, "high": 100}))
        for points in ANCHORED:
            yield from _texts(f"{row['id']}.{points}", row["anchors"].get(points, {}), MAX_ANCHOR)
    weights = [row["weight"] for row in rows]
    if all(isinstance(weight, int) for weight in weights) and sum(weights) != 100:
        text = N_("The weights must add up to 100; now they make %(sum)s.")
        yield Fault("criteria", Message(text, {"sum": sum(weights)}))


def _texts(path: str, row: Mapping[str, Any], maximum: int) -> Iterator[Fault]:
    for language in ("zh", "en"):
        written = str(row.get(language) or "").strip()
        if not written:
            yield Fault(f"{path}.{language}", Message(N_("Write this in both languages.")))
        elif len(written) > maximum:
            text = N_("Please use at most %(max)d characters.")
            yield Fault(f"{path}.{language}", Message(text, {"max": maximum}))
