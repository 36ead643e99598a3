"""The teams that have answered a recommendation of a problem."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import Match, MemberRole, Problem, Team, TeamMember, User
from matchmaker.policies.match import announced_matches
from matchmaker.workflows.match import MatchState

ANSWERED = (MatchState.ACCEPTED, MatchState.REFUSED)


def leads_who_answered(session: Session, problem: Problem) -> Sequence[tuple[User, Team]]:
    """The leads of the teams that answered, each with the team."""
    statement = (
        sa.select(User, Team)
        .join(TeamMember, TeamMember.user_id == User.id)
        .join(Team, Team.id == TeamMember.team_id)
        .join(Match, Match.team_id == Team.id)
        .where(
            Match.problem_id == problem.id,
            announced_matches(),
            Match.state.in_(ANSWERED),
            TeamMember.role == MemberRole.LEAD,
            User.disabled_at.is_(None),
            User.erased_at.is_(None),
        )
        .order_by(Team.id, User.id)
    )
    return [(user, team) for user, team in session.execute(statement).unique()]
