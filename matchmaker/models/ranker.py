"""Weights learned from what became of past pairs, each with its model card."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped


class Ranker(Timestamped, Base):
    """One attempt at learning. Without one in use the office's own weights count."""

    __tablename__ = "rankers"
    __table_args__ = (
        sa.Index(
            "uq_rankers_in_use",
            "in_use",
            unique=True,
            sqlite_where=sa.text("in_use"),
            postgresql_where=sa.text("in_use"),
        ),
    )

    #: Who asked for it; None for the operator at the command line.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: Weight of each feature.
    weights: Mapped[dict[str, Any]]
    #: The model card: data, procedure, figures by call, calibration, reason.
    card: Mapped[dict[str, Any]]
    #: Whether it put held-out pairs in better order than the office's weights, by the stated margin.
    is_better: Mapped[bool]
    in_use: Mapped[bool] = mapped_column(default=False)
    #: When it was last switched on or off.
    switched_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    user: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}
