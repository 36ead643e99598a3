"""Hours of mentoring: when, how long and about what."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped
from matchmaker.models.engagement import Engagement

MAX_MINUTES = 12 * 60


class MentoringSession(Timestamped, Base):
    """One meeting of mentor and team; it counts once the mentor has said so."""

    __tablename__ = "mentoring_sessions"
    __table_args__ = (
        sa.CheckConstraint(f"minutes BETWEEN 1 AND {MAX_MINUTES}", name="minutes_range"),
        sa.CheckConstraint("(struck_at IS NULL) = (strike_reason = '')", name="struck_has_reason"),
    )

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"), index=True)
    mentor_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    #: Who wrote it down: the mentor, or somebody of the team.
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    held_on: Mapped[dt.date] = mapped_column(sa.Date)
    minutes: Mapped[int]
    topic: Mapped[str] = mapped_column(sa.String(200))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    #: When the mentor said that it was so; at once if the mentor wrote it.
    confirmed_at: Mapped[Moment | None]
    #: Entered wrongly: it stays on record and counts no more.
    struck_at: Mapped[Moment | None]
    striker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    strike_reason: Mapped[str] = mapped_column(sa.Text, default="")

    engagement: Mapped[Engagement] = relationship()
    mentor: Mapped[User] = relationship(foreign_keys=mentor_id)
    user: Mapped[User] = relationship(foreign_keys=user_id)

    @property
    def counts(self) -> bool:
        """Whether its minutes are in the sums."""
        return self.confirmed_at is not None and self.struck_at is None
