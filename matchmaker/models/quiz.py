"""The check of a competency: its questions, who was asked which, and what they chose."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import utcnow
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.problem import searchable
from matchmaker.workflows.quiz_check import QUIZ_CHECK_WORKFLOW, QuizCheckAction, QuizCheckState
from matchmaker.workflows.quiz_item import QUIZ_ITEM_WORKFLOW, QuizItemAction, QuizItemState


class QuizItem(Timestamped, Base):
    """A question with one best answer. Once it has been asked its words never change."""

    __tablename__ = "quiz_items"
    __table_args__ = (
        sa.CheckConstraint("level BETWEEN 1 AND 4", name="level_range"),
        sa.CheckConstraint("slope > 0", name="slope_positive"),
        sa.CheckConstraint("floor >= 0 AND floor < ceiling AND ceiling <= 1", name="curve_range"),
        sa.CheckConstraint("key_position >= 0", name="key_range"),
        sa.Index("ix_quiz_items_competency_state", "competency", "state"),
    )

    #: What files and the bank that ships know it by.
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    competency: Mapped[str] = mapped_column(sa.String(16))
    level: Mapped[int]
    #: The response curve: how probable a right answer is at each level.
    slope: Mapped[float]
    difficulty: Mapped[float]
    floor: Mapped[float]
    ceiling: Mapped[float]
    stem_en: Mapped[str] = mapped_column(sa.Text, default="")
    stem_zh: Mapped[str] = mapped_column(sa.Text, default="")
    #: [{"en": …, "zh": …}, …]
    options: Mapped[list[Any]]
    #: Which of the options is best, counted from 0.
    key: Mapped[int] = mapped_column("key_position")
    rationale_en: Mapped[str] = mapped_column(sa.Text, default="")
    rationale_zh: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[QuizItemState] = mapped_column(
        enum_type(QuizItemState), default=QUIZ_ITEM_WORKFLOW.initial
    )
    #: None for a question that ships.
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    approver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    approved_at: Mapped[Moment | None]
    #: The question it is a better wording of; approving it retires that one.
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quiz_items.id"))
    #: Why it was sent back, retired or brought back.
    reason: Mapped[str] = mapped_column(sa.String(600), default="")
    #: The question was wrong: none of its answers counts.
    is_struck: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[Moment] = mapped_column(default=lambda _=None: utcnow())
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    approver: Mapped[User | None] = relationship(foreign_keys=approver_id)
    replaces: Mapped[QuizItem | None] = relationship(remote_side="QuizItem.id")

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: QuizItemAction) -> QuizItemState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = QUIZ_ITEM_WORKFLOW.target(before, action)
        return before

    def stem(self, language: str) -> str:
        """The question in *language*."""
        return self.stem_zh if language == "zh" else self.stem_en

    def rationale(self, language: str) -> str:
        """Why the key is best, in *language*."""
        return self.rationale_zh if language == "zh" else self.rationale_en

    def refresh_search_text(self) -> None:
        """Fold what officers may search for into one column."""
        self.search_text = searchable(self.code, self.stem_zh, self.stem_en)


class QuizCheck(Base):
    """One person's check of one competency."""

    __tablename__ = "quiz_checks"
    __table_args__ = (
        sa.Index("ix_quiz_checks_user_competency", "user_id", "competency"),
        # Two tabs cannot begin the same check twice.
        sa.Index(
            "uq_quiz_checks_open",
            "user_id",
            "competency",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    competency: Mapped[str] = mapped_column(sa.String(16))
    state: Mapped[QuizCheckState] = mapped_column(
        enum_type(QuizCheckState), default=QUIZ_CHECK_WORKFLOW.initial
    )
    #: The language of the pages when it began.
    language: Mapped[str] = mapped_column(sa.String(8))
    #: What draws the questions and shuffles their options.
    seed: Mapped[str] = mapped_column(sa.String(32))
    started_at: Mapped[Moment]
    ends_at: Mapped[Moment] = mapped_column(index=True)
    finished_at: Mapped[Moment | None]
    #: What was known before and after: mean and likely range, then the confirmed level.
    before: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    after: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    parameters_version: Mapped[str] = mapped_column(sa.String(16))

    user: Mapped[User] = relationship()
    answers: Mapped[list[QuizAnswer]] = relationship(
        back_populates="check", order_by="QuizAnswer.place", cascade="all, delete-orphan"
    )

    def apply(self, action: QuizCheckAction) -> QuizCheckState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = QUIZ_CHECK_WORKFLOW.target(before, action)
        return before

    @property
    def is_running(self) -> bool:
        """Whether a question can still be answered."""
        return self.state is QuizCheckState.OPEN and utcnow() < self.ends_at

    @property
    def waiting(self) -> QuizAnswer | None:
        """The question that has been put and not been answered yet."""
        return next((answer for answer in self.answers if answer.answered_at is None), None)


class QuizAnswer(Base):
    """A question that was put in a check, and the answer once there is one."""

    __tablename__ = "quiz_answers"
    __table_args__ = (
        sa.UniqueConstraint("check_id", "place"),
        sa.UniqueConstraint("check_id", "item_id", name="uq_quiz_answers_check_id_item_id"),
        sa.CheckConstraint("place BETWEEN 1 AND 20", name="place_range"),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (chosen IS NULL)", name="answered_means_chosen"
        ),
    )

    check_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_checks.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_items.id"), index=True)
    #: Which question of the check it is, from 1.
    place: Mapped[int]
    #: Positions of the options as they were shown.
    order: Mapped[list[Any]] = mapped_column("shown_order")
    asked_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    #: Position of the chosen option in the item, not on the page.
    chosen: Mapped[int | None]
    is_correct: Mapped[bool | None]
    #: Whether it counts for the level; answers to questions on trial do not.
    is_counted: Mapped[bool] = mapped_column(default=True)
    #: The language the question was answered in.
    language: Mapped[str] = mapped_column(sa.String(8), default="")
    #: What was thought of the person's level just before, without this answer.
    level_before: Mapped[float]
    #: The curve it was chosen by, so that a later change of the item changes no one's level.
    slope: Mapped[float]
    difficulty: Mapped[float]
    floor: Mapped[float]
    ceiling: Mapped[float]

    check: Mapped[QuizCheck] = relationship(back_populates="answers")
    item: Mapped[QuizItem] = relationship()
