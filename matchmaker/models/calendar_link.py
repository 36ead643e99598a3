"""Calendar links: the secret address under which somebody's calendar reads their due times."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped


class CalendarLink(Timestamped, Base):
    """One person's link; making a new one ends the old, and only a digest of the secret is kept."""

    __tablename__ = "calendar_links"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    #: SHA-256 of the secret in the address.
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    #: The language entries are written in: a calendar asks without a session.
    locale: Mapped[str] = mapped_column(sa.String(16))
    expires_at: Mapped[Moment]

    user: Mapped[User] = relationship()
