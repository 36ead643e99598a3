"""Deliveries: how each letter reaches its reader, and how far it has got."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.outbox import OutboxMessage
from matchmaker.workflows.delivery import DELIVERY_WORKFLOW, DeliveryAction, DeliveryState


class Channel(StrEnum):
    """How somebody wants to be told: everything is in the app, by whatever way it comes besides."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    OFF = "off"


CHANNEL_LABELS = {
    Channel.AT_ONCE: N_("By e-mail at once"),
    Channel.DIGEST: N_("In one e-mail a day"),
    Channel.OFF: N_("In the app only"),
}


class Delivery(Timestamped, Base):
    """One letter to one reader."""

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.CheckConstraint("state <> 'discarded' OR reason <> ''", name="discarded_has_reason"),
        sa.Index("ix_deliveries_user_state", "user_id", "state"),
        sa.Index("ix_deliveries_state_topic", "state", "topic"),
    )

    message_id: Mapped[int] = mapped_column(
        sa.ForeignKey("outbox_messages.id", ondelete="CASCADE"), unique=True
    )
    #: None for letters to an address without an account.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(sa.String(32))
    channel: Mapped[Channel] = mapped_column(enum_type(Channel))
    state: Mapped[DeliveryState] = mapped_column(
        enum_type(DeliveryState), default=DELIVERY_WORKFLOW.initial
    )
    #: Where in the app the letter leads.
    path: Mapped[str] = mapped_column(sa.String(500), default="")
    #: Whether the programme office may read it: not what happens in-house, no secret links.
    is_open: Mapped[bool] = mapped_column(default=False)
    read_at: Mapped[Moment | None]
    #: Why it was held back or discarded, in the words of whoever did it.
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    edited_at: Mapped[Moment | None]
    attempts: Mapped[int] = mapped_column(default=0)
    #: Since when a worker is sending it; left behind by one that was killed in the middle.
    begun_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    message: Mapped[OutboxMessage] = relationship()
    user: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: DeliveryAction) -> DeliveryState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = DELIVERY_WORKFLOW.target(before, action)
        return before


class DeliveryChoice(Base):
    """How somebody wants to hear of a topic, where they chose other than the default."""

    __tablename__ = "delivery_choices"
    __table_args__ = (sa.UniqueConstraint("user_id", "topic"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(sa.String(32))
    channel: Mapped[Channel] = mapped_column(enum_type(Channel))


class DeliveryHold(Timestamped, Base):
    """A topic whose letters wait for the office's word before they leave."""

    __tablename__ = "delivery_holds"

    topic: Mapped[str] = mapped_column(sa.String(32), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")

    user: Mapped[User] = relationship()
