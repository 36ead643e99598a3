"""The rubrics that ship with the program, one file for each kind and version, kept for ever."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, overload

from matchmaker.assessment.rubric import (
    GradingRubric,
    ReadinessRubric,
    Rubric,
    ScreeningRubric,
    parse_rubric,
)
from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_

_FILE = re.compile(r"(?P<kind>[a-z]+)-(?P<version>[0-9.]+)\.json")


class UnknownRubric(MatchmakerError):
    """A kind or version of rubric that there is not."""

    code = "unknown_rubric"
    default = N_("There is no %(kind)s rubric with version %(version)s.")


@cache
def shipped_data() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """The raw contents of every rubric that ships, by kind and version."""
    found = {}
    for file in (files(__package__) / "data" / "rubrics").iterdir():
        match = _FILE.fullmatch(file.name)
        if match:
            data = json.loads(file.read_text(encoding="utf-8"))
            found[match["kind"], match["version"]] = MappingProxyType(data)
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: _order(*item[0]))))


def _order(kind: str, version: str) -> tuple[str, list[int]]:
    return kind, [int(part) for part in version.split(".")]


def shipped_versions(kind: str) -> tuple[str, ...]:
    """The versions of *kind* that ship, oldest first.

    Examples
    --------
    >>> shipped_versions("grading")
    ('1',)
    """
    return tuple(version for found, version in shipped_data() if found == kind)


@overload
def shipped_rubric(kind: Literal["screening"], version: str | None = None) -> ScreeningRubric: ...
@overload
def shipped_rubric(kind: Literal["grading"], version: str | None = None) -> GradingRubric: ...
@overload
def shipped_rubric(kind: Literal["readiness"], version: str | None = None) -> ReadinessRubric: ...
@overload
def shipped_rubric(kind: str, version: str | None = None) -> Rubric: ...
def shipped_rubric(kind: str, version: str | None = None) -> Rubric:
    """A rubric that ships; the newest one unless *version* says which.

    Raises
    ------
    UnknownRubric
        If there is none of that kind and version.

    Examples
    --------
    >>> shipped_rubric("screening").list_from
    65
    """
    versions = shipped_versions(kind)
    return _parsed(kind, version or (versions[-1] if versions else ""))


@cache
def _parsed(kind: str, version: str) -> Rubric:
    if (kind, version) not in shipped_data():
        raise UnknownRubric(kind=kind, version=version)
    return parse_rubric(shipped_data()[kind, version])
