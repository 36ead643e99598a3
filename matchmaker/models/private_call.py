"""In-house calls: an organization runs the programme's mechanics with its own people only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.organization import Organization
from matchmaker.models.team import Team
from matchmaker.workflows.private_call import (
    PRIVATE_CALL_WORKFLOW,
    PrivateCallAction,
    PrivateCallState,
)

if TYPE_CHECKING:
    from matchmaker.models.account import User
    from matchmaker.models.call import Call


class PrivateCall(Timestamped, Base):
    """What makes a call private: whose it is, and who does in it what the office does elsewhere."""

    __tablename__ = "private_calls"

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), unique=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    requester_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[PrivateCallState] = mapped_column(
        enum_type(PrivateCallState), default=PRIVATE_CALL_WORKFLOW.initial
    )
    #: Why the organization asks for the call: written to the office.
    purpose: Mapped[str] = mapped_column(sa.Text, default="")
    #: What the office answered.
    office_note: Mapped[str] = mapped_column(sa.Text, default="")
    #: Since when the national office may look inside; none unless the organization invited it.
    office_invited_at: Mapped[Moment | None]
    decided_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship(back_populates="private_call")
    organization: Mapped[Organization] = relationship()
    officers: Mapped[list[PrivateCallOfficer]] = relationship(
        back_populates="private_call", cascade="all, delete-orphan", lazy="selectin"
    )
    teams: Mapped[list[PrivateCallTeam]] = relationship(
        back_populates="private_call", order_by="PrivateCallTeam.id"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: PrivateCallAction) -> PrivateCallState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = PRIVATE_CALL_WORKFLOW.target(before, action)
        return before


class PrivateCallOfficer(Timestamped, Base):
    """A lead of the organization who does in its call what programme officers do in the others."""

    __tablename__ = "private_call_officers"
    __table_args__ = (sa.UniqueConstraint("private_call_id", "user_id"),)

    private_call_id: Mapped[int] = mapped_column(
        sa.ForeignKey("private_calls.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)

    private_call: Mapped[PrivateCall] = relationship(back_populates="officers")
    user: Mapped[User] = relationship(back_populates="private_offices")


class PrivateCallTeam(Timestamped, Base):
    """A team's registration for an in-house call. The row stays when the team leaves."""

    __tablename__ = "private_call_teams"
    __table_args__ = (sa.UniqueConstraint("private_call_id", "team_id"),)

    private_call_id: Mapped[int] = mapped_column(
        sa.ForeignKey("private_calls.id", ondelete="CASCADE"), index=True
    )
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    #: The team exists for in-house calls only: nobody outside the organization knows of it.
    is_exclusive: Mapped[bool] = mapped_column(default=True)
    left_at: Mapped[Moment | None]

    private_call: Mapped[PrivateCall] = relationship(back_populates="teams")
    team: Mapped[Team] = relationship(back_populates="private_registrations")


class PrivateAuditEvent(Base):
    """Marks an audit event as one of an in-house call, so that the office's trail leaves it out."""

    __tablename__ = "private_audit_events"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_events.id"), unique=True)
    private_call_id: Mapped[int] = mapped_column(sa.ForeignKey("private_calls.id"), index=True)
