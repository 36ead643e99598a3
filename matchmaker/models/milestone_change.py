"""Changes of an engagement's plan that a team proposes, and what came of them."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.engagement import Engagement
from matchmaker.models.milestone import Milestone
from matchmaker.workflows.milestone_change import (
    MILESTONE_CHANGE_WORKFLOW,
    MilestoneChangeAction,
    MilestoneChangeState,
)

_PROPOSED = sa.text("state = 'proposed' AND milestone_id IS NOT NULL")


class PlanChange(StrEnum):
    ADD = "add"
    CHANGE = "change"
    DROP = "drop"


PLAN_CHANGE_LABELS = MappingProxyType(
    {
        PlanChange.ADD: N_("Add a milestone"),
        PlanChange.CHANGE: N_("Change a milestone"),
        PlanChange.DROP: N_("Take a milestone out"),
    }
)


class MilestoneChange(Timestamped, Base):
    """A change of the plan that a team proposes; the owner or the office agrees."""

    __tablename__ = "milestone_changes"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'add') = (milestone_id IS NULL)", name="about_one"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name="decided_has_moment"
        ),
        sa.Index(
            "uq_milestone_changes_proposed",
            "milestone_id",
            unique=True,
            sqlite_where=_PROPOSED,
            postgresql_where=_PROPOSED,
        ),
    )

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"), index=True)
    #: None while a new one is proposed.
    milestone_id: Mapped[int | None] = mapped_column(sa.ForeignKey("milestones.id"))
    kind: Mapped[PlanChange] = mapped_column(enum_type(PlanChange))
    stage: Mapped[str] = mapped_column(sa.String(3))
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    asked: Mapped[str] = mapped_column(sa.Text, default="")
    due_at: Mapped[Moment]
    reason: Mapped[str] = mapped_column(sa.Text)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[MilestoneChangeState] = mapped_column(
        enum_type(MilestoneChangeState), default=MILESTONE_CHANGE_WORKFLOW.initial
    )
    decided_at: Mapped[Moment | None]
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    engagement: Mapped[Engagement] = relationship()
    milestone: Mapped[Milestone | None] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=user_id)
    decider: Mapped[User | None] = relationship(foreign_keys=decider_id)

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: MilestoneChangeAction) -> MilestoneChangeState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = MILESTONE_CHANGE_WORKFLOW.target(before, action)
        return before
