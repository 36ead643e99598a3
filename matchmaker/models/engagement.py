"""Engagements: a team works on a problem after its place was confirmed, stage by stage to an end."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.application import Application
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.call import Call
from matchmaker.models.cause import Cause, CauseSide
from matchmaker.models.problem import Problem
from matchmaker.models.team import Team
from matchmaker.workflows.engagement import (
    ENGAGEMENT_WORKFLOW,
    LIVE_STATES,
    STAGE_NAMES,
    EngagementAction,
    EngagementState,
)
from matchmaker.workflows.stage_decision import (
    STAGE_DECISION_WORKFLOW,
    StageDecisionAction,
    StageDecisionState,
)
from matchmaker.workflows.stop_request import (
    STOP_REQUEST_WORKFLOW,
    StopRequestAction,
    StopRequestState,
)

_PROPOSED = sa.text("state = 'proposed'")
_ASKED = sa.text("state = 'asked'")


class KickoffKey(StrEnum):
    """What has to be there before the work begins."""

    TERMS = "terms"
    DATA_ACCESS = "data_access"
    CONTACT = "contact"
    MENTOR = "mentor"
    CALENDAR = "calendar"


KICKOFF_LABELS = MappingProxyType(
    {
        KickoffKey.TERMS: N_("The team has accepted the data terms"),
        KickoffKey.DATA_ACCESS: N_("The team has access to the data"),
        KickoffKey.CONTACT: N_("The owner has named a contact"),
        KickoffKey.MENTOR: N_("The office has named a mentor"),
        KickoffKey.CALENDAR: N_("Team and owner agree on the calendar"),
    }
)


class StageOutcome(StrEnum):
    GO = "go"
    STOP = "stop"


STAGE_OUTCOME_LABELS = MappingProxyType(
    {StageOutcome.GO: N_("Go on"), StageOutcome.STOP: N_("Stop here")}
)


class Engagement(Timestamped, Base):
    """One team at work on one problem. Rows are kept for good: an early end loses nothing."""

    __tablename__ = "engagements"
    __table_args__ = (
        sa.CheckConstraint(
            "(state IN ('completed', 'stopped')) = (ended_at IS NOT NULL)", name="ended_has_moment"
        ),
        sa.CheckConstraint(
            "(state = 'stopped') = (stop_cause IS NOT NULL)", name="stopped_has_cause"
        ),
        sa.CheckConstraint("(stop_cause IS NULL) = (stop_side IS NULL)", name="cause_has_side"),
        sa.Index("ix_engagements_call_state", "call_id", "state"),
    )

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("applications.id"), unique=True)
    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id"), index=True)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"))
    state: Mapped[EngagementState] = mapped_column(
        enum_type(EngagementState), default=ENGAGEMENT_WORKFLOW.initial
    )
    #: The stages that the signed grade named when the engagement opened: PoC, PoS, PoB.
    stages: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    #: Who answers for the owner.
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    mentor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    opened_at: Mapped[Moment]
    #: When the last stage is due; until the kick-off is over all times are plans.
    due_at: Mapped[Moment]
    kickoff_due_at: Mapped[Moment]
    #: When the kick-off ended and the work began.
    started_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    #: The state it was ended in: undoing the end leads back there.
    ended_from: Mapped[str | None] = mapped_column(sa.String(32))
    stop_cause: Mapped[Cause | None] = mapped_column(enum_type(Cause))
    stop_side: Mapped[CauseSide | None] = mapped_column(enum_type(CauseSide))
    stop_reason: Mapped[str] = mapped_column(sa.Text, default="")
    #: Whether the next team in line may have the place of a stopped engagement.
    is_place_free: Mapped[bool] = mapped_column(default=False)
    #: When the contact, then the leads of a silent owner were asked; older than a sign of life,
    #: they count for nothing.
    contact_asked_at: Mapped[Moment | None]
    leads_asked_at: Mapped[Moment | None]
    silence_flagged_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    application: Mapped[Application] = relationship()
    problem: Mapped[Problem] = relationship()
    team: Mapped[Team] = relationship()
    call: Mapped[Call] = relationship()
    contact: Mapped[User | None] = relationship(foreign_keys=contact_id)
    mentor: Mapped[User | None] = relationship(foreign_keys=mentor_id)
    plan: Mapped[list[EngagementStage]] = relationship(
        back_populates="engagement",
        order_by="EngagementStage.position",
        cascade="all, delete-orphan",
    )
    items: Mapped[list[KickoffItem]] = relationship(
        back_populates="engagement", order_by="KickoffItem.id", cascade="all, delete-orphan"
    )
    decisions: Mapped[list[StageDecision]] = relationship(
        back_populates="engagement", order_by="StageDecision.id"
    )
    requests: Mapped[list[StopRequest]] = relationship(
        back_populates="engagement", order_by="StopRequest.id"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: EngagementAction) -> EngagementState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = ENGAGEMENT_WORKFLOW.target(before, action)
        return before

    @property
    def stage(self) -> str | None:
        """The stage the team is in; None in kick-off and after the end."""
        return STAGE_NAMES.get(self.state)

    @property
    def is_live(self) -> bool:
        """Whether work goes on, or is about to."""
        return self.state in LIVE_STATES

    @property
    def number(self) -> str:
        """What people call the engagement in letters."""
        return f"E{self.id:06d}"

    def next_stage(self) -> str | None:
        """The stage after the present one; None in the last and after the end."""
        stages = list(self.stages)
        if self.state is EngagementState.KICKOFF:
            return stages[0]
        following = stages.index(self.stage) + 1 if self.stage in stages else len(stages)
        return stages[following] if following < len(stages) else None

    def planned(self, stage: str) -> EngagementStage:
        """The times of *stage*."""
        return next(row for row in self.plan if row.stage == stage)

    @property
    def next_due_at(self) -> datetime | None:
        """When the present step is due; None after the end."""
        if self.state is EngagementState.KICKOFF:
            return self.kickoff_due_at
        return self.planned(self.stage).due_at if self.stage else None


class EngagementStage(Base):
    """When a stage of an engagement is due, and when it began and ended."""

    __tablename__ = "engagement_stages"
    __table_args__ = (
        sa.UniqueConstraint("engagement_id", "stage"),
        sa.CheckConstraint("stage IN ('PoC', 'PoS', 'PoB')", name="stage_known"),
    )

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id", ondelete="CASCADE"))
    stage: Mapped[str] = mapped_column(sa.String(3))
    position: Mapped[int]
    #: Per cent of the award that the signed grade gives the stage; none if it says nothing.
    share: Mapped[int | None]
    due_at: Mapped[Moment]
    started_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]

    engagement: Mapped[Engagement] = relationship(back_populates="plan")


class KickoffItem(Base):
    """One line of the kick-off checklist: done by somebody, by the system, or waived by the office."""

    __tablename__ = "kickoff_items"
    __table_args__ = (sa.UniqueConstraint("engagement_id", "key"),)

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id", ondelete="CASCADE"))
    key: Mapped[KickoffKey] = mapped_column(enum_type(KickoffKey))
    done_at: Mapped[Moment | None]
    #: None if the system knew by itself.
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    is_waived: Mapped[bool] = mapped_column(default=False)
    #: Why it was waived, or what whoever ticked it adds.
    note: Mapped[str] = mapped_column(sa.Text, default="")
    #: The side that agreed first, where both have to.
    first_side: Mapped[str | None] = mapped_column(sa.String(8))
    first_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    first_at: Mapped[Moment | None]

    engagement: Mapped[Engagement] = relationship(back_populates="items")
    done_by: Mapped[User | None] = relationship(foreign_keys=done_by_id)
    first_by: Mapped[User | None] = relationship(foreign_keys=first_by_id)


class StageDecision(Timestamped, Base):
    """Go on or stop after a stage: counts when both the owner and an officer have signed."""

    __tablename__ = "stage_decisions"
    __table_args__ = (
        sa.CheckConstraint(
            "state <> 'signed' OR (owner_signed_at IS NOT NULL AND officer_signed_at IS NOT NULL)",
            name="signed_by_both",
        ),
        sa.CheckConstraint("outcome <> 'stop' OR cause IS NOT NULL", name="stop_has_cause"),
        sa.CheckConstraint("(cause IS NULL) = (side IS NULL)", name="cause_has_side"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        sa.Index(
            "uq_stage_decisions_proposed",
            "engagement_id",
            unique=True,
            sqlite_where=_PROPOSED,
            postgresql_where=_PROPOSED,
        ),
    )

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"), index=True)
    stage: Mapped[str] = mapped_column(sa.String(3))
    outcome: Mapped[StageOutcome] = mapped_column(enum_type(StageOutcome))
    cause: Mapped[Cause | None] = mapped_column(enum_type(Cause))
    side: Mapped[CauseSide | None] = mapped_column(enum_type(CauseSide))
    reason: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[StageDecisionState] = mapped_column(
        enum_type(StageDecisionState), default=STAGE_DECISION_WORKFLOW.initial
    )
    proposer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    owner_signed_at: Mapped[Moment | None]
    officer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    officer_signed_at: Mapped[Moment | None]
    #: Why the other side did not sign, or the proposal was taken back.
    drop_reason: Mapped[str] = mapped_column(sa.Text, default="")
    dropped_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    engagement: Mapped[Engagement] = relationship(back_populates="decisions")
    proposer: Mapped[User | None] = relationship(foreign_keys=proposer_id)
    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)
    officer: Mapped[User | None] = relationship(foreign_keys=officer_id)

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: StageDecisionAction) -> StageDecisionState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = STAGE_DECISION_WORKFLOW.target(before, action)
        return before


class StopRequest(Timestamped, Base):
    """A side asks to stop early; the office decides."""

    __tablename__ = "stop_requests"
    __table_args__ = (
        sa.CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_has_moment"),
        sa.CheckConstraint("side IN ('team', 'owner')", name="side_known"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        sa.Index(
            "uq_stop_requests_asked",
            "engagement_id",
            unique=True,
            sqlite_where=_ASKED,
            postgresql_where=_ASKED,
        ),
    )

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"), index=True)
    #: Which side asks.
    side: Mapped[str] = mapped_column(sa.String(8))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    cause: Mapped[Cause] = mapped_column(enum_type(Cause))
    reason: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[StopRequestState] = mapped_column(
        enum_type(StopRequestState), default=STOP_REQUEST_WORKFLOW.initial
    )
    decided_at: Mapped[Moment | None]
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: What the office answered.
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    engagement: Mapped[Engagement] = relationship(back_populates="requests")
    user: Mapped[User | None] = relationship(foreign_keys=user_id)
    decider: Mapped[User | None] = relationship(foreign_keys=decider_id)

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: StopRequestAction) -> StopRequestState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = STOP_REQUEST_WORKFLOW.target(before, action)
        return before
