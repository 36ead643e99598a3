"""How a call's applications are reviewed: the phase it is in, its rubric, what the matcher proposed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.call import Call
from matchmaker.models.job import Job
from matchmaker.workflows.review_round import (
    REVIEW_ROUND_WORKFLOW,
    ReviewRoundAction,
    ReviewRoundState,
)


class ReviewRubricVersion(Timestamped, Base):
    """One version of what a call's applications are judged by. It is never changed."""

    __tablename__ = "review_rubric_versions"
    __table_args__ = (
        sa.UniqueConstraint("call_id", "number"),
        sa.CheckConstraint("note <> ''", name="note_given"),
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"))
    number: Mapped[int]
    #: As `assessment.review_rubric.parse_review_rubric` reads it.
    content: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    note: Mapped[str] = mapped_column(sa.String(1000))
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    author: Mapped[User | None] = relationship()


class ReviewRound(Timestamped, Base):
    """The review of one call. Made when the office first prepares it."""

    __tablename__ = "review_rounds"
    __table_args__ = (
        sa.CheckConstraint("readers BETWEEN 1 AND 5", name="readers_range"),
        sa.CheckConstraint("totals_apart BETWEEN 5 AND 100", name="apart_range"),
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), unique=True)
    state: Mapped[ReviewRoundState] = mapped_column(
        enum_type(ReviewRoundState), default=REVIEW_ROUND_WORKFLOW.initial
    )
    #: How many people read each application, and how far their totals may lie apart before one more does.
    readers: Mapped[int] = mapped_column(default=2)
    totals_apart: Mapped[int] = mapped_column(default=20)
    #: When reviews are to be handed in.
    due_at: Mapped[Moment | None]
    #: The version of the rubric reviewers score by, 0 for the one that ships; fixed when they are asked.
    rubric_number: Mapped[int] = mapped_column(default=0)
    #: What the matcher proposed: "fits" {application: {reviewer: 0 to 1}}, "chosen" {application: [reviewer]}.
    proposal: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    proposed_at: Mapped[Moment | None]
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("jobs.id"))
    started_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    job: Mapped[Job | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: ReviewRoundAction) -> ReviewRoundState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = REVIEW_ROUND_WORKFLOW.target(before, action)
        return before
