"""Calls: yearly rounds in which problems are collected and teams are matched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, Moment, Timestamped

if TYPE_CHECKING:
    from matchmaker.models.private_call import PrivateCall


class Call(Timestamped, Base):
    """One round of the programme."""

    __tablename__ = "calls"
    __table_args__ = (sa.CheckConstraint("closes_at > opens_at", name="opens_before_closes"),)

    external_id: Mapped[str] = mapped_column(sa.String(100), unique=True)
    name_zh: Mapped[str] = mapped_column(sa.String(200))
    name_en: Mapped[str] = mapped_column(sa.String(200))
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    #: For the office alone.
    note: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    version: Mapped[int] = mapped_column(server_default="1")

    #: What makes the call an organization's own; none for the calls of the programme.
    private_call: Mapped[PrivateCall | None] = relationship(back_populates="call", lazy="selectin")

    __mapper_args__ = {"version_id_col": version}

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en
