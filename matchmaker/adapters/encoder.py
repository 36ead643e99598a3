"""The matcher as the settings want it: encoder, lexicon and pipeline. Only tasks load this."""

from __future__ import annotations

from matchmaker.competency import load_lexicon
from matchmaker.competency.dictionary import Entry
from matchmaker.matching import (
    Encoder,
    HashingEncoder,
    MatchPipeline,
    SentenceEncoder,
    VectorCache,
)
from matchmaker.settings import Settings


def make_encoder(settings: Settings) -> Encoder:
    """The text encoder that the settings name; its model loads at the first text."""
    if settings.encoder == "hashing":
        return HashingEncoder(reads_chinese=settings.model_multilingual)
    return SentenceEncoder(
        settings.model or None,
        # Unless the operator says so, the model's own tokenizer is asked.
        reads_chinese=settings.model_multilingual or None,
    )


def make_pipeline(
    settings: Settings, cache: VectorCache, terms: tuple[Entry, ...] = ()
) -> MatchPipeline:
    """The matcher with the settings' encoder and dictionary, keeping its vectors in *cache*.

    *terms* are the office's own, which win over every other word list.
    """
    return MatchPipeline(
        encoder=make_encoder(settings),
        cache=cache,
        lexicon=load_lexicon(terms, settings.dictionary),
    )
