"""Encode problems for comparison."""

from __future__ import annotations

from typing import Any

from matchmaker.adapters.encoder import make_pipeline
from matchmaker.services.lexicon_term import office_terms
from matchmaker.services.similar_problems import KIND, encode_new
from matchmaker.services.vectors import DatabaseVectorCache
from matchmaker.tasks import TaskContext, task


@task(KIND)
def encode(context: TaskContext) -> dict[str, Any]:
    """Encode every problem whose texts were not encoded yet."""
    with context.sessions() as session:
        terms = office_terms(session)
    cache = DatabaseVectorCache(context.sessions)
    return encode_new(
        context.sessions, make_pipeline(context.settings, cache, terms), context.progress
    )
