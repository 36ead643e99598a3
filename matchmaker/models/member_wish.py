"""Whom a team looks for, and who said that they would like to join."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped
from matchmaker.models.problem import Problem
from matchmaker.models.team import Team


class MemberWish(Timestamped, Base):
    """A team looks for somebody who can do one thing, perhaps for one problem."""

    __tablename__ = "member_wishes"
    __table_args__ = (
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_range"),
        sa.Index(
            "uq_member_wishes_open",
            "team_id",
            "competency",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    #: A competency or sector, as it was called when the wish was made.
    competency: Mapped[str] = mapped_column(sa.String(16), index=True)
    level: Mapped[int]
    #: The problem the person is wanted for; none if the team looks in general.
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problems.id"), index=True)
    #: What the team says about it, in its own words.
    text: Mapped[str] = mapped_column(sa.String(500), default="")
    #: Since when the team no longer looks.
    closed_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    team: Mapped[Team] = relationship()
    problem: Mapped[Problem | None] = relationship()
    offers: Mapped[list[MemberOffer]] = relationship(
        back_populates="wish", order_by="MemberOffer.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        """Whether the team still looks."""
        return self.closed_at is None


class MemberOffer(Timestamped, Base):
    """A person would like to be the one a team looks for; the team's leads may invite them."""

    __tablename__ = "member_offers"
    __table_args__ = (sa.UniqueConstraint("wish_id", "user_id"),)

    wish_id: Mapped[int] = mapped_column(sa.ForeignKey("member_wishes.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.String(500), default="")

    wish: Mapped[MemberWish] = relationship(back_populates="offers")
    user: Mapped[User] = relationship()
