"""The parts of a rubric that the office may change, each under a dotted path.

A list of rows that have an ``id`` is addressed by it (``criteria.DF1.weight``), any other list by
position (``grades.G2.amount.0``). What ties a rubric to the program (ids, conditions of gates and
floors, the order of things) is not among the parts.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Names of leaves that are texts or numbers for the office to set.
_TEXTS = frozenset({"en", "zh", "level"})
_NUMBERS = frozenset(
    {"weight", "assumed", "minimum", "list_from", "coach_from", "coaching_rounds", "factor"}
)
_GRADES = frozenset({"grade", "cap", "supported_cap"})
#: Containers all of whose numbers may be set.
_OPEN = frozenset({"weeks", "amount", "milestones", "floors", "points"})
_FIXED = frozenset({"kind", "version", "groups", "value_criteria"})
_CONDITIONS = frozenset({"when", "facts"})


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that may be changed: ``kind`` is ``text``, ``number`` or ``grade``."""

    path: str
    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One part that two versions have differently; None where a version lacks it."""

    path: str
    before: Any
    after: Any


def parts(data: Mapping[str, Any]) -> tuple[Part, ...]:
    """Everything that may be changed in a rubric, in its order.

    Examples
    --------
    >>> from matchmaker.assessment.shipped import shipped_data
    >>> found = {part.path: part.value for part in parts(shipped_data()["grading", "1"])}
    >>> found["criteria.DF1.weight"], found["grades.G3.amount.0"], found["floors.severe.grade"]
    (20, 300000, 'G3')
    """
    return tuple(_parts(data, ()))


def _parts(node: Any, path: tuple[str, ...]) -> Iterator[Part]:
    for key, child in _children(node):
        here = (*path, key)
        if key in (_FIXED if not path else _CONDITIONS):
            continue
        if isinstance(child, Mapping | list):
            yield from _parts(child, here)
        elif kind := _kind(here, child):
            yield Part(".".join(here), kind, child)


def _children(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping):
        yield from ((str(key), child) for key, child in node.items())
        return
    for number, child in enumerate(node):
        named = isinstance(child, Mapping) and "id" in child
        yield (str(child["id"]) if named else str(number)), child


def _kind(path: tuple[str, ...], value: Any) -> str | None:
    name = path[-1]
    if isinstance(value, str):
        return "grade" if name in _GRADES else "text" if name in _TEXTS else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if is_number and (name in _NUMBERS or _OPEN & set(path[1:-1])) else None


def changed(data: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a rubric with the parts at some paths set anew.

    Raises
    ------
    KeyError
        If a path is none of the rubric's `parts`.
    """
    known = {part.path for part in parts(data)}
    result: dict[str, Any] = copy.deepcopy(dict(data))
    for path, value in values.items():
        if path not in known:
            raise KeyError(path)
        *way, last = path.split(".")
        node: Any = result
        for key in way:
            node = _step(node, key)
        node[int(last) if isinstance(node, list) else last] = value
    return result


def _step(node: Any, key: str) -> Any:
    return node[key] if isinstance(node, dict) else dict(_children(node))[key]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What two versions of a rubric have differently, in the order of the second."""
    old = {part.path: part.value for part in parts(before)}
    new = {part.path: part.value for part in parts(after)}
    paths = dict.fromkeys([*new, *old])
    return tuple(
        Change(path, old.get(path), new.get(path))
        for path in paths
        if old.get(path) != new.get(path)
    )
