"""What can be wrong with a rubric, each fault with the place it stands at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from matchmaker.i18n import N_, Message

ANCHORED = ("0", "2", "4")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a rubric: ``path`` is dotted, such as ``criteria.DF1.weight``."""

    path: str
    message: Message


def rubric_faults(data: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Everything that is wrong with a rubric, nothing if it can be used.

    Parameters
    ----------
    data : Mapping
        A rubric in the form of the files in ``data/rubrics``.
    """
    check = {"screening": _screening, "grading": _grading, "readiness": _readiness}
    if data.get("kind") not in check:
        return (Fault("kind", Message(N_("There is no such kind of rubric."))),)
    try:
        return tuple(check[data["kind"]](data))
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        text = N_("A part is missing or has the wrong form: %(part)s")
        return (Fault(data["kind"], Message(text, {"part": str(error)})),)


def _screening(data: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _criteria(data["criteria"])
    yield from _rising(
        [("coach_from", data["coach_from"]), ("list_from", data["list_from"])], lowest=1
    )
    if not 0 <= data["coaching_rounds"] <= 9:
        yield Fault("coaching_rounds", Message(N_("Choose a number from 0 to 9.")))
    known = {row["id"] for row in data["criteria"]}
    for gate in data["gates"]:
        path = f"gates.{gate['id']}"
        yield from _texts(path, gate)
        yield from _known(f"{path}.criterion", gate["criterion"], known)
        yield from _points(f"{path}.minimum", gate["minimum"])


def _grading(data: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _criteria(data["criteria"])
    yield from _grades(data["grades"])
    yield from _floors(data)
    classes = sorted(data["value_classes"], key=lambda row: row["id"], reverse=True)
    bounds = [(f"value_classes.{row['id']}.minimum", row["minimum"]) for row in classes]
    yield from _rising(bounds, first=0)
    for row in classes:
        if not 0 < row["factor"] <= 10:
            path = f"value_classes.{row['id']}.factor"
            yield Fault(path, Message(N_("Choose a factor above 0, at most 10.")))


def _grades(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    yield from _rising([(f"grades.{row['id']}.minimum", row["minimum"]) for row in rows], first=0)
    for row in rows:
        path = f"grades.{row['id']}"
        yield from _texts(path, row)
        for part in ("provides", "award", "audience"):
            yield from _texts(f"{path}.{part}", row[part])
        for pair in ("weeks", "amount"):
            if not 0 < row[pair][0] <= row[pair][1]:
                text = N_("The second number must not be below the first, and neither be zero.")
                yield Fault(f"{path}.{pair}", Message(text))
        if sum(row["milestones"].values()) != 100 or min(row["milestones"].values()) < 0:
            text = N_("The shares of the milestones must add up to 100; now they make %(sum)s.")
            params = {"sum": sum(row["milestones"].values())}
            yield Fault(f"{path}.milestones", Message(text, params))


def _floors(data: Mapping[str, Any]) -> Iterator[Fault]:
    grades = {row["id"] for row in data["grades"]}
    criteria = {row["id"] for row in data["criteria"]}
    for floor in data["floors"]:
        path = f"floors.{floor['id']}"
        yield from _texts(path, floor)
        yield from _known(f"{path}.grade", floor["grade"], grades)
        for criterion, points in floor.get("points", {}).items():
            yield from _known(f"{path}.points", criterion, criteria)
            yield from _points(f"{path}.points", points)


def _readiness(data: Mapping[str, Any]) -> Iterator[Fault]:
    sides = {row["id"] for row in data["dimensions"]}
    items = {row["id"] for row in data["items"]}
    for row in data["dimensions"]:
        yield from _texts(f"dimensions.{row['id']}", row)
    for row in data["items"]:
        yield from _item(row, sides)
    yield from _stages(data["stages"], sides)
    for side in sides - {row["dimension"] for row in data["items"]}:
        yield Fault(f"dimensions.{side}", Message(N_("A side needs at least one question.")))
    for name, members in data["groups"].items():
        for member in members:
            yield from _known(f"groups.{name}", member, items)


def _item(row: Mapping[str, Any], sides: set[str]) -> Iterator[Fault]:
    path = f"items.{row['id']}"
    yield from _texts(path, row)
    yield from _known(f"{path}.dimension", row["dimension"], sides)
    if len(row["answers"]) != 5:
        yield Fault(f"{path}.answers", Message(N_("A question has exactly five answers.")))
    for number, answer in enumerate(row["answers"]):
        yield from _texts(f"{path}.answers.{number}", answer)


def _stages(rows: list[dict[str, Any]], sides: set[str]) -> Iterator[Fault]:
    yield from _rising([(f"stages.{row['id']}.minimum", row["minimum"]) for row in rows], first=0)
    for row in rows:
        path = f"stages.{row['id']}"
        yield from _texts(path, row)
        yield from _texts(f"{path}.advice", row["advice"])
        for side, minimum in row["floors"].items():
            yield from _known(f"{path}.floors", side, sides | {"*"})
            yield from _within(f"{path}.floors", minimum, 0, 100)
    if rows[0]["floors"]:
        text = N_("The first stage takes everybody: it cannot ask for anything.")
        yield Fault(f"stages.{rows[0]['id']}.floors", Message(text))
    for cap in ("cap", "supported_cap"):
        for row in rows:
            yield from _known(f"stages.{row['id']}.{cap}", row[cap], {"G1", "G2", "G3", "G4"})
    for row in rows:
        if row["supported_cap"] < row["cap"]:
            text = N_("With support the cap cannot be lower than without.")
            yield Fault(f"stages.{row['id']}.supported_cap", Message(text))
    for before, after in pairwise(rows):
        if after["cap"] < before["cap"]:
            text = N_("A later stage cannot have a lower cap than the one before.")
            yield Fault(f"stages.{after['id']}.cap", Message(text))


def _criteria(rows: list[dict[str, Any]]) -> Iterator[Fault]:
    for row in rows:
        path = f"criteria.{row['id']}"
        yield from _texts(path, row)
        yield from _within(f"{path}.weight", row["weight"], 0, 100)
        yield from _points(f"{path}.assumed", row["assumed"])
        for points in ANCHORED:
            yield from _texts(f"{path}.anchors.{points}", row["anchors"].get(points, {}))
    total = sum(row["weight"] for row in rows)
    if total != 100:
        text = N_("The weights must add up to 100; now they make %(sum)s.")
        yield Fault("criteria", Message(text, {"sum": total}))


def _texts(path: str, row: Mapping[str, Any]) -> Iterator[Fault]:
    for language in ("zh", "en"):
        if not str(row.get(language, "")).strip():
            yield Fault(f"{path}.{language}", Message(N_("Write this in both languages.")))


def _known(path: str, name: str, known: Iterable[str]) -> Iterator[Fault]:
    if name not in known:
        yield Fault(path, Message(N_("%(name)s is not part of this rubric."), {"name": name}))


def _points(path: str, points: int) -> Iterator[Fault]:
    yield from _within(path, points, 0, 4)


def _within(path: str, number: float, low: int, high: int) -> Iterator[Fault]:
    if not low <= number <= high:
        text = N_("Choose a number from %(low)s to %(high)s.")
        yield Fault(path, Message(text, {"low": low, "high": high}))


def _rising(
    bounds: list[tuple[str, float]], *, first: float | None = None, lowest: float = 0
) -> Iterator[Fault]:
    """Faults of cut points that must rise; *first* is what the lowest must be exactly."""
    for path, value in bounds:
        yield from _within(path, value, int(lowest), 100)
    if first is not None and bounds[0][1] != first:
        text = N_("The lowest cut point must be %(first)s, or some scores would have no result.")
        yield Fault(bounds[0][0], Message(text, {"first": first}))
    for (_, before), (path, after) in pairwise(bounds):
        if after <= before:
            yield Fault(path, Message(N_("Cut points must rise from step to step.")))
