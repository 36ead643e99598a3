"""Alumni: people of finished engagements who want to be found by each other, and their letters."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.workflows.alumni_contact import (
    ALUMNI_CONTACT_WORKFLOW,
    AlumniContactAction,
    AlumniContactState,
)

_OPEN = sa.text("state = 'sent'")


class AlumniPurpose(StrEnum):
    """What a message is about."""

    TALK = "talk"
    MENTOR = "mentor"
    INSTRUCT = "instruct"


ALUMNI_PURPOSE_LABELS = {
    AlumniPurpose.TALK: N_("A message"),
    AlumniPurpose.MENTOR: N_("An invitation to be a mentor"),
    AlumniPurpose.INSTRUCT: N_("An invitation to be a seed instructor"),
}


class AlumniProfile(Timestamped, Base):
    """What one alumnus shows to the others, as long as they want; leaving removes the row at once."""

    __tablename__ = "alumni_profiles"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    #: Names the text the person agreed to.
    consent: Mapped[str] = mapped_column(sa.String(32))
    text: Mapped[str] = mapped_column(sa.String(500), default="")
    shows_levels: Mapped[bool] = mapped_column(default=False)
    takes_messages: Mapped[bool] = mapped_column(default=False)
    is_hiring: Mapped[bool] = mapped_column(default=False)
    is_looking: Mapped[bool] = mapped_column(default=False)
    #: Offers that the office sees too.
    will_mentor: Mapped[bool] = mapped_column(default=False)
    will_instruct: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    user: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}


class AlumniContact(Timestamped, Base):
    """A message from one person to another; neither sees the other's e-mail address unless it is shared."""

    __tablename__ = "alumni_contacts"
    __table_args__ = (
        sa.CheckConstraint("sender_id <> receiver_id", name="two_people"),
        sa.Index(
            "uq_alumni_contacts_open",
            "sender_id",
            "receiver_id",
            "purpose",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    sender_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    receiver_id: Mapped[int] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[AlumniPurpose] = mapped_column(
        enum_type(AlumniPurpose), default=AlumniPurpose.TALK
    )
    state: Mapped[AlumniContactState] = mapped_column(
        enum_type(AlumniContactState), default=ALUMNI_CONTACT_WORKFLOW.initial
    )
    text: Mapped[str] = mapped_column(sa.String(1000))
    #: Whether each side lets the other read their e-mail address.
    shares_email: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(sa.String(1000), default="")
    answer_shares_email: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    sender: Mapped[User] = relationship(foreign_keys=sender_id)
    receiver: Mapped[User] = relationship(foreign_keys=receiver_id)

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: AlumniContactAction) -> AlumniContactState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = ALUMNI_CONTACT_WORKFLOW.target(before, action)
        return before
