"""What became of the work: asked of each side once at its end and 3, 6 and 12 months later."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.engagement import Engagement
from matchmaker.workflows.outcome_survey import (
    OUTCOME_SURVEY_WORKFLOW,
    OutcomeSurveyAction,
    OutcomeSurveyState,
)

#: Months after the end at which both sides are asked.
MONTHS = (0, 3, 6, 12)
SIDES = ("owner", "team")


class OutcomeSurvey(Timestamped, Base):
    """The questions as one side is asked them at one time. No answer is never a zero."""

    __tablename__ = "outcome_surveys"
    __table_args__ = (
        sa.UniqueConstraint("engagement_id", "months", "side"),
        sa.CheckConstraint("months IN (0, 3, 6, 12)", name="months_known"),
        sa.CheckConstraint("side IN ('owner', 'team')", name="side_known"),
        sa.CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name="answered_at"),
        sa.Index("ix_outcome_surveys_state_due", "state", "due_at"),
    )

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"))
    months: Mapped[int]
    side: Mapped[str] = mapped_column(sa.String(8))
    state: Mapped[OutcomeSurveyState] = mapped_column(
        enum_type(OutcomeSurveyState), default=OUTCOME_SURVEY_WORKFLOW.initial
    )
    asked_at: Mapped[Moment]
    due_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    #: Who answered last.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: Question to answer; a question that is not in it was left or is not known.
    answers: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    version: Mapped[int] = mapped_column()

    engagement: Mapped[Engagement] = relationship()
    user: Mapped[User | None] = relationship()
    versions: Mapped[list[OutcomeVersion]] = relationship(
        back_populates="survey", order_by="OutcomeVersion.number", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: OutcomeSurveyAction) -> OutcomeSurveyState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = OUTCOME_SURVEY_WORKFLOW.target(before, action)
        return before


class OutcomeVersion(Timestamped, Base):
    """An answer as it was given at one moment; never changed."""

    __tablename__ = "outcome_versions"
    __table_args__ = (sa.UniqueConstraint("survey_id", "number"),)

    survey_id: Mapped[int] = mapped_column(sa.ForeignKey("outcome_surveys.id", ondelete="CASCADE"))
    number: Mapped[int]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    answers: Mapped[dict[str, Any]]

    survey: Mapped[OutcomeSurvey] = relationship(back_populates="versions")
    user: Mapped[User] = relationship()
