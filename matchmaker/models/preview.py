"""What would fit a team now: ranked by the matcher alone, reviewed by nobody."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment


class Preview(Base):
    """The problems that fit one team best as things stand. It can be made again at any time."""

    __tablename__ = "previews"

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"), unique=True)
    made_at: Mapped[Moment]
    #: For each pair problem, band, score, confidence and explanation, best first.
    pairs: Mapped[list[Any]]
    #: Model, statistics and weights it was made with.
    config: Mapped[dict[str, Any]]
