"""An owner's one request to have the grade of a problem looked at again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.grade_decision import GradeDecision
from matchmaker.models.grading_panel import GradingPanel
from matchmaker.models.problem import Problem
from matchmaker.workflows.grade_appeal import (
    GRADE_APPEAL_WORKFLOW,
    GradeAppealAction,
    GradeAppealState,
)

_COUNTS = sa.text("state <> 'lapsed'")


class GradeAppeal(Timestamped, Base):
    """The request with its reason, who answers it, and the decision that answered it."""

    __tablename__ = "grade_appeals"
    __table_args__ = (
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        sa.CheckConstraint(
            "state NOT IN ('upheld', 'changed') OR outcome_id IS NOT NULL",
            name="answered_has_outcome",
        ),
        sa.Index(
            "uq_grade_appeals_once",
            "problem_id",
            unique=True,
            sqlite_where=_COUNTS,
            postgresql_where=_COUNTS,
        ),
    )

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), index=True
    )
    #: The signature the owner does not agree with.
    decision_id: Mapped[int] = mapped_column(
        sa.ForeignKey("grade_decisions.id", ondelete="CASCADE")
    )
    requester_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[GradeAppealState] = mapped_column(
        enum_type(GradeAppealState), default=GRADE_APPEAL_WORKFLOW.initial
    )
    due_at: Mapped[Moment]
    #: Who took the request on.
    officer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: The fresh reviewers who look at it.
    panel_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("grading_panels.id", ondelete="CASCADE"), unique=True
    )
    #: The signature that answers the request.
    outcome_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("grade_decisions.id", ondelete="CASCADE")
    )
    closed_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    problem: Mapped[Problem] = relationship()
    panel: Mapped[GradingPanel | None] = relationship(back_populates="appeal")
    decision: Mapped[GradeDecision] = relationship(foreign_keys=[decision_id])
    outcome: Mapped[GradeDecision | None] = relationship(foreign_keys=[outcome_id])
    requester: Mapped[User | None] = relationship(foreign_keys=[requester_id])
    officer: Mapped[User | None] = relationship(foreign_keys=[officer_id])

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: GradeAppealAction) -> GradeAppealState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = GRADE_APPEAL_WORKFLOW.target(before, action)
        return before
