"""Applications: a team's proposal for a problem, every version handed in, its people and files."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.call import Call
from matchmaker.models.problem import Problem
from matchmaker.models.team import Team
from matchmaker.workflows.application import (
    APPLICATION_WORKFLOW,
    ApplicationAction,
    ApplicationState,
)
from matchmaker.workflows.attachment import (
    ATTACHMENT_WORKFLOW,
    OFFERED_STATES,
    AttachmentAction,
    AttachmentState,
)

_OPEN = sa.text("state <> 'withdrawn'")


class ApplicationOrigin(StrEnum):
    """How the team came to the problem."""

    INVITED = "invited"
    RECOMMENDED = "recommended"
    OWN = "own"


APPLICATION_ORIGIN_LABELS = {
    ApplicationOrigin.INVITED: N_("The programme office asked the team"),
    ApplicationOrigin.RECOMMENDED: N_("Recommended by the matcher"),
    ApplicationOrigin.OWN: N_("On its own"),
}


class WithdrawalCause(StrEnum):
    """Why a team withdraws."""

    NO_TIME = "no_time"
    OTHER_PROBLEM = "other_problem"
    PEOPLE = "people"
    TERMS = "terms"
    DISSOLVED = "dissolved"
    OTHER = "other"


WITHDRAWAL_CAUSE_LABELS = {
    WithdrawalCause.NO_TIME: N_("We have no time for it"),
    WithdrawalCause.OTHER_PROBLEM: N_("We work on another problem"),
    WithdrawalCause.PEOPLE: N_("Somebody we need has left"),
    WithdrawalCause.TERMS: N_("The terms or the data do not suit us"),
    WithdrawalCause.DISSOLVED: N_("The team breaks up or pauses"),
    WithdrawalCause.OTHER: N_("Another reason"),
}


class Application(Timestamped, Base):
    """One team's application for one problem.

    ``parts`` and ``people`` are what the team is writing; what it has handed in is `standing`.
    """

    __tablename__ = "applications"
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name="submitted"
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_moment"
        ),
        sa.Index(
            "uq_applications_open",
            "problem_id",
            "team_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_applications_call_state", "call_id", "state"),
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"))
    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id"), index=True)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    state: Mapped[ApplicationState] = mapped_column(
        enum_type(ApplicationState), default=APPLICATION_WORKFLOW.initial
    )
    origin: Mapped[ApplicationOrigin] = mapped_column(enum_type(ApplicationOrigin))
    #: Whom the office writes to first.
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    #: The proposal as it is being written: part to text.
    parts: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: When the version that counts was handed in, and its hash; the same as `standing` has.
    submitted_at: Mapped[Moment | None]
    content_hash: Mapped[str | None] = mapped_column(sa.String(64))
    #: Why the latest decision was taken: for the office, and for the team once announced.
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    decided_at: Mapped[Moment | None]
    withdrawal_cause: Mapped[WithdrawalCause | None] = mapped_column(enum_type(WithdrawalCause))
    withdrawal_reason: Mapped[str] = mapped_column(sa.String(1000), default="")
    withdrawn_at: Mapped[Moment | None]
    #: When the team was last reminded that its draft is not handed in.
    reminded_at: Mapped[Moment | None]
    updated_at: Mapped[Moment | None]
    updater_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    problem: Mapped[Problem] = relationship()
    team: Mapped[Team] = relationship()
    lead: Mapped[User | None] = relationship(foreign_keys=lead_id)
    updater: Mapped[User | None] = relationship(foreign_keys=updater_id)
    people: Mapped[list[ApplicationPerson]] = relationship(
        back_populates="application",
        order_by="ApplicationPerson.position",
        cascade="all, delete-orphan",
    )
    revisions: Mapped[list[ApplicationRevision]] = relationship(
        back_populates="application", order_by="ApplicationRevision.number"
    )
    files: Mapped[list[ApplicationFile]] = relationship(
        back_populates="application", order_by="ApplicationFile.id"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: ApplicationAction) -> ApplicationState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = APPLICATION_WORKFLOW.target(before, action)
        return before

    @property
    def standing(self) -> ApplicationRevision | None:
        """The version that counts: the last one handed in."""
        return self.revisions[-1] if self.revisions else None

    @property
    def number(self) -> str:
        """What people call the application in letters."""
        return f"A{self.id:06d}"


class ApplicationPerson(Base):
    """Somebody who would work on the problem, with what the rules of the call ask about them."""

    __tablename__ = "application_people"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "user_id"),
        sa.CheckConstraint("share BETWEEN 0 AND 100", name="share_range"),
    )

    application_id: Mapped[int] = mapped_column(
        sa.ForeignKey("applications.id", ondelete="CASCADE")
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    #: What the person does in it, in the team's words.
    role: Mapped[str] = mapped_column(sa.String(200), default="")
    #: Per cent of the team's work.
    share: Mapped[int] = mapped_column(default=0)
    #: ISO 3166 code of the country the person works in.
    country: Mapped[str] = mapped_column(sa.String(2), default="TW")
    is_student: Mapped[bool] = mapped_column(default=False)

    application: Mapped[Application] = relationship(back_populates="people")
    user: Mapped[User] = relationship()


class ApplicationRevision(Base):
    """One version as it was handed in; never changed. The highest number is the one that counts."""

    __tablename__ = "application_revisions"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
    )

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("applications.id"))
    number: Mapped[int]
    #: Part to text.
    parts: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: Who works in it, by user id: role, share, country, is_student. Names stay with the accounts.
    people: Mapped[list[Any]] = mapped_column(default=lambda _=None: [])
    #: The files that belong to it: id, name, size, sha256.
    files: Mapped[list[Any]] = mapped_column(default=lambda _=None: [])
    #: What the rules of the call said of it then: rule, whether met, the figures.
    eligibility: Mapped[list[Any]] = mapped_column(default=lambda _=None: [])
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    submitted_at: Mapped[Moment]
    #: SHA-256 of everything handed in: see `services.application_receipt`.
    content_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    #: What `assessment.near_copies` compares it by; None until it was compared with the others.
    sketch: Mapped[bytes | None] = mapped_column(sa.LargeBinary)

    application: Mapped[Application] = relationship(back_populates="revisions")
    user: Mapped[User | None] = relationship()


class ApplicationFile(Timestamped, Base):
    """A file that goes with an application; its bytes are kept by content, outside the database."""

    __tablename__ = "application_files"
    __table_args__ = (
        sa.CheckConstraint("size > 0", name="not_empty"),
        sa.CheckConstraint("name <> ''", name="named"),
    )

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("applications.id"), index=True)
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

    application: Mapped[Application] = relationship(back_populates="files")
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


class ApplicationTwin(Timestamped, Base):
    """Two applications of one call that say nearly the same; the office looks and says what it is."""

    __tablename__ = "application_twins"
    __table_args__ = (
        sa.UniqueConstraint("application_id", "other_id"),
        sa.CheckConstraint("application_id > other_id", name="in_order"),
        sa.CheckConstraint("likeness BETWEEN 0 AND 1", name="likeness_range"),
        sa.CheckConstraint("judged_at IS NULL OR note <> ''", name="judged_has_note"),
    )

    #: The later one of the two.
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("applications.id"))
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("applications.id"), index=True)
    #: The share of the shorter one's wording that is in the longer one too.
    likeness: Mapped[float]
    #: Part to likeness: where they are alike.
    parts: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: What the office found: the same work twice, or nothing to it.
    is_harmless: Mapped[bool | None]
    note: Mapped[str] = mapped_column(sa.String(1000), default="")
    judge_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    judged_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    application: Mapped[Application] = relationship(foreign_keys=application_id)
    other: Mapped[Application] = relationship(foreign_keys=other_id)
    judge: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}
