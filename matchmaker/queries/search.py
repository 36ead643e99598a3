"""Search for words in a folded text column, in Chinese as in English.

Chinese has no blanks between words, so a term is looked for as a substring; what the taxonomy and
the word lists call the same thing in the other language is looked for as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from matchmaker.competency import load_taxonomy
from matchmaker.competency.dictionary import Entry
from matchmaker.competency.lexicon import shipped_entries, taxonomy_entries
from matchmaker.models.problem import searchable

MAX_TERMS = 8
MAX_ALTERNATIVES = 6
MAX_LENGTH = 200


def matches(column: InstrumentedAttribute[str], query: str) -> sa.ColumnElement[bool]:
    """The rows whose *column* has every term of *query*, or the whole query in the other language."""
    phrase = searchable(query[:MAX_LENGTH])
    terms = phrase.split(" ")[:MAX_TERMS]
    every_term = sa.and_(*(_any_of(column, (term, *alternatives(term))) for term in terms))
    if len(terms) == 1:
        return every_term
    return sa.or_(every_term, _any_of(column, alternatives(phrase)))


def _any_of(column: InstrumentedAttribute[str], words: Iterable[str]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(column.contains(word, autoescape=True) for word in words))


def alternatives(term: str) -> tuple[str, ...]:
    """Other ways to write the folded *term*: the other language's words, and 臺 for 台.

    >>> alternatives("瑕疵檢測")[0]
    'defect inspection'
    """
    variants = {term.replace("臺", "台"), term.replace("台", "臺")} - {term}
    translated = dict.fromkeys((*_translations().get(term, ()), *sorted(variants)))
    return tuple(translated)[:MAX_ALTERNATIVES]


def _dictionary() -> Sequence[Entry]:
    """The shipped word lists alone; the taxonomy's own entries come last among what ships."""
    entries = shipped_entries()
    return entries[: len(entries) - len(list(taxonomy_entries()))]


@cache
def _translations() -> Mapping[str, tuple[str, ...]]:
    """From a folded word to its folded counterparts, both ways, the best first."""
    table: dict[str, dict[str, None]] = defaultdict(dict)
    for one, other in _pairs():
        table[one].setdefault(other)
        table[other].setdefault(one)
    return {word: tuple(found) for word, found in table.items()}


def _pairs() -> Iterator[tuple[str, str]]:
    taxonomy = load_taxonomy()
    for concept in (
        *taxonomy.competencies.values(),
        *taxonomy.patterns.values(),
        *taxonomy.sectors.values(),
    ):
        yield searchable(concept.zh), searchable(concept.en)
    # The taxonomy's aliases and cues hint at a concept; they do not translate it.
    for word, senses in _dictionary():
        for sense in senses:
            yield searchable(word), searchable(sense)
