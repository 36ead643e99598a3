"""Reading what the front page shows: open problems and the programme in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import utcnow
from matchmaker.models import Match, MatchRun, Problem
from matchmaker.policies.match import announced_matches
from matchmaker.policies.problem import public_problems
from matchmaker.policies.scope import is_national
from matchmaker.queries.team import count_public
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.problem import ProblemState

NEWEST = 6


@dataclass(frozen=True)
class FrontPage:
    """The newest open problems, and counts of what anybody may know of."""

    problems: Sequence[Problem]
    n_open: int
    n_organizations: int
    n_teams: int
    n_interested: int


def front_page(session: Session) -> FrontPage:
    """The same for every reader."""
    is_open = (
        public_problems(),
        Problem.state == ProblemState.PUBLISHED,
        sa.or_(Problem.deadline_at.is_(None), Problem.deadline_at > utcnow()),
    )
    newest = (
        sa.select(Problem)
        .where(*is_open)
        .options(joinedload(Problem.organization))
        .order_by(Problem.published_at.desc(), Problem.id.desc())
        .limit(NEWEST)
    )
    owners = sa.select(sa.func.count(sa.distinct(Problem.organization_id)))
    national = sa.select(MatchRun.id).where(is_national(MatchRun.call_id))
    interested = sa.select(sa.func.count(Match.id)).where(
        announced_matches(), Match.state == MatchState.ACCEPTED, Match.run_id.in_(national)
    )
    return FrontPage(
        problems=session.scalars(newest).all(),
        n_open=session.scalar(sa.select(sa.func.count(Problem.id)).where(*is_open)) or 0,
        n_organizations=session.scalar(owners.where(public_problems())) or 0,
        n_teams=count_public(session),
        n_interested=session.scalar(interested) or 0,
    )
