"""What publishing a run would do: who is told what, who is not and why, what gets lost from sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.i18n import N_
from matchmaker.models import Band, Match, MatchRun, Problem
from matchmaker.queries.match import problem_lines
from matchmaker.queries.match_run import conflicts, is_open, published_run
from matchmaker.workflows.match import SHOWN_STATES, MatchState

Pair = tuple[int, int]


@dataclass(frozen=True)
class LeftOut:
    """An endorsed pair that nobody will be told of, and why."""

    match: Match
    reason: str


@dataclass(frozen=True)
class Publication:
    """The consequences of publishing one run."""

    invited: list[Match]
    left_out: list[LeftOut]
    #: Problems for which no team would be announced.
    without: list[Problem]
    #: Pairs that look at least possible and that nobody has decided on.
    n_unreviewed: int
    n_held: int
    #: What the run that is published now has announced.
    earlier: dict[Pair, Match]

    @property
    def news(self) -> list[Match]:
        """The pairs that nobody has been told of before: these cause letters."""
        return [m for m in self.invited if (m.problem_id, m.team_id) not in self.earlier]

    @property
    def dropped(self) -> list[Match]:
        """Pairs that are announced now and would be no longer."""
        kept = {(m.problem_id, m.team_id) for m in self.invited}
        return [match for pair, match in self.earlier.items() if pair not in kept]


def publication(session: Session, run: MatchRun, now: datetime) -> Publication:
    """What publishing *run* at this moment would do."""
    endorsed = _matches(session, run, (MatchState.ENDORSED,))
    clashes = conflicts(session, {m.problem_id for m in endorsed}, {m.team_id for m in endorsed})
    left_out = [
        LeftOut(match, reason)
        for match in endorsed
        if (reason := _hindrance(match, clashes, now)) is not None
    ]
    hindered = {item.match.id for item in left_out}
    invited = [match for match in endorsed if match.id not in hindered]
    lines = problem_lines(session, run)
    told = {match.problem_id for match in invited}
    before = published_run(session, run.call_id)
    shown = _matches(session, before, SHOWN_STATES) if before is not None else []
    return Publication(
        invited=invited,
        left_out=left_out,
        without=[line.subject for line in lines if line.id not in told],
        n_unreviewed=_count_unreviewed(session, run),
        n_held=sum(line.counts[MatchState.HELD] for line in lines),
        earlier={(m.problem_id, m.team_id): m for m in shown},
    )


def _matches(session: Session, run: MatchRun, states: Sequence[MatchState]) -> Sequence[Match]:
    statement = (
        sa.select(Match)
        .where(Match.run_id == run.id, Match.state.in_(states))
        .options(joinedload(Match.problem).joinedload(Problem.organization), joinedload(Match.team))
        .order_by(Match.problem_id, Match.problem_rank)
    )
    return session.scalars(statement).all()


def _hindrance(match: Match, clashes: dict[Pair, str], now: datetime) -> str | None:
    if (match.problem_id, match.team_id) in clashes:
        return N_("Conflict of interest since the run: the two sides belong together.")
    if not is_open(match.problem, now):
        return N_("The problem is no longer open to teams.")
    if match.team.archived_at is not None:
        return N_("The team has paused or disbanded.")
    return None


def _count_unreviewed(session: Session, run: MatchRun) -> int:
    statement = sa.select(sa.func.count(Match.id)).where(
        Match.run_id == run.id, Match.state == MatchState.SUGGESTED, Match.band != Band.WEAK
    )
    return session.scalar(statement) or 0
