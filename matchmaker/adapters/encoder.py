"""The matcher as the settings want it: encoder, lexicon, cache. Only tasks load this."""

from __future__ import annotations

from typing import Any

from matchmaker.competency import load_lexicon
from matchmaker.competency.dictionary import Entry, inspect_cedict
from matchmaker.matching import MatchPipeline, VectorCache, make_encoder
from matchmaker.settings import Settings


def make_pipeline(
    settings: Settings, cache: VectorCache, terms: tuple[Entry, ...] = ()
) -> MatchPipeline:
    """The matcher with the settings' encoder and dictionary, keeping its vectors in *cache*.

    *terms* are the office's own, which win over every other word list.
    """
    return MatchPipeline(
        encoder=make_encoder(
            settings.encoder, settings.model, multilingual=settings.model_multilingual
        ),
        cache=cache,
        lexicon=load_lexicon(terms, settings.dictionary),
    )


def dictionary_notes(settings: Settings) -> dict[str, Any] | None:
    """What a run notes of the operator's dictionary; None if there is none."""
    if settings.dictionary is None:
        return None
    found = inspect_cedict(settings.dictionary)
    return {
        "file": settings.dictionary.name,
        "entries": found.n_entries,
        "bad_lines": [number for number, _ in found.bad_lines],
    }
