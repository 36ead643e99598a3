"""Whether a team wants to be named in the public hall of awards; without its word it is “a team”."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.award import Award
from matchmaker.models.base import Base, Moment, Timestamped


class HallConsent(Timestamped, Base):
    """What a team said for one award, the last time it was asked."""

    __tablename__ = "hall_consents"

    award_id: Mapped[int] = mapped_column(sa.ForeignKey("awards.id"), unique=True)
    is_named: Mapped[bool]
    #: Who said it for the team, and when.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    said_at: Mapped[Moment]

    award: Mapped[Award] = relationship()
    user: Mapped[User | None] = relationship()
