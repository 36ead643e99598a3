"""The matcher that tasks work with: as the settings and the office want it at this moment."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.adapters.encoder import dictionary_notes, make_pipeline
from matchmaker.matching import MatchPipeline
from matchmaker.services.lexicon_term import office_terms
from matchmaker.services.match_basis import Basis, Report, find_basis
from matchmaker.services.vectors import DatabaseVectorCache
from matchmaker.tasks import TaskContext


def pipeline(context: TaskContext) -> MatchPipeline:
    """The matcher with the office's terms."""
    with context.sessions() as session:
        terms = office_terms(session)
    return make_pipeline(context.settings, DatabaseVectorCache(context.sessions), terms)


def basis(
    context: TaskContext,
    report: Report = lambda stage, done, total: None,
    *,
    renew: bool = True,
) -> Basis:
    """The matcher with the term statistics in use; *renew* them first if they are out of date."""
    found = find_basis(
        context.sessions,
        pipeline(context),
        own_scale=bool(context.settings.model),
        renew=renew,
        report=report,
    )
    notes = {**found.notes, "dictionary": dictionary_notes(context.settings)}
    return replace(found, notes=notes)
