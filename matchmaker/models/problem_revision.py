"""Revisions: what a problem said, who changed it and when, and what its owner wants it to say."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.problem import Problem
from matchmaker.workflows.problem_revision import (
    PROBLEM_REVISION_WORKFLOW,
    ProblemRevisionAction,
    ProblemRevisionState,
)


class ProblemRevision(Timestamped, Base):
    """One version of everything the owner says about a problem.

    A revision in force has a number; the others are amendments of a published problem, which
    get theirs when they are accepted.
    """

    __tablename__ = "problem_revisions"
    __table_args__ = (
        sa.UniqueConstraint("problem_id", "number"),
        sa.CheckConstraint("state <> 'recorded' OR number IS NOT NULL", name="recorded_has_number"),
        sa.CheckConstraint("is_amendment OR state = 'recorded'", name="plain_is_recorded"),
    )

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int | None]
    state: Mapped[ProblemRevisionState] = mapped_column(
        enum_type(ProblemRevisionState), default=PROBLEM_REVISION_WORKFLOW.initial
    )
    #: It was proposed for a problem that was published at the time.
    is_amendment: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: The author acted for the office, not for the owner.
    by_office: Mapped[bool] = mapped_column(default=False)
    #: What the owner says about the problem, as `services.problem_revision` writes it.
    content: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: The names of what differs from the revision before.
    changed: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    #: Why: the owner's words with an amendment.
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    office_note: Mapped[str] = mapped_column(sa.Text, default="")
    submitted_at: Mapped[Moment | None]
    #: Since when it is what the problem says, or when it was refused.
    decided_at: Mapped[Moment | None]
    #: When the other side was told of it by letter.
    told_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    problem: Mapped[Problem] = relationship()
    author: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: ProblemRevisionAction) -> ProblemRevisionState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = PROBLEM_REVISION_WORKFLOW.target(before, action)
        return before
