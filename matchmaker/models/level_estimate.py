"""What is known of people's levels, computed from their evidence, and how it changed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment


class LevelEstimate(Base):
    """One person in one competency, as of the last computation; no row where there is no evidence."""

    __tablename__ = "level_estimates"
    __table_args__ = (sa.UniqueConstraint("user_id", "competency"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    competency: Mapped[str] = mapped_column(sa.String(16), index=True)
    mean: Mapped[float]
    sd: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    #: Probability of each level or more, from 0 to 5.
    at_least: Mapped[list[float]] = mapped_column(sa.JSON)
    confirmed: Mapped[int]
    is_unknown: Mapped[bool]
    parameters_version: Mapped[str] = mapped_column(sa.String(16))
    computed_at: Mapped[Moment]

    user: Mapped[User] = relationship()


class LevelChange(Base):
    """One step of one person's level and what caused it. Rows are only ever added."""

    __tablename__ = "level_changes"
    __table_args__ = (sa.Index("ix_level_changes_user_at", "user_id", "at"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    competency: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[Moment]
    #: None where nothing was known before, or nothing is any more.
    mean_before: Mapped[float | None]
    mean_after: Mapped[float | None]
    confirmed_before: Mapped[int] = mapped_column(default=0)
    confirmed_after: Mapped[int] = mapped_column(default=0)
    #: What caused it, such as ``evidence:check`` or ``parameters``: see `services.level_estimate`.
    cause: Mapped[str] = mapped_column(sa.String(64))
    #: The row that caused it, of the table the cause speaks of.
    cause_id: Mapped[int | None]
    parameters_version: Mapped[str] = mapped_column(sa.String(16))
