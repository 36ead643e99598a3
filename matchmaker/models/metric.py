"""What the work is measured by: from a baseline to a target, with readings on the way."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped
from matchmaker.models.engagement import Engagement


class Metric(Timestamped, Base):
    """One measure of an engagement; its figures count once owner and team have agreed on them."""

    __tablename__ = "metrics"
    __table_args__ = (sa.CheckConstraint("baseline <> target", name="has_a_way_to_go"),)

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    unit: Mapped[str] = mapped_column(sa.String(40), default="")
    baseline: Mapped[float]
    #: Better is towards the target: above the baseline, or below it.
    target: Mapped[float]
    owner_agreed_at: Mapped[Moment | None]
    team_agreed_at: Mapped[Moment | None]
    #: Given up: it stays on record.
    retired_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    engagement: Mapped[Engagement] = relationship()
    readings: Mapped[list[MetricReading]] = relationship(
        back_populates="metric",
        order_by="(MetricReading.measured_on, MetricReading.id)",
        cascade="all, delete-orphan",
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_agreed(self) -> bool:
        """Whether both sides stand by baseline and target."""
        return self.owner_agreed_at is not None and self.team_agreed_at is not None

    @property
    def counted(self) -> list[MetricReading]:
        """The readings that were not struck out, the oldest first."""
        return [reading for reading in self.readings if reading.struck_at is None]


class MetricReading(Timestamped, Base):
    """What was measured on one day; a wrong one is struck out, not deleted."""

    __tablename__ = "metric_readings"
    __table_args__ = (
        sa.CheckConstraint("(struck_at IS NULL) = (strike_reason = '')", name="struck_has_reason"),
    )

    metric_id: Mapped[int] = mapped_column(
        sa.ForeignKey("metrics.id", ondelete="CASCADE"), index=True
    )
    value: Mapped[float]
    measured_on: Mapped[dt.date] = mapped_column(sa.Date)
    #: How and on what it was measured.
    note: Mapped[str] = mapped_column(sa.Text, default="")
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    struck_at: Mapped[Moment | None]
    striker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    strike_reason: Mapped[str] = mapped_column(sa.Text, default="")

    metric: Mapped[Metric] = relationship(back_populates="readings")
    user: Mapped[User] = relationship(foreign_keys=user_id)
