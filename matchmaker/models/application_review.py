"""Who judges which application, what they said of it, and what they said to each other."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.application import Application
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.workflows.review_assignment import (
    DUE_STATES,
    REVIEW_ASSIGNMENT_WORKFLOW,
    ReviewAssignmentAction,
    ReviewAssignmentState,
)


class Recommendation(StrEnum):
    """What a reviewer would do with an application."""

    TAKE = "take"
    RESERVE = "reserve"
    LEAVE = "leave"


RECOMMENDATION_LABELS = {
    Recommendation.TAKE: N_("Take it"),
    Recommendation.RESERVE: N_("Keep it as a reserve"),
    Recommendation.LEAVE: N_("Do not take it"),
}


class RecusalCause(StrEnum):
    """Why a reviewer steps aside. All but the last two are conflicts that hold for the whole team."""

    SUPERVISOR = "supervisor"
    INVESTOR = "investor"
    CO_MEMBER = "co_member"
    FAMILY = "family"
    RECOGNISED = "recognised"
    OTHER_CONFLICT = "other_conflict"
    NO_EXPERTISE = "no_expertise"
    NO_TIME = "no_time"


RECUSAL_CAUSE_LABELS = {
    RecusalCause.SUPERVISOR: N_("I teach, supervise or employ somebody in it, or did so lately"),
    RecusalCause.INVESTOR: N_("I have money in it, or it has in mine"),
    RecusalCause.CO_MEMBER: N_("I work or publish with somebody in it"),
    RecusalCause.FAMILY: N_("Family or close friends are in it"),
    RecusalCause.RECOGNISED: N_("I recognise who it is and could not judge freely"),
    RecusalCause.OTHER_CONFLICT: N_("Another conflict of interest"),
    RecusalCause.NO_EXPERTISE: N_("It is not my field"),
    RecusalCause.NO_TIME: N_("I cannot do it in time"),
}
#: Causes that say nothing about the team: another of its applications may be offered.
FREE_CAUSES = (RecusalCause.NO_EXPERTISE, RecusalCause.NO_TIME)


class ReviewAssignment(Timestamped, Base):
    """A reviewer asked to read one application; nobody is asked twice for the same one."""

    __tablename__ = "review_assignments"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "reviewer_id"),
        sa.UniqueConstraint(
            "application_id", "place", name="uq_review_assignments_application_id_place"
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_at IS NOT NULL", name="submitted_has_moment"
        ),
        sa.CheckConstraint(
            "state NOT IN ('recused', 'released') OR end_reason <> ''", name="ended_has_reason"
        ),
        sa.Index("ix_review_assignments_reviewer_state", "reviewer_id", "state"),
    )

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("applications.id"))
    reviewer_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    #: What the others call this reader: 1, 2, 3.
    place: Mapped[int]
    #: 1 for those asked at the start, 2 for the one asked because they disagree.
    round: Mapped[int] = mapped_column(default=1)
    state: Mapped[ReviewAssignmentState] = mapped_column(
        enum_type(ReviewAssignmentState), default=REVIEW_ASSIGNMENT_WORKFLOW.initial
    )
    #: How well the matcher found the reviewer's expertise to fit, 0 to 1; none if nobody asked it.
    fit: Mapped[float | None]
    due_at: Mapped[Moment]
    accepted_at: Mapped[Moment | None]
    submitted_at: Mapped[Moment | None]
    reminded_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    recusal_cause: Mapped[RecusalCause | None] = mapped_column(enum_type(RecusalCause))
    end_reason: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    application: Mapped[Application] = relationship()
    reviewer: Mapped[User] = relationship()
    review: Mapped[ApplicationReview | None] = relationship(
        back_populates="assignment", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: ReviewAssignmentAction) -> ReviewAssignmentState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = REVIEW_ASSIGNMENT_WORKFLOW.target(before, action)
        return before

    @property
    def is_overdue(self) -> bool:
        """Whether the review should have been handed in by now."""
        return self.state in DUE_STATES and self.due_at <= utcnow()


class ApplicationReview(Timestamped, Base):
    """What one reviewer says of an application: points and words, as far as they are given."""

    __tablename__ = "application_reviews"

    assignment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("review_assignments.id", ondelete="CASCADE"), unique=True
    )
    #: Criterion -> points 0 to 4.
    points: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: Criterion -> why these points.
    comments: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: The weighted total, 0 to 100, once all points are given.
    total: Mapped[float | None]
    recommendation: Mapped[Recommendation | None] = mapped_column(enum_type(Recommendation))
    #: For the office and the other readers alone.
    to_office: Mapped[str] = mapped_column(sa.Text, default="")
    #: What the team reads once its decision is announced, without a name.
    to_team: Mapped[str] = mapped_column(sa.Text, default="")
    saved_at: Mapped[Moment | None]
    submitted_at: Mapped[Moment | None]

    assignment: Mapped[ReviewAssignment] = relationship(back_populates="review")
    versions: Mapped[list[ApplicationReviewVersion]] = relationship(
        back_populates="review",
        cascade="all, delete-orphan",
        order_by="ApplicationReviewVersion.number",
    )


class ApplicationReviewVersion(Timestamped, Base):
    """A review as it was handed in once, or revised; kept for ever."""

    __tablename__ = "application_review_versions"
    __table_args__ = (sa.UniqueConstraint("review_id", "number"),)

    review_id: Mapped[int] = mapped_column(
        sa.ForeignKey("application_reviews.id", ondelete="CASCADE")
    )
    number: Mapped[int]
    points: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    total: Mapped[float]
    recommendation: Mapped[Recommendation | None] = mapped_column(enum_type(Recommendation))
    #: Why the points were revised; empty for the first version.
    reason: Mapped[str] = mapped_column(sa.Text, default="")

    review: Mapped[ApplicationReview] = relationship(back_populates="versions")


class ReviewRemark(Timestamped, Base):
    """Something said in the discussion of an application, by a reader or by the office."""

    __tablename__ = "review_remarks"
    __table_args__ = (sa.CheckConstraint("body <> ''", name="not_empty"),)

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("applications.id"), index=True)
    #: The part its author has in the case; none for the office.
    assignment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review_assignments.id"))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(sa.Text)

    assignment: Mapped[ReviewAssignment | None] = relationship()
