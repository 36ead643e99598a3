"""Badges: a confirmed level that its holder carries elsewhere, signed so that anybody can check it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.workflows.badge import BADGE_WORKFLOW, BadgeAction, BadgeState


class Badge(Timestamped, Base):
    """One level of one person in one competency, as it was confirmed on the day of issue."""

    __tablename__ = "badges"
    __table_args__ = (
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_range"),
        sa.CheckConstraint("state <> 'revoked' OR reason <> ''", name="revoked_has_reason"),
        sa.Index("ix_badges_user_competency", "user_id", "competency"),
    )

    #: The last part of its address: it cannot be guessed, and tells nothing of its holder.
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    competency: Mapped[str] = mapped_column(sa.String(16))
    level: Mapped[int]
    #: The holder's name on the day of issue; empty once they left.
    holder: Mapped[str] = mapped_column(sa.String(120))
    state: Mapped[BadgeState] = mapped_column(enum_type(BadgeState), default=BADGE_WORKFLOW.initial)
    issued_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    #: The signed credential as it was handed out; empty once its holder left.
    token: Mapped[str] = mapped_column(sa.Text)
    #: Why it is no longer good, and since when.
    reason: Mapped[str] = mapped_column(sa.String(600), default="")
    ended_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    user: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: BadgeAction) -> BadgeState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = BADGE_WORKFLOW.target(before, action)
        return before

    def is_valid(self, now: datetime) -> bool:
        """Whether it is good at *now*."""
        return self.state is BadgeState.ISSUED and now < self.expires_at


class BadgeKey(Timestamped, Base):
    """The public half of a key that badges were signed with; kept so that old badges can be checked."""

    __tablename__ = "badge_keys"

    #: The thumbprint of the key (RFC 7638).
    thumbprint: Mapped[str] = mapped_column(sa.String(64), unique=True)
    #: The key as a JSON Web Key.
    jwk: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
