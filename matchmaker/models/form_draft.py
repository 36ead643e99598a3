"""What somebody has typed into a form but not yet saved."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment


class FormDraft(Base):
    """The raw fields of one form of one person, unchecked, so that nothing typed is lost."""

    __tablename__ = "form_drafts"
    __table_args__ = (sa.UniqueConstraint("user_id", "form"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    #: Which form, such as ``problem:12`` or ``problem:new``.
    form: Mapped[str] = mapped_column(sa.String(80))
    #: Field name to the list of values typed.
    values: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    saved_at: Mapped[Moment]
