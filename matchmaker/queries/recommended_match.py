"""Whether a problem is recommended to one of a person's teams."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import Match, Problem, User
from matchmaker.policies.match import announced_matches
from matchmaker.workflows.match import MatchState


def recommended_match(session: Session, actor: User, problem: Problem) -> Match | None:
    """The match by which one of *actor*'s teams was told of *problem* and did not refuse it."""
    statement = (
        sa.select(Match)
        .where(
            announced_matches(),
            Match.problem_id == problem.id,
            Match.team_id.in_(actor.team_ids),
            Match.state.in_((MatchState.INVITED, MatchState.ACCEPTED)),
        )
        .options(joinedload(Match.team))
        .order_by(Match.id)
        .limit(1)
    )
    return session.scalar(statement)
