"""Find concepts of the taxonomy in Chinese or English text, and what they suggest."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from matchmaker.competency.taxonomy import Ambiguity, Requirement, Taxonomy, load_taxonomy
from matchmaker.competency.text import CJK, FoldedText, fold_term, fold_with_positions


class Source(StrEnum):
    """What kind of wording gave a concept away, strongest first."""

    LABEL = "label"
    ALIAS = "alias"
    TOOL = "tool"
    PATTERN = "pattern"
    CUE = "cue"


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in a text that speaks of something in the taxonomy."""

    surface: str
    start: int
    end: int
    source: Source


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept found in a text, with how sure its wording makes it and where it stands.

    Parameters
    ----------
    id : str
        A competency (``PER-CV``), a sector (``IND-FOD``) or a pattern (``PT-AOI``).
    weight : float
        From 0 to 1.
    mentions : tuple of Mention
        Where in the text, in order.
    """

    id: str
    weight: float
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class SuggestedRequirement:
    """A requirement the text suggests, and the patterns or wordings behind it."""

    requirement: Requirement
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """What one surface form stands for."""

    source: Source
    weights: Mapping[str, float]
    require_any: tuple[str, ...] = ()
    name: str = ""


_NEGATION_ZH = re.compile(r"(?:不需要?|无须|无需|毋须|不必|并非|而非|非(?!常))[^，。；、,.;]{0,4}$")
_NEGATION_EN = re.compile(r"\b(?:no|not|without|non)(?: [\w'-]+){0,2} ?$")
_ANY_NEGATION = re.compile(r"不|无|毋|并非|而非|非|\b(?:no|not|without|non)\b")
_MIN_SUGGESTED = 0.5


class Extractor:
    """Finds every concept of a taxonomy in a text by one pass of one regular expression.

    Parameters
    ----------
    taxonomy : Taxonomy
        The framework whose labels, aliases, tools, patterns, sectors and cues are looked for.

    Examples
    --------
    >>> found = Extractor(load_taxonomy()).concepts("以深度學習做外觀檢測，不需語音辨識")
    >>> [(c.id, c.weight) for c in found if c.id in ("FND-DL", "PT-AOI", "PER-SPE")]
    [('FND-DL', 1.0), ('PT-AOI', 0.9)]
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._forms = _collect_forms(taxonomy)
        stops = {fold_term(phrase) for phrase in taxonomy.rules.stop_phrases}
        self._pattern = _compile({*self._forms, *stops})
        self._stops = frozenset(stops)

    def concepts(self, text: str) -> tuple[Concept, ...]:
        """Return the concepts of *text*, heaviest first, ties by id."""
        missing: dict[str, float] = defaultdict(lambda: 1.0)
        mentions: dict[str, list[Mention]] = defaultdict(list)
        best: dict[tuple[str, str], float] = {}
        for surface, form, mention in self._hits(text):
            for concept_id, weight in form.weights.items():
                mentions[concept_id].append(mention)
                best[concept_id, surface] = max(weight, best.get((concept_id, surface), 0.0))
        for (concept_id, _), weight in best.items():
            missing[concept_id] *= 1 - weight
        found = [
            Concept(concept_id, round(1 - rest, 6), tuple(mentions[concept_id]))
            for concept_id, rest in missing.items()
        ]
        return tuple(sorted(found, key=lambda c: (-c.weight, c.id)))

    def techniques(self, text: str) -> tuple[str, ...]:
        """Return the techniques and tools *text* names, in order and without repeats."""
        named: dict[str, str] = {}
        for surface, form, mention in self._hits(text):
            is_technical = not form.weights.keys() <= self.taxonomy.sectors.keys()
            if is_technical and form.source in (Source.LABEL, Source.ALIAS, Source.TOOL):
                named.setdefault(surface, form.name or mention.surface)
        return tuple(dict.fromkeys(named.values()))

    def _hits(self, text: str) -> Iterable[tuple[str, _Form, Mention]]:
        folded = fold_with_positions(text)
        # Most texts negate nothing, and looking back at every hit takes as long as finding them.
        may_negate = _ANY_NEGATION.search(folded.text) is not None
        for match in self._pattern.finditer(folded.text):
            surface = match.group()
            forms = self._forms.get(surface) or self._forms.get(surface.removesuffix("s"), ())
            if surface in self._stops:
                continue
            if may_negate and _is_negated(folded.text, match.start()):
                continue
            for form in forms:
                if _has_company(folded, match.span(), form.require_any):
                    start, end = folded.span(*match.span())
                    yield surface, form, Mention(text[start:end], start, end, form.source)


def _compile(surfaces: Iterable[str]) -> re.Pattern[str]:
    """Build one alternation, longest first. It has no groups: they slow it eightyfold."""
    latin = sorted((s for s in surfaces if s.isascii()), key=lambda s: (-len(s), s))
    other = sorted((s for s in surfaces if not s.isascii()), key=lambda s: (-len(s), s))
    parts = [re.escape(s) for s in other]
    plurals = [re.escape(s) + ("" if s.endswith("s") else "s?") for s in latin]
    word = rf"(?<![a-z0-9])(?:{'|'.join(plurals)})(?![a-z0-9])"
    return re.compile("|".join([*parts, word]))


def _is_negated(text: str, start: int) -> bool:
    before = text[max(0, start - 40) : start]
    if re.search(rf"[{CJK}]", before[-6:]):
        return _NEGATION_ZH.search(before[-6:]) is not None
    return _NEGATION_EN.search(before) is not None


def _has_company(folded: FoldedText, span: tuple[int, int], words: tuple[str, ...]) -> bool:
    if not words:
        return True
    around = folded.text[: span[0]] + " " + folded.text[span[1] :]
    return any(_contains(around, word) for word in words)


def _contains(text: str, word: str) -> bool:
    if not word.isascii():
        return word in text
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}", text) is not None


def _collect_forms(taxonomy: Taxonomy) -> Mapping[str, tuple[_Form, ...]]:
    """Map each surface form to everything it stands for."""
    rules = taxonomy.rules
    forms: dict[str, list[_Form]] = defaultdict(list)

    def add(surface: str, form: _Form) -> None:
        key = fold_term(surface)
        if key and form not in forms[key]:
            forms[key].append(form)

    for competency in taxonomy.competencies.values():
        for label in (competency.en, competency.zh):
            add(label, _Form(Source.LABEL, {competency.id: rules.label}))
        needs = _companions(competency.ambiguous)
        for alias in (*competency.aliases_en, *competency.aliases_zh):
            require = needs.pop(fold_term(alias), ())
            add(alias, _Form(Source.ALIAS, {competency.id: rules.alias}, require))
        for alias, require in needs.items():
            add(alias, _Form(Source.ALIAS, {competency.id: rules.alias}, require))
    for tool in taxonomy.tools:
        for alias in {fold_term(name): None for name in (*tool.aliases, tool.name)}:
            add(alias, _Form(Source.TOOL, tool.concepts, _folded(tool.require_any), tool.name))
    for pattern in taxonomy.patterns.values():
        weights = {need.competency: rules.pattern_requirement for need in pattern.requires}
        weights = {**weights, pattern.id: rules.alias}
        for name in (pattern.en, pattern.zh, *pattern.aliases_en, *pattern.aliases_zh):
            add(name, _Form(Source.PATTERN, weights))
    for sector in taxonomy.sectors.values():
        for name in (sector.en, sector.zh, *sector.aliases_en, *sector.aliases_zh):
            add(name, _Form(Source.ALIAS, {sector.id: rules.sector}))
    for cue in taxonomy.cues:
        for word in (*cue.words_en, *cue.words_zh):
            add(word, _Form(Source.CUE, cue.concepts))
    return MappingProxyType({key: tuple(found) for key, found in forms.items()})


def _companions(ambiguous: tuple[Ambiguity, ...]) -> dict[str, tuple[str, ...]]:
    return {fold_term(item.alias): _folded(item.require_any) for item in ambiguous}


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(fold_term(word) for word in words)


@cache
def default_extractor() -> Extractor:
    """Return the extractor for the shipped taxonomy; later calls return the same object."""
    return Extractor(load_taxonomy())


def extract_concepts(text: str) -> tuple[Concept, ...]:
    """Return the concepts of the shipped taxonomy in *text*, heaviest first."""
    return default_extractor().concepts(text)


def suggest_competencies(
    text: str, *, limit: int = 10, minimum: float = _MIN_SUGGESTED
) -> tuple[Concept, ...]:
    """Return the competencies *text* speaks of, heaviest first, for a person to confirm.

    Examples
    --------
    >>> [c.id for c in suggest_competencies("用 PyTorch 做物件偵測")]
    ['PER-CV', 'FND-DL']
    """
    known = load_taxonomy().competencies
    found = (c for c in extract_concepts(text) if c.id in known and c.weight >= minimum)
    return tuple(c for c in found if not _is_only_implied(c))[:limit]


def suggest_sectors(text: str, *, limit: int = 3) -> tuple[Concept, ...]:
    """Return the sectors *text* speaks of, heaviest first."""
    known = load_taxonomy().sectors
    return tuple(c for c in extract_concepts(text) if c.id in known)[:limit]


def suggest_techniques(text: str, *, limit: int = 12) -> tuple[str, ...]:
    """Return the techniques and tools *text* names, as written."""
    return default_extractor().techniques(text)[:limit]


def suggest_requirements(text: str, *, limit: int = 10) -> tuple[SuggestedRequirement, ...]:
    """Return requirements for a problem described by *text*, most important first.

    What the problem patterns found in the text usually take comes with the patterns' levels and
    importances, the highest of each; competencies the text names beyond that are added as
    independent work (level 3) that the problem should have (importance 2).

    Examples
    --------
    >>> first = suggest_requirements("surface inspection of metal parts")[0]
    >>> first.requirement, first.patterns
    (Requirement(competency='FND-DL', level=3, importance=3), ('PT-AOI',))
    """
    taxonomy = load_taxonomy()
    concepts = [c for c in extract_concepts(text) if c.weight >= _MIN_SUGGESTED]
    needs: dict[str, Requirement] = {}
    because: dict[str, list[str]] = defaultdict(list)
    for concept in concepts:
        pattern = taxonomy.patterns.get(concept.id)
        for need in pattern.requires if pattern else ():
            needs[need.competency] = _stricter(needs.get(need.competency), need)
            because[need.competency].append(concept.id)
    for concept in concepts:
        if concept.id in taxonomy.competencies and _is_named(concept):
            needs.setdefault(concept.id, Requirement(concept.id, 3, 2))
    ordered = sorted(needs.values(), key=lambda n: (-n.importance, -n.level, n.competency))
    return tuple(
        SuggestedRequirement(need, tuple(because[need.competency])) for need in ordered[:limit]
    )


def _stricter(known: Requirement | None, need: Requirement) -> Requirement:
    if known is None:
        return need
    return Requirement(
        need.competency, max(known.level, need.level), max(known.importance, need.importance)
    )


def _is_only_implied(concept: Concept) -> bool:
    """Say whether only a problem pattern implies the concept, which `suggest_requirements` tells."""
    return all(m.source is Source.PATTERN for m in concept.mentions)


def _is_named(concept: Concept) -> bool:
    return any(m.source in (Source.LABEL, Source.ALIAS) for m in concept.mentions)
