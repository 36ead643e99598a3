"""Files that belong to a problem; their bytes are kept by content, outside the database."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.problem import Problem
from matchmaker.workflows.attachment import (
    ATTACHMENT_WORKFLOW,
    OFFERED_STATES,
    AttachmentAction,
    AttachmentState,
)


class AttachmentAccess(StrEnum):
    """Who a file is for."""

    PUBLIC = "public"
    DATA_ROOM = "data_room"


ATTACHMENT_ACCESS_LABELS = {
    AttachmentAccess.PUBLIC: N_("Everybody who may read the problem"),
    AttachmentAccess.DATA_ROOM: N_("The data room: only who accepted the terms"),
}


class Attachment(Timestamped, Base):
    """One file of a problem. Removing it keeps the row, so that the log of downloads stays whole."""

    __tablename__ = "attachments"
    __table_args__ = (
        sa.CheckConstraint("size > 0", name="not_empty"),
        sa.CheckConstraint("name <> ''", name="named"),
        sa.CheckConstraint(
            "(state = 'removed') = (removed_at IS NOT NULL)", name="removed_has_moment"
        ),
    )

    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id"), index=True)
    uploader_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    access: Mapped[AttachmentAccess] = mapped_column(enum_type(AttachmentAccess))
    state: Mapped[AttachmentState] = mapped_column(
        enum_type(AttachmentState), default=ATTACHMENT_WORKFLOW.initial
    )
    name: Mapped[str] = mapped_column(sa.String(200))
    #: What the file shows, in the uploader's words.
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    #: Which kind of `services.file_kinds` its content was found to be.
    kind: Mapped[str] = mapped_column(sa.String(32))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    #: SHA-256 of what is kept, which is also where it is kept.
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    #: Whether a program can read words in it; None where that cannot be told.
    has_text: Mapped[bool | None]
    #: What was taken out before it was kept: names of `services.file_kinds.REMOVALS`.
    removed_parts: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    scan_note: Mapped[str] = mapped_column(sa.String(500), default="")
    scanned_at: Mapped[Moment | None]
    removed_at: Mapped[Moment | None]

    problem: Mapped[Problem] = relationship()
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


class AttachmentDownload(Base):
    """Who opened which file of a data room when, under which terms. Rows are only ever added."""

    __tablename__ = "attachment_downloads"

    attachment_id: Mapped[int] = mapped_column(sa.ForeignKey("attachments.id"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    #: The acceptance that opened it; none for the owner and the office.
    acceptance_id: Mapped[int | None] = mapped_column(sa.ForeignKey("data_acceptances.id"))
    #: The terms in force then, by their number in the problem; 0 if there were none.
    terms_number: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[Moment]

    attachment: Mapped[Attachment] = relationship()
    user: Mapped[User] = relationship()
