"""Who sees how what would fit a team moved."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.models import RankingChange, User


def visible_ranking_changes(actor: User | None) -> sa.ColumnElement[bool]:
    """The changes *actor* may know of: all for officers, those of their own teams for others."""
    if actor is None:
        return RankingChange.id.in_(())
    return sa.true() if actor.is_officer else RankingChange.team_id.in_(actor.team_ids)
