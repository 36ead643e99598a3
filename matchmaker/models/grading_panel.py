"""Panels: two reviewers who grade a problem, and what they say to each other about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.problem import Problem
from matchmaker.workflows.grade_review import SEATED_STATES, GradeReviewState
from matchmaker.workflows.grading_panel import (
    GRADING_PANEL_WORKFLOW,
    GradingPanelAction,
    GradingPanelState,
)

if TYPE_CHECKING:
    from matchmaker.models.grade_appeal import GradeAppeal
    from matchmaker.models.grade_review import GradeReview, Seat

_OPEN = sa.text("state IN ('scoring', 'discussion', 'settled')")


class GradingPanel(Timestamped, Base):
    """One round of grading: both reviewers score under the rubric version that was in force."""

    __tablename__ = "grading_panels"
    __table_args__ = (
        sa.UniqueConstraint("problem_id", "number"),
        sa.CheckConstraint("number >= 1", name="number_positive"),
        sa.Index(
            "uq_grading_panels_open",
            "problem_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), index=True
    )
    #: The round: 1 for the first panel of a problem.
    number: Mapped[int]
    state: Mapped[GradingPanelState] = mapped_column(
        enum_type(GradingPanelState), default=GRADING_PANEL_WORKFLOW.initial
    )
    rubric_version: Mapped[str] = mapped_column(sa.String(16))
    opener_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: How the discussion ended, in the words of the officer who ended it.
    settlement: Mapped[str] = mapped_column(sa.Text, default="")
    settled_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    problem: Mapped[Problem] = relationship()
    opener: Mapped[User | None] = relationship()
    #: The owner's request that this panel answers.
    appeal: Mapped[GradeAppeal | None] = relationship(back_populates="panel")
    reviews: Mapped[list[GradeReview]] = relationship(
        back_populates="panel", cascade="all, delete-orphan", order_by="GradeReview.id"
    )
    comments: Mapped[list[GradingComment]] = relationship(
        back_populates="panel", cascade="all, delete-orphan", order_by="GradingComment.id"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: GradingPanelAction) -> GradingPanelState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = GRADING_PANEL_WORKFLOW.target(before, action)
        return before

    @property
    def seated(self) -> list[GradeReview]:
        """The reviews that count, one for each taken seat."""
        return [review for review in self.reviews if review.state in SEATED_STATES]

    @property
    def handed_in(self) -> list[GradeReview]:
        """The reviews that are handed in."""
        return [r for r in self.seated if r.state is GradeReviewState.SUBMITTED]

    def in_seat(self, seat: Seat) -> GradeReview | None:
        """Who sits in *seat* now."""
        return next((review for review in self.seated if review.seat is seat), None)


class GradingComment(Timestamped, Base):
    """What a reviewer or the officer says in the discussion of a panel."""

    __tablename__ = "grading_comments"
    __table_args__ = (sa.CheckConstraint("body <> ''", name="body_given"),)

    panel_id: Mapped[int] = mapped_column(
        sa.ForeignKey("grading_panels.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: The review in whose name it was said; none if the office spoke.
    review_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("grade_reviews.id", ondelete="CASCADE")
    )
    body: Mapped[str] = mapped_column(sa.Text)

    panel: Mapped[GradingPanel] = relationship(back_populates="comments")
    author: Mapped[User | None] = relationship()
    review: Mapped[GradeReview | None] = relationship()
