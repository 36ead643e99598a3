"""Reading previews: what would fit a team now, and what they are made from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import Band, Match, PairRule, PairRuleKind, Preview, Problem, Team, User
from matchmaker.policies.match import announced_matches
from matchmaker.policies.preview import visible_previews
from matchmaker.policies.problem import public_problems
from matchmaker.policies.scope import is_national_team
from matchmaker.queries.level_estimate import team_stamps
from matchmaker.queries.match_run import SHOWN_PROFILE, conflicts
from matchmaker.workflows.problem import ProblemState

#: How many of a team's pairs are shown, and how many are kept so that there are always as many.
SHOWN, KEPT = 10, 30

_BY_FIT = (Preview.score.desc(), Preview.problem_id)


@dataclass(frozen=True)
class TeamPreview:
    """What would fit a team now; ``made_at`` is None as long as nothing was worked out."""

    pairs: Sequence[Preview]
    made_at: datetime | None


def of_team(session: Session, actor: User | None, team: Team, now: datetime) -> TeamPreview:
    """The best of what is open now and not among the team's recommendations already."""
    told = sa.select(Match.problem_id).where(Match.team_id == team.id, announced_matches())
    own = sa.and_(Preview.team_id == team.id, visible_previews(actor))
    statement = (
        sa.select(Preview)
        .join(Problem)
        .where(own, Preview.band != Band.WEAK, takes_teams(now), Problem.id.not_in(told))
        .options(
            joinedload(Preview.problem).options(
                joinedload(Problem.organization), selectinload(Problem.requirements)
            )
        )
        .order_by(*_BY_FIT)
        .limit(KEPT)
    )
    pairs = session.scalars(statement).all()
    # Somebody may have joined the owner, or the office banned a pair, since it was worked out.
    clashes = conflicts(session, [pair.problem_id for pair in pairs], [team.id])
    barred = clashes.keys() | banned(session, team.id)
    allowed = [pair for pair in pairs if (pair.problem_id, pair.team_id) not in barred]
    made_at = session.scalar(sa.select(sa.func.max(Preview.made_at)).where(own))
    return TeamPreview(allowed[:SHOWN], made_at)


def takes_teams(now: datetime) -> sa.ColumnElement[bool]:
    """The condition that a problem of the programme's calls can be taken up now."""
    return sa.and_(
        public_problems(),
        Problem.state == ProblemState.PUBLISHED,
        sa.or_(Problem.deadline_at.is_(None), Problem.deadline_at > now),
    )


def problem_versions(session: Session, now: datetime) -> dict[int, int]:
    """The problems that can be taken up now, each with the version it is at."""
    rows = session.execute(sa.select(Problem.id, Problem.version).where(takes_teams(now)))
    return {row[0]: row[1] for row in rows}


def team_versions(session: Session) -> dict[int, tuple[Any, ...]]:
    """The active teams of the programme's calls, each with the version it and its levels are at."""
    active = sa.and_(is_national_team(), Team.archived_at.is_(None))
    levels = team_stamps(session)
    rows = session.execute(sa.select(Team.id, Team.version).where(active))
    return {team_id: (version, levels.get(team_id, ())) for team_id, version in rows}


def problems_by_id(session: Session, ids: Collection[int]) -> Sequence[Problem]:
    """The problems *ids* with all that the matcher reads."""
    statement = (
        sa.select(Problem)
        .where(Problem.id.in_(ids))
        .options(
            selectinload(Problem.requirements),
            joinedload(Problem.organization),
            joinedload(Problem.author),
        )
        .order_by(Problem.id)
    )
    return session.scalars(statement).all()


def teams_by_id(session: Session, ids: Collection[int]) -> Sequence[Team]:
    """The teams *ids* with all that the matcher reads."""
    statement = sa.select(Team).where(Team.id.in_(ids)).options(*SHOWN_PROFILE).order_by(Team.id)
    return session.scalars(statement).all()


def banned(session: Session, team_id: int | None = None) -> set[tuple[int, int]]:
    """The (problem, team) pairs that the office has banned, of one team or of all."""
    statement = sa.select(PairRule.problem_id, PairRule.team_id).where(
        PairRule.kind == PairRuleKind.BAN
    )
    if team_id is not None:
        statement = statement.where(PairRule.team_id == team_id)
    return {(row[0], row[1]) for row in session.execute(statement)}
