"""One reviewer's part in a panel: the points, how they came about, and every version of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.grading_panel import GradingPanel
from matchmaker.workflows.grade_review import (
    DUE_STATES,
    GRADE_REVIEW_WORKFLOW,
    GradeReviewAction,
    GradeReviewState,
)


class Seat(StrEnum):
    """What a reviewer is asked for: knowledge of AI, or of the trade."""

    AI = "ai"
    SECTOR = "sector"


SEAT_LABELS = {Seat.AI: N_("AI reviewer"), Seat.SECTOR: N_("Sector reviewer")}

_SEATED = sa.text("state IN ('assigned', 'started', 'submitted')")


class GradeReview(Timestamped, Base):
    """A reviewer in a seat of a panel; nobody sits in one panel twice."""

    __tablename__ = "grade_reviews"
    __table_args__ = (
        sa.UniqueConstraint("panel_id", "reviewer_id"),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_at IS NOT NULL", name="submitted_has_moment"
        ),
        sa.CheckConstraint("state <> 'recused' OR end_reason <> ''", name="recused_has_reason"),
        sa.Index(
            "uq_grade_reviews_seat",
            "panel_id",
            "seat",
            unique=True,
            sqlite_where=_SEATED,
            postgresql_where=_SEATED,
        ),
    )

    panel_id: Mapped[int] = mapped_column(
        sa.ForeignKey("grading_panels.id", ondelete="CASCADE"), index=True
    )
    reviewer_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    seat: Mapped[Seat] = mapped_column(enum_type(Seat))
    state: Mapped[GradeReviewState] = mapped_column(
        enum_type(GradeReviewState), default=GRADE_REVIEW_WORKFLOW.initial
    )
    rubric_version: Mapped[str] = mapped_column(sa.String(16))
    #: Criterion -> points 0 to 4, as far as they are given.
    points: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: Criterion -> why these points.
    comments: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: What the rules suggested when the points were handed in; the reviewer saw it only afterwards.
    suggested: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    grade: Mapped[str | None] = mapped_column(sa.String(2))
    due_at: Mapped[Moment]
    started_at: Mapped[Moment | None]
    saved_at: Mapped[Moment | None]
    submitted_at: Mapped[Moment | None]
    reminded_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    #: Why the reviewer stepped aside or was replaced.
    end_reason: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    panel: Mapped[GradingPanel] = relationship(back_populates="reviews")
    reviewer: Mapped[User] = relationship()
    versions: Mapped[list[GradeReviewVersion]] = relationship(
        back_populates="review",
        cascade="all, delete-orphan",
        order_by="GradeReviewVersion.number",
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: GradeReviewAction) -> GradeReviewState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = GRADE_REVIEW_WORKFLOW.target(before, action)
        return before

    @property
    def is_overdue(self) -> bool:
        """Whether the points should have been handed in by now."""
        return self.state in DUE_STATES and self.due_at <= utcnow()

    @property
    def unexplained(self) -> list[str]:
        """The criteria whose points differ from the suggestion without a comment."""
        return [
            criterion
            for criterion, points in self.points.items()
            if criterion in self.suggested
            and points != self.suggested[criterion]
            and not self.comments.get(criterion)
        ]


class GradeReviewVersion(Timestamped, Base):
    """The points as they were handed in once, or revised; kept for ever."""

    __tablename__ = "grade_review_versions"
    __table_args__ = (sa.UniqueConstraint("review_id", "number"),)

    review_id: Mapped[int] = mapped_column(
        sa.ForeignKey("grade_reviews.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    points: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    comments: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    grade: Mapped[str] = mapped_column(sa.String(2))
    #: Why the points were revised; empty for the first version.
    reason: Mapped[str] = mapped_column(sa.Text, default="")

    review: Mapped[GradeReview] = relationship(back_populates="versions")
