"""What scores rest on: the matcher as the office wants it, and how common terms are.

Only workers load this: it needs the matching library, which no web process has to hold.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import utcnow
from matchmaker.db import unit_of_work
from matchmaker.matching import (
    LexicalReference,
    MatchPipeline,
    ScoreScale,
    Statistics,
    fit_statistics,
    scaled_for,
)
from matchmaker.models import TermStatistics
from matchmaker.queries import term_statistics as queries
from matchmaker.queries.ranker import in_use
from matchmaker.services import preview
from matchmaker.services.match_documents import read_problem, read_team
from matchmaker.services.ranker_learning import weighted_by

#: Statistics older than this, or of a collection that has since grown or shrunk by more than this
#: share, are worked out anew before the next run.
MAX_AGE = timedelta(days=30)
MAX_CHANGE = 0.25

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Basis:
    """The matcher with the settings in use, and the term statistics in use."""

    pipeline: MatchPipeline
    #: None as long as the programme has no text to count over; a run then counts its own.
    reference: LexicalReference | None
    #: What a run notes of it.
    notes: dict[str, Any] = field(default_factory=dict)


def find_basis(
    sessions: sessionmaker[Session],
    pipeline: MatchPipeline,
    *,
    own_scale: bool = False,
    renew: bool = True,
    report: Report = lambda stage, done, total: None,
) -> Basis:
    """Return what the next scores rest on, counting terms anew if what is kept is out of date.

    *own_scale*: the model is not the one the shipped scale was measured with. Without *renew* what
    is kept is used however old it is.
    """
    with sessions() as session:
        ranker = in_use(session)
        row = queries.newest(session)
        stale = renew and (row is None or _is_stale(session, row, pipeline))
    if stale:
        row = refit(sessions, pipeline, report=_before_ranking(report)) or row
    config = weighted_by(pipeline.config, ranker)
    notes = {"ranker": ranker.id if ranker else None, "term_statistics": None, "scale": "shipped"}
    if row is None:
        return Basis(pipeline.with_config(config), None, notes)
    statistics = unpack(row)
    scaled = scaled_for(config, statistics) if own_scale else config
    notes["term_statistics"] = row.id
    notes["scale"] = "shipped" if scaled is config else "measured"
    return Basis(pipeline.with_config(scaled), statistics.reference, notes)


def _before_ranking(report: Report) -> Report:
    """Tell of reading and encoding alone: the ranking that follows is the run's own."""

    def tell(stage: str, done: int, total: int) -> None:
        if stage != "rank":
            report(stage, done, total)

    return tell


def _is_stale(session: Session, row: TermStatistics, pipeline: MatchPipeline) -> bool:
    """Whether texts are read otherwise now, or there are many more or fewer of them."""
    if (row.model, row.lexicon) != (pipeline.encoder.model_id, pipeline.lexicon.fingerprint):
        return True
    if utcnow() - row.created_at > MAX_AGE:
        return True
    now = queries.count_texts(session)
    return abs(now - row.n_texts) > MAX_CHANGE * row.n_texts


def refit(
    sessions: sessionmaker[Session],
    pipeline: MatchPipeline,
    *,
    user_id: int | None = None,
    report: Report = lambda stage, done, total: None,
) -> TermStatistics | None:
    """Count terms and measure scales over the programme's texts, and keep them as a new version.

    Returns the version in use afterwards: the one before if nothing has changed, or None if there
    is no text at all.
    """
    with sessions() as session:
        at = utcnow()
        problems = [read_problem(row, at) for row in queries.counted_problems(session)]
        teams = [read_team(row) for row in queries.counted_teams(session)]
        n_texts = queries.count_texts(session)
    found = fit_statistics(pipeline, problems, teams, report)
    if not found.reference.n_documents:
        return None
    row = _packed(found, n_texts, pipeline, user_id)
    with unit_of_work(sessions) as session:
        before = queries.newest(session)
        if before is not None and _says_the_same(before, row):
            return before
        session.add(row)
        preview.ask_all(session)
    return row


def _packed(
    found: Statistics, n_texts: int, pipeline: MatchPipeline, user_id: int | None
) -> TermStatistics:
    counts = json.dumps(dict(found.reference.frequencies), ensure_ascii=False)
    return TermStatistics(
        user_id=user_id,
        fingerprint=found.reference.fingerprint,
        n_texts=n_texts,
        n_documents=found.reference.n_documents,
        n_terms=len(found.reference.frequencies),
        counts=zlib.compress(counts.encode()),
        model=pipeline.encoder.model_id,
        lexicon=pipeline.lexicon.fingerprint,
        scales={name: asdict(scale) for name, scale in found.scales.items()},
        n_pairs=found.n_pairs,
    )


def _says_the_same(before: TermStatistics, row: TermStatistics) -> bool:
    names = ("fingerprint", "model", "lexicon", "scales", "n_pairs")
    return all(getattr(before, name) == getattr(row, name) for name in names)


def unpack(row: TermStatistics) -> Statistics:
    """The statistics as the matcher takes them."""
    scales = {name: ScoreScale(**scale) for name, scale in row.scales.items()}
    return Statistics(_reference(row.n_documents, row.counts), scales, row.n_pairs)


@lru_cache(maxsize=4)
def _reference(n_documents: int, counts: bytes) -> LexicalReference:
    """One for all jobs of a process: reading and fingerprinting it takes longer than most jobs."""
    return LexicalReference(n_documents, json.loads(zlib.decompress(counts)))
