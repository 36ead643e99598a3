"""Carry out match runs."""

from __future__ import annotations

from typing import Any

from matchmaker.adapters.encoder import dictionary_notes, make_pipeline
from matchmaker.matching import MatchPipeline
from matchmaker.services.lexicon_term import office_terms
from matchmaker.services.match_ranking import carry_out
from matchmaker.services.vectors import DatabaseVectorCache
from matchmaker.tasks import TaskContext, task


@task("match.run")
def run(context: TaskContext, *, run_id: int) -> dict[str, Any]:
    """Rank every eligible team for every published problem of the run's call."""
    return carry_out(
        context.sessions,
        run_id,
        make_pipeline=lambda: _pipeline(context),
        notes=lambda: {"dictionary": dictionary_notes(context.settings)},
        progress=context.progress,
    )


def _pipeline(context: TaskContext) -> MatchPipeline:
    """The matcher with the office's terms as they are at this moment."""
    with context.sessions() as session:
        terms = office_terms(session)
    return make_pipeline(context.settings, DatabaseVectorCache(context.sessions), terms)
