"""What owners of a kind of problem usually measure, as a start for a goal of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from matchmaker.competency import Pattern, extract_concepts, load_taxonomy

#: The parts of a goal, as the fields of an intake are named.
GOAL_FIELDS = ("metric", "baseline", "target", "measured_how")
# What a text has to reach: its words for a kind of problem, or for what such problems take.
_MIN_LIKELY = 0.45
# Half of a likely kind is what it takes; a sector it is known in speaks for it too.
_OF_NEEDS, _OF_SECTOR = 0.6, 0.25
# Kinds much less likely than the likeliest are left out.
_OF_BEST = 0.75
_MAX_PATTERNS = 3


@dataclass(frozen=True, slots=True)
class Goal:
    """A measurable goal: what is measured, from where to where, and how one will know."""

    metric: str
    baseline: str
    target: str
    measured_how: str


@cache
def _goals() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    text = (files("matchmaker.assessment") / "data" / "goals.json").read_text(encoding="utf-8")
    return MappingProxyType({row["pattern"]: row for row in json.loads(text)["goals"]})


def goal_for(pattern: str, language: str) -> Goal | None:
    """Return the goal that problems of *pattern* usually set, to be made one's own.

    Examples
    --------
    >>> goal_for("PT-FOR", "en").target
    'For example error under 15 %, waste cut by a third without more shortage'
    """
    row = _goals().get(pattern)
    if row is None:
        return None
    return Goal(*(row[field][language] for field in GOAL_FIELDS))


def suggest_patterns(text: str) -> tuple[str, ...]:
    """Return the kinds of problem *text* may be about, likeliest first.

    A kind counts by its name or plain-language cues for it, by how much of what it takes the text
    speaks of, and by the sector.

    Examples
    --------
    >>> suggest_patterns("工人用肉眼找布料的刮痕和污漬")
    ('PT-AOI',)
    """
    weights = {concept.id: concept.weight for concept in extract_concepts(text)}
    likely = [
        (_likely(pattern, weights), pattern.id) for pattern in load_taxonomy().patterns.values()
    ]
    floor = max(_MIN_LIKELY, _OF_BEST * max(weight for weight, _id in likely))
    ranked = sorted((-weight, id_) for weight, id_ in likely if weight >= floor)
    return tuple(id_ for _weight, id_ in ranked[:_MAX_PATTERNS])


def _likely(pattern: Pattern, weights: Mapping[str, float]) -> float:
    most = max(need.importance for need in pattern.requires)
    musts = [need.competency for need in pattern.requires if need.importance == most]
    needs = sum(weights.get(competency, 0.0) for competency in musts) / len(musts)
    sector = max((weights.get(sector, 0.0) for sector in pattern.sectors), default=0.0)
    return weights.get(pattern.id, 0.0) + _OF_NEEDS * needs + _OF_SECTOR * sector
