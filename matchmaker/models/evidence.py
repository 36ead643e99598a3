"""Evidence of what a person can do: what they say, show, and what others say of them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.workflows.attachment import (
    ATTACHMENT_WORKFLOW,
    OFFERED_STATES,
    AttachmentAction,
    AttachmentState,
)
from matchmaker.workflows.evidence import (
    EVIDENCE_WORKFLOW,
    REVIEWED_STATES,
    EvidenceAction,
    EvidenceState,
)

#: How long a piece stays with the reviewer who took it.
CLAIM = dt.timedelta(hours=2)


class EvidenceKind(StrEnum):
    SELF_ANCHORED = "self_anchored"
    PEER = "peer"
    MENTOR = "mentor"
    ARTEFACT = "artefact"
    CERTIFICATE = "certificate"
    COURSE = "course"
    MILESTONE = "milestone"


EVIDENCE_KIND_LABELS = {
    EvidenceKind.SELF_ANCHORED: N_("Own rating"),
    EvidenceKind.PEER: N_("A colleague’s word"),
    EvidenceKind.MENTOR: N_("A mentor’s word"),
    EvidenceKind.ARTEFACT: N_("Piece of work"),
    EvidenceKind.CERTIFICATE: N_("Certificate"),
    EvidenceKind.COURSE: N_("Course passed"),
    EvidenceKind.MILESTONE: N_("Result in a problem"),
}

#: What is shown, and looked at by the office or a mentor.
SHOWN_KINDS = (EvidenceKind.ARTEFACT, EvidenceKind.CERTIFICATE, EvidenceKind.COURSE)
#: What another person says of one's level when asked.
ASKED_KINDS = (EvidenceKind.PEER, EvidenceKind.MENTOR)


class Evidence(Timestamped, Base):
    """One piece about one person in one competency, as it was called when the piece was given."""

    __tablename__ = "evidence"
    __table_args__ = (
        sa.CheckConstraint("level BETWEEN 0 AND 5", name="level_range"),
        sa.CheckConstraint("relevance BETWEEN 0 AND 1", name="relevance_range"),
        sa.CheckConstraint(
            "level IS NOT NULL OR kind IN ('peer', 'mentor', 'milestone')", name="has_level"
        ),
        sa.CheckConstraint(
            "state <> 'rejected' OR reason <> '' OR kind IN ('peer', 'mentor')",
            name="rejected_has_reason",
        ),
        sa.Index("ix_evidence_user_competency", "user_id", "competency"),
        sa.Index("ix_evidence_state_kind", "state", "kind"),
    )

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    competency: Mapped[str] = mapped_column(sa.String(16))
    kind: Mapped[EvidenceKind] = mapped_column(enum_type(EvidenceKind))
    #: The level said or, once looked at, agreed to; none while a colleague or mentor is asked.
    level: Mapped[int | None]
    #: How much it is about this competency.
    relevance: Mapped[float] = mapped_column(default=1.0)
    #: The day it speaks of, in Taipei.
    obtained_on: Mapped[dt.date] = mapped_column(sa.Date)
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    #: What the person did in it, in their own words.
    role: Mapped[str] = mapped_column(sa.String(500), default="")
    state: Mapped[EvidenceState] = mapped_column(
        enum_type(EvidenceState), default=EVIDENCE_WORKFLOW.initial
    )
    #: Who is asked, or has it on the table, or decided.
    reviewer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    #: Since when the reviewer has it on the table.
    taken_at: Mapped[Moment | None]
    #: Why it was agreed to or not, in two lines.
    reason: Mapped[str] = mapped_column(sa.String(600), default="")
    decided_at: Mapped[Moment | None]
    #: What else is known: the claimed level, what a milestone was about, the source of an import.
    facts: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    version: Mapped[int] = mapped_column()

    user: Mapped[User] = relationship(foreign_keys=user_id)
    reviewer: Mapped[User | None] = relationship(foreign_keys=reviewer_id)
    attachment: Mapped[EvidenceAttachment | None] = relationship(
        back_populates="evidence", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: EvidenceAction) -> EvidenceState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = EVIDENCE_WORKFLOW.target(before, action)
        return before

    @property
    def is_reviewed(self) -> bool:
        """Whether somebody else has agreed."""
        return self.state in REVIEWED_STATES

    @property
    def is_taken(self) -> bool:
        """Whether a reviewer has it on the table right now."""
        return self.taken_at is not None and utcnow() - self.taken_at < CLAIM


class EvidenceAttachment(Timestamped, Base):
    """The file of a piece of evidence; its bytes are kept by content, outside the database."""

    __tablename__ = "evidence_attachments"
    __table_args__ = (
        sa.CheckConstraint("size > 0", name="not_empty"),
        sa.CheckConstraint("name <> ''", name="named"),
    )

    evidence_id: Mapped[int] = mapped_column(
        sa.ForeignKey("evidence.id", ondelete="CASCADE"), unique=True
    )
    state: Mapped[AttachmentState] = mapped_column(
        enum_type(AttachmentState), default=ATTACHMENT_WORKFLOW.initial
    )
    name: Mapped[str] = mapped_column(sa.String(200))
    #: Which kind of `services.file_kinds` its content was found to be.
    kind: Mapped[str] = mapped_column(sa.String(32))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    #: SHA-256 of what is kept, which is also where it is kept.
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    #: What was taken out before it was kept: names of `services.file_kinds.REMOVALS`.
    removed_parts: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    scan_note: Mapped[str] = mapped_column(sa.String(500), default="")
    scanned_at: Mapped[Moment | None]

    evidence: Mapped[Evidence] = relationship(back_populates="attachment")

    def apply(self, action: AttachmentAction) -> AttachmentState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = ATTACHMENT_WORKFLOW.target(before, action)
        return before

    @property
    def is_offered(self) -> bool:
        """Whether it may be opened at all."""
        return self.state in OFFERED_STATES
