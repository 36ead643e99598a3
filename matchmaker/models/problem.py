"""Problems: what enterprises and public bodies ask teams to solve."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.call import Call
from matchmaker.models.organization import Organization
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, ProblemAction, ProblemState

if TYPE_CHECKING:
    from matchmaker.models.broker_assignment import BrokerAssignment

GRADES = ("G1", "G2", "G3", "G4")


def searchable(*texts: str) -> str:
    """*texts* as one folded line: full-width forms, case and runs of space make no difference."""
    return " ".join(unicodedata.normalize("NFKC", " ".join(texts)).casefold().split())


class Problem(Timestamped, Base):
    """A problem an organization sets, graded before teams may see it.

    Only `apply` writes ``state``; what a state demands of the other columns is a check constraint,
    so no path around the services can break it.
    """

    __tablename__ = "problems"
    __table_args__ = (
        sa.CheckConstraint(
            "state NOT IN ('graded', 'published', 'solving', 'evaluating') OR grade IS NOT NULL",
            name="graded_before_published",
        ),
        sa.CheckConstraint("grade IN ('G1', 'G2', 'G3', 'G4')", name="grade_known"),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn', 'archived') OR title_zh <> '' OR title_en <> ''",
            name="titled",
        ),
        sa.CheckConstraint("teams_wanted BETWEEN 1 AND 20", name="teams_wanted_range"),
        sa.CheckConstraint(
            "state NOT IN ('published', 'solving', 'evaluating') OR published_at IS NOT NULL",
            name="published_has_moment",
        ),
        sa.Index("ix_problems_state_sector", "state", "sector"),
    )

    external_id: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[ProblemState] = mapped_column(
        enum_type(ProblemState), default=PROBLEM_WORKFLOW.initial
    )

    title_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    title_en: Mapped[str] = mapped_column(sa.String(200), default="")
    text_zh: Mapped[str] = mapped_column(sa.Text, default="")
    text_en: Mapped[str] = mapped_column(sa.Text, default="")
    sector: Mapped[str | None] = mapped_column(sa.String(16))
    region: Mapped[str | None] = mapped_column(sa.String(32))
    techniques: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    data_zh: Mapped[str] = mapped_column(sa.Text, default="")
    data_en: Mapped[str] = mapped_column(sa.Text, default="")
    data_details: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    teams_wanted: Mapped[int] = mapped_column(default=1)
    deadline_at: Mapped[Moment | None]
    contact_name: Mapped[str] = mapped_column(sa.String(120), default="")
    contact_email: Mapped[str] = mapped_column(sa.String(254), default="")
    #: The guided answers, as `matchmaker.assessment.intake.Intake` reads them.
    intake: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {}, server_default="{}")
    #: Suggestions the owner does not want, by what they would set (``technique:OCR``).
    dismissed: Mapped[list[str]] = mapped_column(default=lambda _=None: [], server_default="[]")

    #: The languages (``zh``, ``en``) whose text a machine translated, as its owner says.
    machine_languages: Mapped[list[str]] = mapped_column(
        default=lambda _=None: [], server_default="[]"
    )

    grade: Mapped[str | None] = mapped_column(sa.String(2))
    #: What the office last told the owner: why returned, declined or graded so.
    office_note: Mapped[str] = mapped_column(sa.Text, default="")
    submitted_at: Mapped[Moment | None]
    published_at: Mapped[Moment | None]
    updated_at: Mapped[Moment | None]
    #: Folded titles, texts and techniques in both languages, for substring search in any script.
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    organization: Mapped[Organization] = relationship(back_populates="problems")
    author: Mapped[User | None] = relationship()
    broker_assignment: Mapped[BrokerAssignment | None] = relationship(back_populates="problem")
    requirements: Mapped[list[Requirement]] = relationship(
        back_populates="problem",
        cascade="all, delete-orphan",
        order_by="(Requirement.importance.desc(), Requirement.competency)",
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: ProblemAction) -> ProblemState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = PROBLEM_WORKFLOW.target(before, action)
        return before

    def title(self, language: str) -> str:
        """The title in *language*, or in the other one if there is none."""
        first, second = (
            (self.title_zh, self.title_en) if language == "zh" else (self.title_en, self.title_zh)
        )
        return first or second

    def refresh_search_text(self) -> None:
        """Fold what people may search for into one column."""
        self.search_text = searchable(
            self.title_zh, self.title_en, self.text_zh, self.text_en, " ".join(self.techniques)
        )


class Requirement(Base):
    """A competency level a problem asks for; importance 3 is a must-have."""

    __tablename__ = "requirements"
    __table_args__ = (
        sa.UniqueConstraint("problem_id", "competency"),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_range"),
        sa.CheckConstraint("importance BETWEEN 1 AND 3", name="importance_range"),
    )

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), index=True
    )
    competency: Mapped[str] = mapped_column(sa.String(16))
    level: Mapped[int]
    importance: Mapped[int]

    problem: Mapped[Problem] = relationship(back_populates="requirements")
