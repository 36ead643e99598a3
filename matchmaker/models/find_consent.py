"""Who agreed to be found by teams that look for what they can; nobody is unless they said so."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Timestamped


class FindConsent(Timestamped, Base):
    """One person's agreement, as long as it stands; taking it back removes the row at once."""

    __tablename__ = "find_consents"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    #: Names the text the person agreed to.
    consent: Mapped[str] = mapped_column(sa.String(32))
    #: What the person says to teams, in their own words.
    text: Mapped[str] = mapped_column(sa.String(500), default="")

    user: Mapped[User] = relationship()
