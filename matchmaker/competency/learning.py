"""What to learn next: the catalogue's entries that close the most of a gap per hour.

A course prepares for a level, it never grants one: only assessed results are evidence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np

from matchmaker.competency.diagnosis import Estimate, estimate
from matchmaker.competency.framework import Requirement
from matchmaker.competency.gaps import Gap, Unknown, highest, standing
from matchmaker.competency.taxonomy import load_taxonomy

#: Gaps above this are closed by a path of several entries, or by a teammate who can.
LARGEST_STEP = 1.5
#: Somebody at this confirmed level learns by solving and teaching rather than from courses.
TEACHES_FROM = 4
#: What the first, second and third entry for the same competency still add.
_AGAIN = (1.0, 0.5, 0.25)
#: Hours below which an entry moves nobody by more than so many levels.
_MOST_BY_HOURS = ((8, 0.5), (20, 1.0))
_MOST = 1.5
#: Entries may start this much above where a person is.
_READY = 0.5
_PHASES = ("before", "before/during", "during", "during/after", "after")
#: Among the first so many steps no theme comes twice, so that theory, practice and people mix.
_MIXED = 3


@dataclass(frozen=True, slots=True)
class Teaches:
    """From which level to which an entry leads in one competency."""

    competency: str
    start: float
    to: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One entry of the catalogue, as far as recommending it goes.

    Attributes
    ----------
    id : str
        Its id.
    theme : str
        One of the six themes, ``TH1`` to ``TH6``.
    hours : float
        How long it takes, above 0.
    phase : str
        When it fits best: ``before``, ``during`` or ``after`` solving, or two of them.
    teaches : tuple of Teaches
        What it prepares for.
    is_assessed : bool
        Whether something is handed in and looked at; attendance alone is no evidence.
    """

    id: str
    theme: str
    hours: float
    phase: str
    teaches: tuple[Teaches, ...]
    is_assessed: bool = True

    def __post_init__(self) -> None:
        if self.hours <= 0:
            raise ValueError(f"{self.id}: hours have to be above 0")
        if self.phase not in _PHASES:
            raise ValueError(f"{self.id}: a phase is one of {', '.join(_PHASES)}")


@dataclass(frozen=True, slots=True)
class Closing:
    """What a step closes: a competency, from which level to which."""

    competency: str
    start: float
    to: float


@dataclass(frozen=True)
class Step:
    """One entry to take, with what it closes."""

    resource: str
    hours: float
    closes: tuple[Closing, ...]
    value: float


@dataclass(frozen=True)
class Plan:
    """What to do about gaps.

    Attributes
    ----------
    checks : tuple of Unknown
        What to check first: a few questions may close the gap in minutes.
    steps : tuple of Step
        What to take, in order.
    far : tuple of Gap
        Gaps of more than 1.5 levels: a path, or a reason to look for a teammate.
    uncovered : tuple of Gap
        Gaps that no entry of the catalogue helps with now.
    should_teach : bool
        Whether solving, mentoring and teaching do the person more good than courses.
    """

    checks: tuple[Unknown, ...]
    steps: tuple[Step, ...]
    far: tuple[Gap, ...]
    uncovered: tuple[Gap, ...]
    should_teach: bool

    @property
    def hours(self) -> float:
        """How long all steps take."""
        return sum(step.hours for step in self.steps)


def recommend(
    estimates: Mapping[str, Estimate],
    needs: Sequence[Requirement],
    catalogue: Sequence[Resource],
    *,
    hours: float,
) -> Plan:
    """Recommend what to learn for *needs* within *hours*.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        What is known of the person.
    needs : sequence of Requirement
        What is aimed at: a problem, a role.
    catalogue : sequence of Resource
        What there is to learn from, none of it done before.
    hours : float
        How much time there is.

    Returns
    -------
    Plan
        The steps are in the order to take them: prerequisites first, then by phase.

    Notes
    -----
    The value of a set of entries is the sum over competencies of importance / 3 times the part of
    the gap that they close, the second entry for a competency adding half and the third a quarter. It
    is monotone and submodular, so taking the entry with the largest gain per hour again and again,
    or the single best one if that is better, is at least (1 - 1/e) / 2 as good as the best set
    (Khuller, Moss and Naor 1999).
    """
    found = standing(estimates, needs)
    aims = {need.competency: need for need in needs}
    worth = _Worth(estimates, aims)
    usable = [entry for entry in catalogue if worth.of([entry]) > 0]
    chosen = _greedy(usable, worth, hours)
    single = max(
        (entry for entry in usable if entry.hours <= hours),
        key=lambda entry: (worth.of([entry]), entry.id),
        default=None,
    )
    if single is not None and worth.of([single]) > worth.of(chosen):
        chosen = [single]
    helped = {part.competency for entry in usable for part in entry.teaches if worth.gain(part) > 0}
    return Plan(
        checks=found.unknowns,
        steps=tuple(worth.step(entry) for entry in _in_order(chosen)),
        far=tuple(gap for gap in found.gaps if gap.size > LARGEST_STEP),
        uncovered=tuple(gap for gap in found.gaps if gap.competency not in helped),
        should_teach=highest(estimates) >= TEACHES_FROM,
    )


def expected(estimates: Mapping[str, Estimate], steps: Sequence[Step]) -> dict[str, Estimate]:
    """Say where a person would stand who has learnt what *steps* teach.

    Parameters
    ----------
    estimates : mapping of str to Estimate
        What is known of the person.
    steps : sequence of Step
        Steps of a plan.

    Returns
    -------
    dict of str to Estimate
        The competencies that the steps close, moved up by as much as they close. How sure one is,
        and what is confirmed, stays: that takes something to show.
    """
    reached: dict[str, float] = {}
    for part in (part for step in steps for part in step.closes):
        reached[part.competency] = max(part.to, reached.get(part.competency, 0.0))
    nothing = estimate([])
    found = {name: estimates.get(name, nothing) for name in reached}
    return {name: _moved(found[name], to - found[name].mean) for name, to in reached.items()}


def _moved(found: Estimate, gain: float) -> Estimate:
    """*found* with its whole distribution *gain* levels higher, read off between whole levels."""
    levels = np.arange(len(found.at_least))
    at_least = np.interp(levels - gain, levels, found.at_least)
    top = float(levels[-1])
    return replace(
        found,
        mean=min(top, found.mean + gain),
        low=min(top, found.low + gain),
        high=min(top, found.high + gain),
        at_least=tuple(map(float, at_least)),
    )


class _Worth:
    """What entries are worth to one person with one aim."""

    def __init__(self, estimates: Mapping[str, Estimate], aims: Mapping[str, Requirement]) -> None:
        self.estimates = estimates
        self.aims = aims
        self.nothing = estimate([])

    def _estimate(self, competency: str) -> Estimate:
        return self.estimates.get(competency, self.nothing)

    def gap(self, competency: str) -> float:
        """How much is missing, erring on the side of learning where little is known."""
        found = self._estimate(competency)
        return max(0.0, self.aims[competency].level - (found.mean - 0.5 * found.sd))

    def gain(self, part: Teaches, most: float = _MOST) -> float:
        """By how many levels *part* of an entry takes the person closer to the aim."""
        if part.competency not in self.aims or not self._is_ready(part):
            return 0.0
        to = min(part.to, self.aims[part.competency].level)
        mean = self._estimate(part.competency).mean
        return min(most, max(0.0, to - max(mean, part.start)))

    def _is_ready(self, part: Teaches) -> bool:
        if self._estimate(part.competency).mean < part.start - _READY:
            return False
        known = load_taxonomy().competencies.get(part.competency)
        prerequisites = known.prerequisites if known is not None else {}
        return all(
            self._estimate(competency).mean >= level - _READY
            for competency, level in prerequisites.items()
        )

    def of(self, entries: Sequence[Resource]) -> float:
        """The value of *entries* together."""
        gains: dict[str, list[float]] = {}
        for entry in entries:
            for part in entry.teaches:
                if gain := self.gain(part, _most(entry.hours)):
                    gains.setdefault(part.competency, []).append(gain)
        return sum(
            self.aims[competency].importance / 3 * min(self.gap(competency), _together(parts))
            for competency, parts in gains.items()
        )

    def step(self, entry: Resource) -> Step:
        """*entry* with what it closes."""
        closes = []
        for part in entry.teaches:
            if gain := self.gain(part, _most(entry.hours)):
                start = max(self._estimate(part.competency).mean, part.start)
                closes.append(Closing(part.competency, start, start + gain))
        return Step(entry.id, entry.hours, tuple(closes), self.of([entry]))


def _most(hours: float) -> float:
    return next((most for limit, most in _MOST_BY_HOURS if hours < limit), _MOST)


def _together(gains: Sequence[float]) -> float:
    """What several entries for one competency add up to, the largest first."""
    best = sorted(gains, reverse=True)[: len(_AGAIN)]
    return sum(share * gain for share, gain in zip(_AGAIN, best, strict=False))


def _greedy(usable: Sequence[Resource], worth: _Worth, hours: float) -> list[Resource]:
    chosen: list[Resource] = []
    left = hours
    while fitting := [e for e in usable if e not in chosen and e.hours <= left]:
        now = worth.of(chosen)
        gains = {entry.id: worth.of([*chosen, entry]) - now for entry in fitting}
        best = max(fitting, key=lambda entry: (gains[entry.id] / entry.hours, entry.id))
        if gains[best.id] <= 0:
            break
        chosen.append(best)
        left -= best.hours
    return chosen


def _in_order(chosen: Sequence[Resource]) -> list[Resource]:
    """Prerequisites first, then by phase; among the first three no theme twice if it can be helped."""
    left = sorted(chosen, key=lambda entry: (_PHASES.index(entry.phase), entry.id))
    ordered: list[Resource] = []
    while left:
        possible = [entry for entry in left if not _waits_for(entry, left)] or left
        themes = {entry.theme for entry in ordered} if len(ordered) < _MIXED else set()
        fresh = [entry for entry in possible if entry.theme not in themes]
        following = (fresh or possible)[0]
        ordered.append(following)
        left.remove(following)
    return ordered


def _waits_for(entry: Resource, others: Sequence[Resource]) -> bool:
    """Whether one of *others* teaches what *entry* builds on."""
    known = load_taxonomy().competencies
    needed = {
        name
        for part in entry.teaches
        if part.competency in known
        for name in known[part.competency].prerequisites
    }
    lower = {part.competency: part.start for part in entry.teaches}
    return any(
        part.competency in needed
        or (part.competency in lower and part.to <= lower[part.competency])
        for other in others
        if other is not entry
        for part in other.teaches
    )


@cache
def _shipped() -> Mapping[str, Any]:
    text = (files(__package__) / "data" / "learning.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))


@cache
def themes() -> Mapping[str, Mapping[str, str]]:
    """Return the six themes, by id, with their names (``zh``, ``en``) and when they fit best."""
    return MappingProxyType({row["id"]: MappingProxyType(row) for row in _shipped()["themes"]})


def provider() -> Mapping[str, str]:
    """Return who holds the entries that ship, in both languages."""
    return MappingProxyType(_shipped()["provider"])


@cache
def catalogue() -> Mapping[str, Mapping[str, Any]]:
    """Return the entries that ship, by id, as plain data with texts in both languages."""
    return MappingProxyType({row["id"]: MappingProxyType(row) for row in _shipped()["catalogue"]})


def read_resource(row: Mapping[str, Any]) -> Resource:
    """Read an entry from plain data, as `catalogue` has it.

    Raises
    ------
    ValueError
        If hours or phase cannot be, or a level leads down.
    """
    parts = tuple(Teaches(p["competency"], p["from"], p["to"]) for p in row["teaches"])
    if any(part.to <= part.start for part in parts):
        raise ValueError(f"{row['id']}: what is taught has to lead up")
    return Resource(
        id=row["id"],
        theme=row["theme"],
        hours=row["hours"],
        phase=row["phase"],
        teaches=parts,
        is_assessed="attendance" not in row.get("assessment", ""),
    )
