"""Reading learned weights: the ones in use, earlier attempts, and the decisions to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import (
    Application,
    Engagement,
    Match,
    MatchRun,
    Milestone,
    Problem,
    Ranker,
    Team,
    User,
)
from matchmaker.policies.ranker import visible_rankers
from matchmaker.policies.scope import is_national
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.match import MatchState

LEARN = "ranker.learn"
#: States in which somebody has said whether the pair is a good one.
DECIDED_STATES = (
    MatchState.ENDORSED,
    MatchState.DECLINED,
    MatchState.INVITED,
    MatchState.ACCEPTED,
    MatchState.REFUSED,
    MatchState.EXPIRED,
)


def in_use(session: Session, *, lock: bool = False) -> Ranker | None:
    """The learned weights in use, if any are."""
    statement = sa.select(Ranker).where(Ranker.in_use)
    return session.scalar(statement.with_for_update() if lock else statement)


def list_rankers(session: Session, actor: User | None, *, number: int = 1) -> Page[Ranker]:
    """The attempts at learning, newest first."""
    statement = (
        sa.select(Ranker)
        .where(visible_rankers(actor))
        .options(joinedload(Ranker.user))
        .order_by(Ranker.id.desc())
    )
    return paginate(session, statement, number=number)


def get_ranker(
    session: Session, actor: User | None, ranker_id: int, *, lock: bool = False
) -> Ranker:
    """The attempt, or `NotFound`."""
    statement = sa.select(Ranker).where(Ranker.id == ranker_id, visible_rankers(actor))
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound
    return found


def decided(session: Session) -> Iterator[Match]:
    """The pairs of the programme's calls of which something is known, each from the latest such run.

    Known is what an officer or the team said of the match, or that the team applied. A run made
    after a milestone was decided is not taken: the result is in the members' evidence by then, and
    what is to be foreseen would stand among what it is foreseen from.
    """
    applied = sa.exists().where(
        Application.problem_id == Match.problem_id,
        Application.team_id == Match.team_id,
        Application.submitted_at.is_not(None),
    )
    latest = (
        sa.select(sa.func.max(Match.id))
        .join(MatchRun, MatchRun.id == Match.run_id)
        .where(
            sa.or_(Match.state.in_(DECIDED_STATES), applied),
            ~_made_after_result(),
            is_national(MatchRun.call_id),
        )
        .group_by(Match.problem_id, Match.team_id)
    )
    statement = (
        sa.select(Match)
        .where(Match.id.in_(latest))
        .options(joinedload(Match.run))
        .order_by(Match.id)
    )
    yield from session.scalars(statement)


def _made_after_result() -> sa.ColumnElement[bool]:
    """The condition that a milestone of the pair was decided before the run had finished."""
    return (
        sa.exists()
        .where(
            Engagement.problem_id == Match.problem_id,
            Engagement.team_id == Match.team_id,
            Milestone.engagement_id == Engagement.id,
            Milestone.decided_at < MatchRun.finished_at,
        )
        .correlate(Match, MatchRun)
    )


def named_in(
    session: Session, rankers: Sequence[Ranker]
) -> tuple[dict[int, Problem], dict[int, Team]]:
    """The problems and teams that the cards of *rankers* name."""
    rows = [row for one in rankers for row in one.card.get("effects", {}).get("most", [])]
    problem_ids = {row["problem"] for row in rows}
    team_ids = {key for row in rows for key in (*row["in"], *row["out"])}
    problems = session.scalars(sa.select(Problem).where(Problem.id.in_(problem_ids)))
    teams = session.scalars(sa.select(Team).where(Team.id.in_(team_ids)))
    return {row.id: row for row in problems}, {row.id: row for row in teams}


def latest_pairs(session: Session) -> Sequence[Match]:
    """Every pair of the latest finished run of each of the programme's calls, best first."""
    runs = (
        sa.select(sa.func.max(MatchRun.id))
        .where(
            sa.exists().where(Match.run_id == MatchRun.id),
            is_national(MatchRun.call_id),
        )
        .group_by(MatchRun.call_id)
    )
    statement = (
        sa.select(Match)
        .where(Match.run_id.in_(runs))
        .options(
            joinedload(Match.run),
            joinedload(Match.problem),
            joinedload(Match.team).selectinload(Team.works),
            joinedload(Match.team).selectinload(Team.members),
        )
        .order_by(Match.run_id, Match.problem_id, Match.problem_rank)
    )
    return session.scalars(statement).unique().all()
