"""Who learns what, and every step on the way: from these events come records for other systems."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.learning_resource import LearningResource
from matchmaker.workflows.enrolment import ENROLMENT_WORKFLOW, EnrolmentAction, EnrolmentState


class Enrolment(Timestamped, Base):
    """One person in one entry of the catalogue."""

    __tablename__ = "enrolments"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "resource_id"),
        sa.CheckConstraint("score IS NULL OR score BETWEEN 0 AND 100", name="score_range"),
        sa.CheckConstraint(
            "state NOT IN ('passed', 'not_passed') OR assessed_at IS NOT NULL", name="assessed"
        ),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    resource_id: Mapped[int] = mapped_column(sa.ForeignKey("learning_resources.id"), index=True)
    state: Mapped[EnrolmentState] = mapped_column(
        enum_type(EnrolmentState), default=ENROLMENT_WORKFLOW.initial, index=True
    )
    #: What was handed in: where it is, and what the person says of it.
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    handed_in_at: Mapped[Moment | None]
    #: Of 100; none where the assessor gave none.
    score: Mapped[int | None]
    #: {competency: level} that the assessor saw in what was handed in.
    levels: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    reason: Mapped[str] = mapped_column(sa.String(1000), default="")
    assessor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    assessed_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    user: Mapped[User] = relationship(foreign_keys=user_id)
    assessor: Mapped[User | None] = relationship(foreign_keys=assessor_id)
    resource: Mapped[LearningResource] = relationship()
    events: Mapped[list[EnrolmentEvent]] = relationship(
        back_populates="enrolment", order_by="EnrolmentEvent.id"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: EnrolmentAction) -> EnrolmentState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = ENROLMENT_WORKFLOW.target(before, action)
        return before


class EnrolmentEvent(Timestamped, Base):
    """One step of an enrolment; kept for ever."""

    __tablename__ = "enrolment_events"
    __table_args__ = (sa.Index("ix_enrolment_events_created_at", "created_at"),)

    enrolment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("enrolments.id", ondelete="CASCADE"), index=True
    )
    action: Mapped[EnrolmentAction] = mapped_column(enum_type(EnrolmentAction))
    #: Who took the step; none for an import at the command line.
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    score: Mapped[int | None]

    enrolment: Mapped[Enrolment] = relationship(back_populates="events")
