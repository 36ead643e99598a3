"""Reminders that were sent: at most one for each thing, person and day."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base


class Reminder(Base):
    """A letter that reminded somebody of something on a day."""

    __tablename__ = "reminders"
    __table_args__ = (sa.UniqueConstraint("kind", "subject_id", "user_id", "day"),)

    #: The kind of letter.
    kind: Mapped[str] = mapped_column(sa.String(64))
    #: The id of what it is about: which table, the kind says.
    subject_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    day: Mapped[dt.date] = mapped_column(sa.Date)
