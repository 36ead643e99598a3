"""What one can learn for: the problems a person's teams were told of or are close to."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.models import Match, Preview, Problem, User
from matchmaker.policies.match import announced_matches
from matchmaker.policies.preview import visible_previews
from matchmaker.policies.problem import visible_problems
from matchmaker.workflows.problem import ProblemState

#: How many problems are offered to learn for.
OFFERED = 12


def aim_problems(session: Session, actor: User) -> Sequence[Problem]:
    """Problems that are open and that *actor*'s teams were told of or are close to, best first."""
    own = sa.union_all(
        sa.select(Match.problem_id, Match.score).where(
            announced_matches(), Match.team_id.in_(actor.team_ids)
        ),
        sa.select(Preview.problem_id, Preview.score).where(
            visible_previews(actor), Preview.team_id.in_(actor.team_ids)
        ),
    ).subquery()
    best = (
        sa.select(own.c.problem_id, sa.func.max(own.c.score).label("score"))
        .group_by(own.c.problem_id)
        .subquery()
    )
    statement = (
        sa.select(Problem)
        .join(best, best.c.problem_id == Problem.id)
        .where(visible_problems(actor), Problem.state == ProblemState.PUBLISHED)
        .options(selectinload(Problem.requirements))
        .order_by(best.c.score.desc(), Problem.id)
        .limit(OFFERED)
    )
    return session.scalars(statement).all()
