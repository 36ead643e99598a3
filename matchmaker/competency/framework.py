"""What the competency framework is made of: levels, competencies, sectors, tools, patterns, roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Anything with an English and a Chinese label."""

    en: str
    zh: str

    def label(self, lang: str) -> str:
        """Return the label in *lang*: Chinese for any tag that starts with zh, else English."""
        return self.zh if lang.lower().startswith("zh") else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Labelled):
    """One step of the proficiency scale, 0 to 5."""

    level: int
    code: str
    definition_en: str
    definition_zh: str
    frameworks: Mapping[str, str]

    def definition(self, lang: str) -> str:
        """Return the description of the level in *lang*."""
        return self.definition_zh if lang.lower().startswith("zh") else self.definition_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain(Labelled):
    """A group of competencies."""

    id: str
    definition_en: str
    definition_zh: str


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """An alias that counts only if one of ``require_any`` stands in the same text."""

    alias: str
    require_any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A link to a concept of the ESCO classification."""

    label: str
    uri: str
    match: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Competency(Labelled):
    """Something a person or team can be able to do, on the scale of levels."""

    id: str
    domain: str
    definition_en: str
    definition_zh: str
    aliases_en: tuple[str, ...]
    aliases_zh: tuple[str, ...]
    ambiguous: tuple[Ambiguity, ...]
    half_life_months: int
    prerequisites: Mapping[str, Any]
    moda_aspect: str
    uk_dimension: str
    esco: tuple[Crosswalk, ...]
    sfia: tuple[Mapping[str, str], ...]

    def definition(self, lang: str) -> str:
        """Return what the competency means in *lang*."""
        return self.definition_zh if lang.lower().startswith("zh") else self.definition_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector(Labelled):
    """An industry; knowing it is graded on the same scale as a competency."""

    id: str
    aliases_en: tuple[str, ...]
    aliases_zh: tuple[str, ...]
    isic_section: str
    policy_tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A named product or library and the competencies its use hints at, with weights."""

    id: str
    name: str
    aliases: tuple[str, ...]
    concepts: Mapping[str, float]
    require_any: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A competency somebody needs: level 1 to 5, importance 1 nice, 2 should, 3 must."""

    competency: str
    level: int
    importance: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern(Labelled):
    """A recurring kind of problem with the competencies it usually takes."""

    id: str
    sectors: tuple[str, ...]
    requires: tuple[Requirement, ...]
    aliases_en: tuple[str, ...]
    aliases_zh: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Labelled):
    """A job profile: the level it expects of each competency."""

    id: str
    moda_type: str
    levels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CueGroup:
    """Plain words that hint at concepts, for people who know no technical term."""

    id: str
    words_en: tuple[str, ...]
    words_zh: tuple[str, ...]
    concepts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class MatchingRules:
    """How words in a text become weights of concepts."""

    label: float
    alias: float
    pattern_requirement: float
    sector: float
    stop_phrases: tuple[str, ...]
