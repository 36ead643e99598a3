"""The versions of a rubric that the office has made; those that ship stay in the package."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Timestamped


class RubricVersion(Timestamped, Base):
    """One version of one kind of rubric. It is never changed: decisions refer to it by name."""

    __tablename__ = "rubric_versions"
    __table_args__ = (
        sa.UniqueConstraint("kind", "version"),
        sa.CheckConstraint("kind IN ('screening', 'grading', 'readiness')", name="kind_known"),
        sa.CheckConstraint("note <> ''", name="note_given"),
    )

    kind: Mapped[str] = mapped_column(sa.String(16))
    version: Mapped[str] = mapped_column(sa.String(16))
    #: The version it was made from.
    base: Mapped[str] = mapped_column(sa.String(16))
    content: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    note: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    author: Mapped[User | None] = relationship()
