"""Whom a reviewer stands near to: a team, or a person; for organizations see `DeclaredConflict`."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Timestamped, enum_type
from matchmaker.models.team import Team


class RelationKind(StrEnum):
    """What ties a reviewer to a team or a person."""

    SUPERVISOR = "supervisor"
    INVESTOR = "investor"
    CO_MEMBER = "co_member"
    FAMILY = "family"
    OTHER = "other"


RELATION_KIND_LABELS = {
    RelationKind.SUPERVISOR: N_("Teaches, supervises or employs"),
    RelationKind.INVESTOR: N_("Invests in it, or the other way round"),
    RelationKind.CO_MEMBER: N_("Works or publishes together"),
    RelationKind.FAMILY: N_("Family or close friends"),
    RelationKind.OTHER: N_("Something else"),
}


class ReviewRelation(Timestamped, Base):
    """A tie that keeps a reviewer from judging a team's, or a person's, applications."""

    __tablename__ = "review_relations"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "team_id"),
        sa.UniqueConstraint("user_id", "email", name="uq_review_relations_user_email"),
        sa.CheckConstraint("(team_id IS NULL) <> (email IS NULL)", name="one_subject"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True
    )
    #: Of a person, whether they have an account or not: who declares must not learn which.
    email: Mapped[str | None] = mapped_column(sa.String(254))
    kind: Mapped[RelationKind] = mapped_column(enum_type(RelationKind))
    reason: Mapped[str] = mapped_column(sa.String(500))

    user: Mapped[User] = relationship()
    team: Mapped[Team | None] = relationship()
