"""What reviewers say of themselves: what they know, how much they can take, whom they stand near."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.organization import Organization


class DeclaredGender(StrEnum):
    """What a reviewer may say of themselves; it only ever serves the hint on the mix of a panel."""

    WOMAN = "woman"
    MAN = "man"
    ANOTHER = "another"


DECLARED_GENDER_LABELS = {
    DeclaredGender.WOMAN: N_("Woman"),
    DeclaredGender.MAN: N_("Man"),
    DeclaredGender.ANOTHER: N_("Neither of the two"),
}


class ReviewerProfile(Timestamped, Base):
    """A reviewer's fields of expertise and the number of cases they take at a time."""

    __tablename__ = "reviewer_profiles"
    __table_args__ = (sa.CheckConstraint("capacity BETWEEN 0 AND 50", name="capacity_range"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    #: Taxonomy codes: AI competencies, and sectors known from the inside.
    competencies: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    sectors: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    #: What the reviewer knows in their own words: the matcher compares it with applications.
    expertise: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    #: Languages the reviewer judges texts in: zh, en; empty for both.
    languages: Mapped[list[str]] = mapped_column(default=lambda _=None: [], server_default="[]")
    capacity: Mapped[int] = mapped_column(default=4)
    gender: Mapped[DeclaredGender | None] = mapped_column(enum_type(DeclaredGender))
    updated_at: Mapped[Moment] = mapped_column(default=lambda _=None: utcnow())
    version: Mapped[int] = mapped_column()

    user: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}


class DeclaredConflict(Timestamped, Base):
    """A reviewer stands too near to an organization to judge its problems."""

    __tablename__ = "declared_conflicts"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "organization_id"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    organization_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(sa.Text)

    user: Mapped[User] = relationship()
    organization: Mapped[Organization] = relationship()
