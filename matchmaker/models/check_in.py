"""Check-ins: how the work goes, in a light and a few words, and who has to clear what blocks it."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.cause import CauseSide
from matchmaker.models.engagement import Engagement


class Light(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


LIGHT_LABELS = MappingProxyType(
    {
        Light.GREEN: N_("On course"),
        Light.AMBER: N_("At risk"),
        Light.RED: N_("Blocked"),
    }
)


class CheckIn(Timestamped, Base):
    """What one person said of the work at one moment; never changed: a correction is a new one."""

    __tablename__ = "check_ins"
    __table_args__ = (
        sa.CheckConstraint("(blocker = '') = (blocker_side IS NULL)", name="blocker_has_side"),
        sa.CheckConstraint("light = 'green' OR blocker <> ''", name="trouble_has_blocker"),
        sa.CheckConstraint("resolved_at IS NULL OR blocker <> ''", name="resolved_is_blocker"),
        sa.Index("ix_check_ins_engagement_created", "engagement_id", "created_at"),
    )

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    #: On which side the person stood: team, owner, mentor or office.
    side: Mapped[str] = mapped_column(sa.String(8))
    light: Mapped[Light] = mapped_column(enum_type(Light))
    done: Mapped[str] = mapped_column(sa.Text, default="")
    coming: Mapped[str] = mapped_column(sa.Text, default="")
    #: What stands in the way, and on whose side it has to be cleared.
    blocker: Mapped[str] = mapped_column(sa.Text, default="")
    blocker_side: Mapped[CauseSide | None] = mapped_column(enum_type(CauseSide))
    resolved_at: Mapped[Moment | None]
    resolver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    resolution: Mapped[str] = mapped_column(sa.Text, default="")

    engagement: Mapped[Engagement] = relationship()
    user: Mapped[User] = relationship(foreign_keys=user_id)
    resolver: Mapped[User | None] = relationship(foreign_keys=resolver_id)

    @property
    def is_blocked(self) -> bool:
        """Whether something still stands in the way."""
        return bool(self.blocker) and self.resolved_at is None
