"""Calls: yearly rounds in which problems are collected and teams are matched."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment, Timestamped


class Call(Timestamped, Base):
    """One round of the programme."""

    __tablename__ = "calls"
    __table_args__ = (sa.CheckConstraint("closes_at > opens_at", name="opens_before_closes"),)

    external_id: Mapped[str] = mapped_column(sa.String(100), unique=True)
    name_zh: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200))
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en
