"""The matcher as the settings want it: encoder, lexicon, cache. Only tasks load this."""

from __future__ import annotations

from matchmaker.competency import load_lexicon
from matchmaker.competency.dictionary import Entry
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
