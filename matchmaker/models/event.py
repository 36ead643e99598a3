"""The audit trail: who decided what and when, each line chained to the one before."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment


class AuditEvent(Base):
    """One decision. Rows are only ever added: the database refuses to change or delete them.

    It names people by id alone, so erasing a person leaves the chain whole.
    """

    __tablename__ = "audit_events"

    at: Mapped[Moment]
    #: None for the system itself.
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    action: Mapped[str] = mapped_column(sa.String(64), index=True)
    subject_type: Mapped[str] = mapped_column(sa.String(64))
    subject_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    request_id: Mapped[str] = mapped_column(sa.String(36), default="")
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
