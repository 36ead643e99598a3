"""What an officer signed: grade, award, milestones and calendar, with the rubric they rest on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Timestamped
from matchmaker.models.grading_panel import GradingPanel
from matchmaker.models.problem import Problem

AWARD_TIERS = ("A", "B", "C")


class GradeDecision(Timestamped, Base):
    """One signature. A later one takes its place; none is ever changed."""

    __tablename__ = "grade_decisions"
    __table_args__ = (
        sa.CheckConstraint("grade IN ('G1', 'G2', 'G3', 'G4')", name="grade_known"),
        sa.CheckConstraint("award_tier IN ('A', 'B', 'C')", name="award_tier_known"),
        sa.CheckConstraint("weeks BETWEEN 1 AND 104", name="weeks_range"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
    )

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), index=True
    )
    #: The panel it rests on; none if the officer graded without one.
    panel_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("grading_panels.id", ondelete="CASCADE")
    )
    officer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    rubric_version: Mapped[str] = mapped_column(sa.String(16))
    grade: Mapped[str] = mapped_column(sa.String(2))
    #: What both reviewers said; none if they differed or there was no panel.
    panel_grade: Mapped[str | None] = mapped_column(sa.String(2))
    #: What the rules suggested at the moment of signing.
    rules_grade: Mapped[str] = mapped_column(sa.String(2))
    rules_score: Mapped[int]
    award_tier: Mapped[str] = mapped_column(sa.String(1))
    award_low: Mapped[int]
    award_high: Mapped[int]
    #: The path: ``[stage, share of the award in per cent]`` in order; ``data`` may come first.
    milestones: Mapped[list[Any]] = mapped_column(default=lambda _=None: [])
    weeks: Mapped[int]
    #: The highest grade that the owner's readiness advised, and why it was gone beyond.
    grade_cap: Mapped[str | None] = mapped_column(sa.String(2))
    override_reason: Mapped[str] = mapped_column(sa.Text, default="")
    #: Why the grade differs from the panel's or the rules'.
    difference_reason: Mapped[str] = mapped_column(sa.Text, default="")
    #: What the owner reads.
    reason: Mapped[str] = mapped_column(sa.Text)

    problem: Mapped[Problem] = relationship()
    panel: Mapped[GradingPanel | None] = relationship()
    officer: Mapped[User | None] = relationship()
