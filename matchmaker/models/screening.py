"""Screenings: how the office judged, round by round, whether a problem is worth posting."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, enum_type
from matchmaker.models.problem import Problem
from matchmaker.models.problem_revision import ProblemRevision


class ScreeningOutcome(StrEnum):
    """What a screening ends with."""

    LIST = "list"
    COACH = "coach"
    DECLINE = "decline"


SCREENING_OUTCOME_LABELS = {
    ScreeningOutcome.LIST: N_("List"),
    ScreeningOutcome.COACH: N_("Return for coaching"),
    ScreeningOutcome.DECLINE: N_("Do not take up"),
}


class Screening(Base):
    """One round of screening of a problem, or of an amendment to one that is published.

    ``suggestion`` is what the program proposed when the round began, and stays as it was;
    ``points`` are what people gave.
    """

    __tablename__ = "screenings"
    __table_args__ = (
        sa.UniqueConstraint("problem_id", "revision_id", "round"),
        sa.CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="outcome_has_moment"),
    )

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), index=True
    )
    #: The amendment under screening; none if it is the problem itself.
    revision_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("problem_revisions.id", ondelete="CASCADE"), index=True
    )
    round: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[Moment]
    due_at: Mapped[Moment]
    rubric_version: Mapped[str] = mapped_column(sa.String(16))
    suggestion: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: Criterion -> points from 0 to 4.
    points: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    outcome: Mapped[ScreeningOutcome | None] = mapped_column(enum_type(ScreeningOutcome))
    #: What the owner was asked for: rows with ``field``, ``zh`` and ``en``.
    missing: Mapped[list[Any]] = mapped_column(default=lambda _=None: [])
    note: Mapped[str] = mapped_column(sa.Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    problem: Mapped[Problem] = relationship()
    revision: Mapped[ProblemRevision | None] = relationship()
    decided_by: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}
