"""The competency framework as a whole: loading it and looking things up in it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from matchmaker.competency.framework import (
    Ambiguity,
    Competency,
    Crosswalk,
    CueGroup,
    Domain,
    Level,
    MatchingRules,
    Pattern,
    Requirement,
    Role,
    Sector,
    Tool,
)
from matchmaker.competency.sectors import SECTOR_CODES
from matchmaker.competency.text import fold
from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_

SAME_SECTOR = 0.5


class UnknownConcept(MatchmakerError):
    """An id that the taxonomy does not have."""

    code = "unknown_concept"
    default = N_("There is no competency or sector called %(id)s. %(hint)s")


@dataclass(frozen=True)
class Taxonomy:
    """The whole framework, as loaded from one file.

    Examples
    --------
    >>> taxonomy = load_taxonomy()
    >>> taxonomy.competency("PER-CV").label("en")
    'Computer vision'
    >>> taxonomy.resolve_sector("食品")
    'IND-FOD'
    """

    version: str
    levels: tuple[Level, ...]
    domains: Mapping[str, Domain]
    competencies: Mapping[str, Competency]
    sectors: Mapping[str, Sector]
    tools: tuple[Tool, ...]
    patterns: Mapping[str, Pattern]
    roles: Mapping[str, Role]
    cues: tuple[CueGroup, ...]
    rules: MatchingRules

    def has_concept(self, concept_id: str) -> bool:
        """Say whether *concept_id* is a competency or a sector."""
        return concept_id in self.competencies or concept_id in self.sectors

    def concept(self, concept_id: str) -> Competency | Sector:
        """Return the competency or sector called *concept_id*.

        Raises
        ------
        UnknownConcept
            If there is none; the message names the closest ids.
        """
        found = self.competencies.get(concept_id) or self.sectors.get(concept_id)
        if found is None:
            known = [*self.competencies, *self.sectors]
            close = difflib.get_close_matches(concept_id, known, n=3)
            raise UnknownConcept(id=concept_id, hint=f"({', '.join(close)}?)" if close else "")
        return found

    def competency(self, competency_id: str) -> Competency:
        """Return the competency called *competency_id*; raise `UnknownConcept` if there is none."""
        found = self.concept(competency_id)
        if isinstance(found, Sector):
            raise UnknownConcept(id=competency_id, hint="")
        return found

    def label(self, concept_id: str, lang: str) -> str:
        """Return the label of a competency, sector, pattern, role or domain in *lang*."""
        for table in (self.patterns, self.roles, self.domains):
            if concept_id in table:
                return table[concept_id].label(lang)
        return self.concept(concept_id).label(lang)

    def competencies_of(self, domain_id: str) -> tuple[Competency, ...]:
        """List the competencies of one domain in the order of the framework."""
        return tuple(c for c in self.competencies.values() if c.domain == domain_id)

    def resolve_sector(self, word: str | None) -> str | None:
        """Find the sector an id, a code, a label or an alias in either language stands for.

        Returns None if nothing fits; a sector is a hint, so an unknown one is no error.
        """
        if not word:
            return None
        return self._sector_words.get(_sector_key(word))

    @cached_property
    def _sector_words(self) -> Mapping[str, str]:
        words: dict[str, str] = {}
        for sector in self.sectors.values():
            names = (sector.id, sector.id[4:], sector.en, sector.zh)
            for name in (*names, *sector.aliases_en, *sector.aliases_zh):
                words.setdefault(_sector_key(name), sector.id)
        words.update({_sector_key(code): sector for code, sector in SECTOR_CODES.items()})
        return words


def _sector_key(word: str) -> str:
    return "".join(c for c in fold(word) if c.isalnum())


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(row.get(key, ()))


def _weights(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return MappingProxyType(dict(row.get(key, {})))


def _level(row: Mapping[str, Any]) -> Level:
    return Level(
        level=row["level"],
        code=row["code"],
        en=row["en"],
        zh=row["zh"],
        definition_en=row["def_en"],
        definition_zh=row["def_zh"],
        frameworks=_weights(row, "map"),
    )


def _competency(row: Mapping[str, Any]) -> Competency:
    same = ("id", "domain", "en", "zh", "definition_en", "definition_zh")
    return Competency(
        **{key: row[key] for key in (*same, "half_life_months", "moda_aspect", "uk_dimension")},
        aliases_en=_texts(row, "aliases_en"),
        aliases_zh=_texts(row, "aliases_zh"),
        ambiguous=tuple(
            Ambiguity(item["alias"], tuple(item["require_any"])) for item in row["ambiguous"]
        ),
        prerequisites=_weights(row, "prerequisites"),
        esco=tuple(Crosswalk(**link) for link in row["esco"]),
        sfia=tuple(MappingProxyType(link) for link in row["sfia"]),
    )


def _sector(row: Mapping[str, Any]) -> Sector:
    return Sector(
        **{key: row[key] for key in ("id", "en", "zh", "isic_section")},
        aliases_en=_texts(row, "aliases_en"),
        aliases_zh=_texts(row, "aliases_zh"),
        policy_tags=_texts(row, "policy_tags"),
    )


def _tool(row: Mapping[str, Any]) -> Tool:
    return Tool(
        row["id"],
        row["name"],
        _texts(row, "aliases"),
        _weights(row, "concepts"),
        _texts(row, "require_any"),
    )


def _pattern(row: Mapping[str, Any]) -> Pattern:
    return Pattern(
        id=row["id"],
        en=row["en"],
        zh=row["zh"],
        sectors=_texts(row, "sectors"),
        requires=tuple(Requirement(**need) for need in row["requires"]),
        aliases_en=_texts(row, "aliases_en"),
        aliases_zh=_texts(row, "aliases_zh"),
    )


def _role(row: Mapping[str, Any]) -> Role:
    same = {key: row[key] for key in ("id", "en", "zh", "moda_type")}
    return Role(**same, levels=_weights(row, "levels"))


def _cue(row: Mapping[str, Any]) -> CueGroup:
    return CueGroup(row["id"], _texts(row, "en"), _texts(row, "zh"), _weights(row, "concepts"))


def _rules(row: Mapping[str, Any]) -> MatchingRules:
    weights = row["weights"]
    return MatchingRules(
        label=weights["label"],
        alias=weights["alias"],
        pattern_requirement=weights["pattern_requirement"],
        sector=weights["sector"],
        stop_phrases=_texts(row, "stop_phrases"),
    )


def _by_id(rows: tuple[Any, ...]) -> Mapping[str, Any]:
    return MappingProxyType({row.id: row for row in rows})


def parse_taxonomy(data: Mapping[str, Any]) -> Taxonomy:
    """Build the framework from the parsed contents of a taxonomy file."""
    return Taxonomy(
        version=data["version"],
        levels=tuple(map(_level, data["levels"])),
        domains=_by_id(tuple(Domain(**row) for row in data["domains"])),
        competencies=_by_id(tuple(map(_competency, data["competencies"]))),
        sectors=_by_id(tuple(map(_sector, data["sectors"]))),
        tools=tuple(map(_tool, data["tools"])),
        patterns=_by_id(tuple(map(_pattern, data["patterns"]))),
        roles=_by_id(tuple(map(_role, data["roles"]))),
        cues=tuple(map(_cue, data["cues"])),
        rules=_rules(data["matching"]),
    )


@cache
def load_taxonomy() -> Taxonomy:
    """Load the framework that ships with the program; later calls return the same object."""
    source = files("matchmaker.competency") / "data" / "taxonomy.json"
    return parse_taxonomy(json.loads(source.read_text(encoding="utf-8")))


@cache
def sector_similarity(left: str, right: str) -> float:
    """Say how close two sectors are: 1 the same word, 0.5 the same sector, 0 different.

    Examples
    --------
    >>> [sector_similarity("aquaculture", other) for other in ("aquaculture", "livestock", "retail")]
    [1.0, 0.5, 0.0]
    >>> sector_similarity("food", "IND-FOD")
    1.0
    """
    if _sector_key(left) == _sector_key(right):
        return 1.0
    sectors = {resolve_sector(left), resolve_sector(right)}
    if None in sectors or len(sectors) > 1:
        return 0.0
    # An id or a label speaks of the whole sector, which a finer code is part of.
    is_whole = any(_is_whole_sector(word) for word in (left, right))
    return 1.0 if is_whole else SAME_SECTOR


def _is_whole_sector(word: str) -> bool:
    sector_id = resolve_sector(word)
    if sector_id is None:
        return False
    sector = load_taxonomy().sectors[sector_id]
    names = (sector_id, sector_id[4:], sector.en, sector.zh)
    return _sector_key(word) in {_sector_key(name) for name in names}


def resolve_sector(word: str | None) -> str | None:
    """Find the sector of the shipped framework that *word* stands for, or None.

    Examples
    --------
    >>> [resolve_sector(word) for word in ("food", "IND-FOD", "食品", "aquaculture")]
    ['IND-FOD', 'IND-FOD', 'IND-FOD', 'IND-AGR']
    """
    return load_taxonomy().resolve_sector(word)
