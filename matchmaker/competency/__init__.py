"""Competencies: the framework, the words people use for them, and the levels they are shown at.

Nothing here knows of web pages or databases. The framework, the lexicon and the extractor are
loaded at first use and kept.

>>> from matchmaker.competency import gloss, load_taxonomy, resolve_sector, suggest_competencies
>>> load_taxonomy().competency("PER-CV").label("zh_Hant_TW")
'電腦視覺'
>>> resolve_sector("aquaculture")
'IND-AGR'
>>> [concept.id for concept in suggest_competencies("以大型語言模型建置企業知識庫")]
['LNG-GEN', 'LNG-KNW']
"""

from matchmaker.competency.dictionary import BadDictionary, parse_terms, read_terms
from matchmaker.competency.extraction import (
    Concept,
    Extractor,
    Mention,
    Source,
    SuggestedRequirement,
    extract_concepts,
    suggest_competencies,
    suggest_requirements,
    suggest_sectors,
    suggest_techniques,
)
from matchmaker.competency.levels import (
    IMPORTANCE_MUST,
    IMPORTANCE_NICE,
    IMPORTANCE_SHOULD,
    MAX_LEVEL,
    MIN_LEVEL,
    attainment,
    level,
    meets,
)
from matchmaker.competency.lexicon import Coverage, Lexicon, coverage, gloss, load_lexicon
from matchmaker.competency.taxonomy import (
    Competency,
    Domain,
    Level,
    Pattern,
    Requirement,
    Role,
    Sector,
    Taxonomy,
    Tool,
    UnknownConcept,
    load_taxonomy,
    resolve_sector,
)
from matchmaker.competency.text import detect_language, fold, has_cjk

__all__ = [
    "IMPORTANCE_MUST",
    "IMPORTANCE_NICE",
    "IMPORTANCE_SHOULD",
    "MAX_LEVEL",
    "MIN_LEVEL",
    "BadDictionary",
    "Competency",
    "Concept",
    "Coverage",
    "Domain",
    "Extractor",
    "Level",
    "Lexicon",
    "Mention",
    "Pattern",
    "Requirement",
    "Role",
    "Sector",
    "Source",
    "SuggestedRequirement",
    "Taxonomy",
    "Tool",
    "UnknownConcept",
    "attainment",
    "coverage",
    "detect_language",
    "extract_concepts",
    "fold",
    "gloss",
    "has_cjk",
    "level",
    "load_lexicon",
    "load_taxonomy",
    "meets",
    "parse_terms",
    "read_terms",
    "resolve_sector",
    "suggest_competencies",
    "suggest_requirements",
    "suggest_sectors",
    "suggest_techniques",
]
