"""Mail to be sent: written with the decision that causes it, sent after the commit."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment, Timestamped


class OutboxMessage(Timestamped, Base):
    """One mail to one person, already in their language."""

    __tablename__ = "outbox_messages"

    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    recipient: Mapped[str] = mapped_column(sa.String(254))
    kind: Mapped[str] = mapped_column(sa.String(64))
    subject: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[str] = mapped_column(sa.Text)
    sent_at: Mapped[Moment | None]
    failure: Mapped[str] = mapped_column(sa.Text, default="")
