"""Reading how what would fit a team moved, and what had changed of its members meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import LevelChange, Problem, RankingChange, Team, TeamMember, User
from matchmaker.policies.problem import visible_problems
from matchmaker.policies.ranking_change import visible_ranking_changes


@dataclass(frozen=True)
class LatestChange:
    """The latest move, with the problems it is about and the competencies whose level changed."""

    change: RankingChange
    problems: Mapping[int, Problem]
    competencies: Sequence[str]


def latest(session: Session, actor: User | None, team: Team) -> LatestChange | None:
    """How *team*'s ranking moved when it last came out differently; None if it never did."""
    change = session.scalar(
        sa.select(RankingChange)
        .where(RankingChange.team_id == team.id, visible_ranking_changes(actor))
        .order_by(RankingChange.id.desc())
        .limit(1)
    )
    if change is None:
        return None
    ids = [move["problem"] for move in change.moves]
    known = sa.select(Problem).where(Problem.id.in_(ids), visible_problems(actor))
    problems = {row.id: row for row in session.scalars(known)}
    return LatestChange(change, problems, _changed_levels(session, change))


def _changed_levels(session: Session, change: RankingChange) -> Sequence[str]:
    """The competencies in which a member's level changed between the two rankings."""
    members = sa.select(TeamMember.user_id).where(TeamMember.team_id == change.team_id)
    statement = (
        sa.select(LevelChange.competency)
        .where(
            LevelChange.user_id.in_(members),
            LevelChange.at > change.before_at,
            LevelChange.at <= change.made_at,
        )
        .distinct()
        .order_by(LevelChange.competency)
    )
    return session.scalars(statement).all()
