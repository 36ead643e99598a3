"""Questions that teams ask about a problem, with every version of each answer."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.problem import Problem
from matchmaker.models.team import Team
from matchmaker.workflows.question import QUESTION_WORKFLOW, QuestionAction, QuestionState


class AnswerSide(StrEnum):
    OWNER = "owner"
    OFFICE = "office"


class Question(Timestamped, Base):
    """One question; who asked is for the programme office and the asking team alone."""

    __tablename__ = "questions"
    __table_args__ = (
        sa.CheckConstraint("text <> ''", name="not_empty"),
        sa.CheckConstraint("language IN ('zh', 'en')", name="language_known"),
        sa.CheckConstraint("state <> 'hidden' OR hide_reason <> ''", name="hidden_has_reason"),
        sa.Index("ix_questions_problem_state", "problem_id", "state"),
    )

    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id"))
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    asker_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    state: Mapped[QuestionState] = mapped_column(
        enum_type(QuestionState), default=QUESTION_WORKFLOW.initial
    )
    text: Mapped[str] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.String(2))
    due_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    #: When the last reminder of an answer that is due went out.
    reminded_at: Mapped[Moment | None]
    hide_reason: Mapped[str] = mapped_column(sa.String(500), default="")
    version: Mapped[int] = mapped_column()

    problem: Mapped[Problem] = relationship()
    team: Mapped[Team] = relationship()
    asker: Mapped[User] = relationship()
    answers: Mapped[list[QuestionAnswer]] = relationship(
        back_populates="question", order_by="QuestionAnswer.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: QuestionAction) -> QuestionState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = QUESTION_WORKFLOW.target(before, action)
        return before

    @property
    def answer(self) -> QuestionAnswer | None:
        """The answer as it is now."""
        return self.answers[-1] if self.answers else None


class QuestionAnswer(Timestamped, Base):
    """One version of an answer; the last one counts, the others are its history."""

    __tablename__ = "question_answers"
    __table_args__ = (
        sa.CheckConstraint("text <> ''", name="not_empty"),
        sa.CheckConstraint("language IN ('zh', 'en')", name="language_known"),
    )

    question_id: Mapped[int] = mapped_column(
        sa.ForeignKey("questions.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    side: Mapped[AnswerSide] = mapped_column(enum_type(AnswerSide))
    text: Mapped[str] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.String(2))

    question: Mapped[Question] = relationship(back_populates="answers")
    author: Mapped[User | None] = relationship()


class QuestionFollow(Timestamped, Base):
    """Somebody who gets a letter when a question about the problem is answered."""

    __tablename__ = "question_follows"
    __table_args__ = (sa.UniqueConstraint("problem_id", "user_id"),)

    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)

    user: Mapped[User] = relationship()
