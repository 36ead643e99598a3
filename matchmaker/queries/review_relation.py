"""Reading the ties a reviewer has declared."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import ReviewRelation, Team, User
from matchmaker.policies.review_relation import visible_relations
from matchmaker.policies.team import public_teams


def own_relations(session: Session, actor: User) -> Sequence[ReviewRelation]:
    """The ties the reviewer has declared."""
    statement = (
        sa.select(ReviewRelation)
        .where(visible_relations(actor))
        .options(joinedload(ReviewRelation.team))
        .order_by(ReviewRelation.id)
    )
    return session.scalars(statement).all()


def teams_to_declare(session: Session, actor: User) -> Sequence[Team]:
    """The teams that everybody may know of, but for those declared already."""
    declared = sa.select(ReviewRelation.team_id).where(
        ReviewRelation.user_id == actor.id, ReviewRelation.team_id.is_not(None)
    )
    statement = sa.select(Team).where(public_teams(), Team.id.not_in(declared))
    return session.scalars(statement.order_by(Team.name_zh, Team.name_en, Team.id)).all()
