"""Points: thanks for what people do for others. They never touch matching or selection."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type


class PointKind(StrEnum):
    SHARING = "sharing"
    ANSWERING = "answering"
    FINISHING = "finishing"
    MENTORING = "mentoring"


@dataclass(frozen=True)
class PointRule:
    """What one kind earns, and how much of it counts on one day and in one year."""

    label: str
    explanation: str
    points: int
    per_day: int
    per_year: int


POINT_RULES = {
    PointKind.SHARING: PointRule(
        N_("Sharing results"),
        N_(
            "A piece of work that stands at an address where others can read it, once somebody "
            "of the programme has looked at it and agreed; and a published case study that one "
            "agreed to for the team. Each counts once."
        ),
        points=8,
        per_day=2,
        per_year=20,
    ),
    PointKind.ANSWERING: PointRule(
        N_("Answering questions"),
        N_(
            "The first answer to a team’s question about a problem of the programme, in at least "
            "30 characters, while the question is shown. Nobody earns by answering their own team."
        ),
        points=5,
        per_day=3,
        per_year=60,
    ),
    PointKind.FINISHING: PointRule(
        N_("Finishing courses"),
        N_(
            "A course of the catalogue that ends with an assessment, once it is passed. "
            "Attendance alone earns nothing. Each course counts once."
        ),
        points=10,
        per_day=2,
        per_year=20,
    ),
    PointKind.MENTORING: PointRule(
        N_("Mentoring"),
        N_(
            "A considered word on somebody’s level, given when they asked for it. The same "
            "two people count once in a calendar year, however many levels were asked about."
        ),
        points=5,
        per_day=2,
        per_year=40,
    ),
}
#: Of all kinds together, on one day.
POINTS_PER_DAY = 30
#: An answer shorter than this is no answer that helps others.
LEAST_ANSWER = 30


class PointEntry(Timestamped, Base):
    """What somebody earned by one deed. It stays on record when it is taken back."""

    __tablename__ = "point_entries"
    __table_args__ = (
        # One deed is counted once, however often the record is read.
        sa.UniqueConstraint("kind", "source"),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name="points_range"),
        sa.CheckConstraint(
            "taken_back_by_id IS NULL OR (taken_back_at IS NOT NULL AND reason <> '')",
            name="taken_back_has_reason",
        ),
        sa.Index("ix_point_entries_user_earned_on", "user_id", "earned_on"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[PointKind] = mapped_column(enum_type(PointKind))
    #: The deed, such as ``question:12``.
    source: Mapped[str] = mapped_column(sa.String(100))
    #: None of the rule's points where a cap was reached.
    points: Mapped[int]
    #: The day of the deed, in Taipei.
    earned_on: Mapped[dt.date] = mapped_column(sa.Date)
    #: Since when it no longer counts.
    taken_back_at: Mapped[Moment | None]
    #: The officer who took it back; none if the deed itself was undone.
    taken_back_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.String(600), default="")
    version: Mapped[int] = mapped_column()

    user: Mapped[User] = relationship(foreign_keys=user_id)
    taken_back_by: Mapped[User | None] = relationship(foreign_keys=taken_back_by_id)

    __mapper_args__ = {"version_id_col": version}

    @property
    def counts(self) -> bool:
        """Whether its points are among the person's."""
        return self.taken_back_at is None


class PointBoardPlace(Timestamped, Base):
    """Somebody has said that their points may stand on the board; no row: they do not."""

    __tablename__ = "point_board_places"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True)

    user: Mapped[User] = relationship()
