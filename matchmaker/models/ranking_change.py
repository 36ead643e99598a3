"""How what would fit a team moved when it was worked out anew: kept to be shown to the team."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, Moment
from matchmaker.models.team import Team


class RankingChange(Base):
    """One time that a team's preview came out differently than before."""

    __tablename__ = "ranking_changes"
    __table_args__ = (sa.Index("ix_ranking_changes_team_id_made_at", "team_id", "made_at"),)

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"))
    #: When the ranking before was made, and when this one.
    before_at: Mapped[Moment]
    made_at: Mapped[Moment]
    #: [{problem, rank: [before, after], score: [before, after], parts: {part of the score: change}}];
    #: a rank is null where the problem was not, or is no longer, among those kept.
    moves: Mapped[list[Any]]

    team: Mapped[Team] = relationship()
