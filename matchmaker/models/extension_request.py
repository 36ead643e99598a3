"""Requests for more time on a milestone, and what the office answered."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.cause import Cause, CauseSide
from matchmaker.models.milestone import Milestone
from matchmaker.workflows.extension_request import (
    EXTENSION_REQUEST_WORKFLOW,
    ExtensionRequestAction,
    ExtensionRequestState,
)

_ASKED = sa.text("state = 'asked'")


class ExtensionRequest(Timestamped, Base):
    """The team or the owner asks for more time, saying until when and why."""

    __tablename__ = "extension_requests"
    __table_args__ = (
        sa.CheckConstraint("side IN ('team', 'owner')", name="side_known"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_has_moment"),
        sa.CheckConstraint("state <> 'refused' OR answer <> ''", name="refused_has_answer"),
        sa.CheckConstraint(
            "(state = 'granted') = (granted_until IS NOT NULL)", name="granted_has_moment"
        ),
        sa.Index(
            "uq_extension_requests_asked",
            "milestone_id",
            unique=True,
            sqlite_where=_ASKED,
            postgresql_where=_ASKED,
        ),
    )

    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("milestones.id"), index=True)
    #: Which side asks.
    side: Mapped[str] = mapped_column(sa.String(8))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: When it was due when more time was asked for.
    due_before: Mapped[Moment]
    asked_until: Mapped[Moment]
    cause: Mapped[Cause] = mapped_column(enum_type(Cause))
    #: On whose side the cause lies.
    cause_side: Mapped[CauseSide] = mapped_column(enum_type(CauseSide))
    reason: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[ExtensionRequestState] = mapped_column(
        enum_type(ExtensionRequestState), default=EXTENSION_REQUEST_WORKFLOW.initial
    )
    granted_until: Mapped[Moment | None]
    #: Whether everything that comes after it was moved by the same days.
    moves_rest: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[Moment | None]
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: What the office answered.
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    milestone: Mapped[Milestone] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=user_id)
    decider: Mapped[User | None] = relationship(foreign_keys=decider_id)

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: ExtensionRequestAction) -> ExtensionRequestState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = EXTENSION_REQUEST_WORKFLOW.target(before, action)
        return before
