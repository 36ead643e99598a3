"""What would fit a team now: ranked by the matcher alone, reviewed by nobody."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, Moment, enum_type
from matchmaker.models.match import Band
from matchmaker.models.problem import Problem
from matchmaker.models.team import Team


class Preview(Base):
    """One problem that would fit one team as things stand. It can be made again at any time."""

    __tablename__ = "previews"
    __table_args__ = (sa.UniqueConstraint("team_id", "problem_id"),)

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), index=True
    )
    score: Mapped[float]
    band: Mapped[Band] = mapped_column(enum_type(Band))
    confidence: Mapped[str] = mapped_column(sa.String(8))
    #: What the matcher says of the pair, without quotes and advice. See docs/matching.md.
    explanation: Mapped[dict[str, Any]]
    #: Model, term statistics and weights it was made with.
    config: Mapped[dict[str, Any]]
    made_at: Mapped[Moment]

    team: Mapped[Team] = relationship()
    problem: Mapped[Problem] = relationship()
