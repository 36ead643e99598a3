"""Milestones of an engagement: what is to be delivered, every version of it, what was said and decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.cause import Cause, CauseSide
from matchmaker.models.engagement import Engagement
from matchmaker.workflows.attachment import (
    ATTACHMENT_WORKFLOW,
    OFFERED_STATES,
    AttachmentAction,
    AttachmentState,
)
from matchmaker.workflows.milestone import (
    DECIDED_STATES,
    MILESTONE_WORKFLOW,
    OPEN_STATES,
    MilestoneAction,
    MilestoneState,
)


class FeedbackKind(StrEnum):
    """What somebody says of a version."""

    COMMENT = "comment"
    CHANGES = "changes"
    OPINION = "opinion"


FEEDBACK_KIND_LABELS = MappingProxyType(
    {
        FeedbackKind.COMMENT: N_("Comment"),
        FeedbackKind.CHANGES: N_("Changes requested"),
        FeedbackKind.OPINION: N_("Opinion on the result"),
    }
)


class MilestoneOutcome(StrEnum):
    """How a milestone ends; the names of the states it ends in."""

    PASSED = "passed"
    PARTLY = "partly"
    FAILED = "failed"


MILESTONE_OUTCOME_LABELS = MappingProxyType(
    {
        MilestoneOutcome.PASSED: N_("Milestone reached"),
        MilestoneOutcome.PARTLY: N_("Partly reached"),
        MilestoneOutcome.FAILED: N_("Not reached"),
    }
)


def late_by(due: datetime, moment: datetime) -> timedelta:
    """How long after *due* something happened; nothing if it did not."""
    return max(timedelta(), moment - due)


class Milestone(Timestamped, Base):
    """One thing that a team delivers in a stage. ``text`` and ``links`` are what it is writing."""

    __tablename__ = "milestones"
    __table_args__ = (
        sa.CheckConstraint("stage IN ('PoC', 'PoS', 'PoB')", name="stage_known"),
        sa.CheckConstraint("number > 0", name="number_positive"),
        sa.CheckConstraint("title <> ''", name="titled"),
        sa.CheckConstraint(
            "(state IN ('passed', 'partly', 'failed')) = (decided_at IS NOT NULL)",
            name="decided_has_moment",
        ),
        sa.CheckConstraint("(cause IS NULL) = (side IS NULL)", name="cause_has_side"),
        sa.CheckConstraint(
            "state NOT IN ('partly', 'failed') OR (cause IS NOT NULL AND reason <> '')",
            name="shortfall_has_cause",
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR review_due_at IS NOT NULL", name="submitted_has_review_due"
        ),
        sa.CheckConstraint(
            "state <> 'changes_requested' OR changes_due_at IS NOT NULL", name="changes_have_due"
        ),
        sa.Index("ix_milestones_state_due", "state", "due_at"),
    )

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"), index=True)
    stage: Mapped[str] = mapped_column(sa.String(3))
    #: The place in the plan, from 1, within its stage.
    number: Mapped[int]
    #: What it is called; what the plan begins with has the short name of its stage.
    title: Mapped[str] = mapped_column(sa.String(200))
    #: What is to be delivered.
    asked: Mapped[str] = mapped_column(sa.Text, default="")
    due_at: Mapped[Moment]
    state: Mapped[MilestoneState] = mapped_column(
        enum_type(MilestoneState), default=MILESTONE_WORKFLOW.initial
    )
    #: The version that is being written.
    text: Mapped[str] = mapped_column(sa.Text, default="")
    links: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    updated_at: Mapped[Moment | None]
    updater_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    submitted_at: Mapped[Moment | None]
    #: Until when owner and office look at what was handed in.
    review_due_at: Mapped[Moment | None]
    #: Until when the team hands in what was asked to be changed.
    changes_due_at: Mapped[Moment | None]
    decided_at: Mapped[Moment | None]
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    cause: Mapped[Cause | None] = mapped_column(enum_type(Cause))
    side: Mapped[CauseSide | None] = mapped_column(enum_type(CauseSide))
    #: Why it was decided like this; or why it was taken out of the plan.
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    #: The state it had when the engagement ended: undoing the end leads back there.
    cancelled_from: Mapped[MilestoneState | None] = mapped_column(
        enum_type(MilestoneState, "cancelled_from")
    )
    version: Mapped[int] = mapped_column()

    engagement: Mapped[Engagement] = relationship()
    updater: Mapped[User | None] = relationship(foreign_keys=updater_id)
    decider: Mapped[User | None] = relationship(foreign_keys=decider_id)
    versions: Mapped[list[MilestoneVersion]] = relationship(
        back_populates="milestone", order_by="MilestoneVersion.number"
    )
    files: Mapped[list[MilestoneFile]] = relationship(
        back_populates="milestone", order_by="MilestoneFile.id"
    )
    feedback: Mapped[list[MilestoneFeedback]] = relationship(
        back_populates="milestone", order_by="MilestoneFeedback.id"
    )
    decisions: Mapped[list[MilestoneDecision]] = relationship(
        back_populates="milestone", order_by="MilestoneDecision.id"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: MilestoneAction) -> MilestoneState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = MILESTONE_WORKFLOW.target(before, action)
        return before

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN_STATES

    @property
    def is_decided(self) -> bool:
        """Whether its result stands."""
        return self.state in DECIDED_STATES

    @property
    def standing(self) -> MilestoneVersion | None:
        """The version that counts: the last one handed in."""
        return self.versions[-1] if self.versions else None

    @property
    def next_due_at(self) -> datetime | None:
        """When the present step is due, whoever has it; None if nothing is left to do."""
        if self.state is MilestoneState.PLANNED:
            return self.due_at
        if self.state is MilestoneState.SUBMITTED:
            return self.review_due_at
        return self.changes_due_at if self.state is MilestoneState.CHANGES_REQUESTED else None


class MilestoneVersion(Base):
    """What was handed in, as it was; never changed. The highest number is the one that counts."""

    __tablename__ = "milestone_versions"
    __table_args__ = (
        sa.UniqueConstraint("milestone_id", "number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
    )

    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("milestones.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text, default="")
    links: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    #: The files that belong to it: id, name, size, sha256.
    files: Mapped[list[Any]] = mapped_column(default=lambda _=None: [])
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    submitted_at: Mapped[Moment]
    #: When it was due as things stood when it was handed in.
    due_at: Mapped[Moment]
    #: SHA-256 of everything handed in: see `services.milestone_receipt`.
    content_hash: Mapped[str] = mapped_column(sa.String(64), index=True)

    milestone: Mapped[Milestone] = relationship(back_populates="versions")
    user: Mapped[User | None] = relationship()

    @property
    def late(self) -> timedelta:
        """How long after its time it came."""
        return late_by(self.due_at, self.submitted_at)


class MilestoneFile(Timestamped, Base):
    """A file that goes with a milestone; its bytes are kept by content, outside the database."""

    __tablename__ = "milestone_files"
    __table_args__ = (
        sa.CheckConstraint("size > 0", name="not_empty"),
        sa.CheckConstraint("name <> ''", name="named"),
    )

    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("milestones.id"), index=True)
    uploader_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[AttachmentState] = mapped_column(
        enum_type(AttachmentState), default=ATTACHMENT_WORKFLOW.initial
    )
    name: Mapped[str] = mapped_column(sa.String(200))
    #: What the file shows, in the team's words.
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    #: Which kind of `services.file_kinds` its content was found to be.
    kind: Mapped[str] = mapped_column(sa.String(32))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    #: SHA-256 of what is kept, which is also where it is kept.
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    #: What was taken out before it was kept: names of `services.file_kinds.REMOVALS`.
    removed_parts: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    scan_note: Mapped[str] = mapped_column(sa.String(500), default="")
    scanned_at: Mapped[Moment | None]
    #: Since when it is no longer part of what the team writes; versions handed in before keep it.
    removed_at: Mapped[Moment | None]

    milestone: Mapped[Milestone] = relationship(back_populates="files")
    uploader: Mapped[User | None] = relationship()

    def apply(self, action: AttachmentAction) -> AttachmentState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = ATTACHMENT_WORKFLOW.target(before, action)
        return before

    @property
    def is_offered(self) -> bool:
        """Whether it may be opened at all."""
        return self.state in OFFERED_STATES


class MilestoneFeedback(Base):
    """What the owner, the mentor or the office says of a version; rows are only ever added."""

    __tablename__ = "milestone_feedback"
    __table_args__ = (
        sa.CheckConstraint("body <> ''", name="says_something"),
        sa.CheckConstraint("side IN ('team', 'owner', 'mentor', 'office')", name="side_known"),
        sa.CheckConstraint(
            "(kind = 'opinion') = (outcome IS NOT NULL)", name="opinion_has_outcome"
        ),
        sa.CheckConstraint("(kind = 'changes') = (asked_until IS NOT NULL)", name="changes_until"),
        sa.CheckConstraint("(cause IS NULL) = (cause_side IS NULL)", name="cause_has_side"),
    )

    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("milestones.id"), index=True)
    #: The version it speaks of; none if nothing was handed in.
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("milestone_versions.id"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: For which side the person spoke.
    side: Mapped[str] = mapped_column(sa.String(8))
    kind: Mapped[FeedbackKind] = mapped_column(enum_type(FeedbackKind))
    body: Mapped[str] = mapped_column(sa.Text)
    #: Until when changes are asked for.
    asked_until: Mapped[Moment | None]
    #: What the owner thinks the result is, and why it fell short.
    outcome: Mapped[MilestoneOutcome | None] = mapped_column(enum_type(MilestoneOutcome))
    cause: Mapped[Cause | None] = mapped_column(enum_type(Cause))
    cause_side: Mapped[CauseSide | None] = mapped_column(enum_type(CauseSide))
    at: Mapped[Moment]

    milestone: Mapped[Milestone] = relationship(back_populates="feedback")
    milestone_version: Mapped[MilestoneVersion | None] = relationship()
    user: Mapped[User | None] = relationship()


class MilestoneDecision(Base):
    """One decision on a milestone. A reopened one stays, with who reopened it and why."""

    __tablename__ = "milestone_decisions"
    __table_args__ = (
        sa.CheckConstraint("(cause IS NULL) = (side IS NULL)", name="cause_has_side"),
        sa.CheckConstraint(
            "outcome = 'passed' OR (cause IS NOT NULL AND reason <> '')", name="shortfall_has_cause"
        ),
        sa.CheckConstraint(
            "reopened_at IS NULL OR reopen_reason <> ''", name="reopened_has_reason"
        ),
    )

    milestone_id: Mapped[int] = mapped_column(sa.ForeignKey("milestones.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("milestone_versions.id"))
    outcome: Mapped[MilestoneOutcome] = mapped_column(enum_type(MilestoneOutcome))
    cause: Mapped[Cause | None] = mapped_column(enum_type(Cause))
    side: Mapped[CauseSide | None] = mapped_column(enum_type(CauseSide))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    decider_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[Moment]
    #: What the owner had said of it; none if the owner was silent.
    opinion_id: Mapped[int | None] = mapped_column(sa.ForeignKey("milestone_feedback.id"))
    reopened_at: Mapped[Moment | None]
    reopener_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reopen_reason: Mapped[str] = mapped_column(sa.Text, default="")

    milestone: Mapped[Milestone] = relationship(back_populates="decisions")
    milestone_version: Mapped[MilestoneVersion | None] = relationship()
    decider: Mapped[User | None] = relationship(foreign_keys=decider_id)
    reopener: Mapped[User | None] = relationship(foreign_keys=reopener_id)
    opinion: Mapped[MilestoneFeedback | None] = relationship()
