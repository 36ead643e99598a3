"""What the owner of a problem would like: a line of its own beside the reviewers' points."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.application import Application
from matchmaker.models.base import Base, Moment, Timestamped, enum_type


class Preference(StrEnum):
    """How gladly the owner would work with a team."""

    FIRST = "first"
    GLADLY = "gladly"
    IF_NEEDED = "if_needed"
    RATHER_NOT = "rather_not"


PREFERENCE_LABELS = {
    Preference.FIRST: N_("Our first choice"),
    Preference.GLADLY: N_("Gladly"),
    Preference.IF_NEEDED: N_("If nobody else is found"),
    Preference.RATHER_NOT: N_("Rather not"),
}


class ApplicationPreference(Timestamped, Base):
    """The owner's word on one application; it never enters the reviewers' score."""

    __tablename__ = "application_preferences"

    application_id: Mapped[int] = mapped_column(
        sa.ForeignKey("applications.id", ondelete="CASCADE"), unique=True
    )
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    preference: Mapped[Preference] = mapped_column(enum_type(Preference))
    words: Mapped[str] = mapped_column(sa.String(2000), default="")
    updated_at: Mapped[Moment] = mapped_column(default=lambda _=None: utcnow())
    version: Mapped[int] = mapped_column()

    application: Mapped[Application] = relationship()
    user: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}
