"""Readiness checks: what an enterprise answered about itself, and what came of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import utcnow
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped
from matchmaker.models.organization import Organization

STAGES = ("S1", "S2", "S3", "S4")


class ReadinessAssessment(Timestamped, Base):
    """One person's answers for an organization; kept for ever under the rubric they were given to.

    An assessment set ``beside`` another one is a second opinion on it and counts nowhere else.
    """

    __tablename__ = "readiness_assessments"
    __table_args__ = (
        sa.CheckConstraint("stage IN ('S1', 'S2', 'S3', 'S4')", name="stage_known"),
        sa.CheckConstraint("grade_cap IN ('G1', 'G2', 'G3', 'G4')", name="grade_cap_known"),
        sa.CheckConstraint("(completed_at IS NULL) = (stage IS NULL)", name="completed_has_stage"),
        sa.CheckConstraint("beside_id <> id", name="not_beside_itself"),
        sa.Index(
            "uq_readiness_assessments_unfinished",
            "organization_id",
            "respondent_id",
            unique=True,
            sqlite_where=sa.text("completed_at IS NULL"),
            postgresql_where=sa.text("completed_at IS NULL"),
        ),
        sa.Index("ix_readiness_assessments_latest", "organization_id", "completed_at"),
    )

    organization_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    respondent_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    #: The assessment this one is a second opinion on.
    beside_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("readiness_assessments.id", ondelete="CASCADE"), index=True
    )
    rubric_version: Mapped[str] = mapped_column(sa.String(32))
    #: Item -> score 0 to 4, or None for "I don't know"; what is missing was not answered yet.
    answers: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    updated_at: Mapped[Moment] = mapped_column(default=lambda _=None: utcnow())

    completed_at: Mapped[Moment | None]
    #: The result as it was when the last page was saved: dimension -> 0 to 100.
    sides: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    overall: Mapped[float | None]
    stage: Mapped[str | None] = mapped_column(sa.String(2))
    grade_cap: Mapped[str | None] = mapped_column(sa.String(2))
    #: An officer has looked at it on a visit; until then it is what the organization says of itself.
    verified_at: Mapped[Moment | None]
    verifier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    verifier_note: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    organization: Mapped[Organization] = relationship()
    respondent: Mapped[User] = relationship(foreign_keys=[respondent_id])
    verifier: Mapped[User | None] = relationship(foreign_keys=[verifier_id])
    beside: Mapped[ReadinessAssessment | None] = relationship(
        remote_side="ReadinessAssessment.id", foreign_keys=[beside_id]
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_completed(self) -> bool:
        """Whether every question has an answer and the result stands."""
        return self.completed_at is not None
