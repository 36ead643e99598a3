"""Invitations: nobody becomes a member without having said yes."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.organization import MemberRole, Organization
from matchmaker.models.team import Team
from matchmaker.workflows.invitation import INVITATION_WORKFLOW, InvitationAction, InvitationState


class Invitation(Timestamped, Base):
    """An invitation by mail to join one organization or one team."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.CheckConstraint("(organization_id IS NULL) <> (team_id IS NULL)", name="one_target"),
        sa.CheckConstraint(
            "(state IN ('accepted', 'declined')) = (answered_at IS NOT NULL)", name="answered"
        ),
    )

    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    team_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True
    )
    inviter_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    email: Mapped[str] = mapped_column(sa.String(254), index=True)
    role: Mapped[MemberRole] = mapped_column(enum_type(MemberRole), default=MemberRole.MEMBER)
    state: Mapped[InvitationState] = mapped_column(
        enum_type(InvitationState), default=INVITATION_WORKFLOW.initial
    )
    #: SHA-256 of the secret in the mailed link.
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]

    organization: Mapped[Organization | None] = relationship()
    team: Mapped[Team | None] = relationship()
    inviter: Mapped[User] = relationship()

    def apply(self, action: InvitationAction) -> InvitationState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = INVITATION_WORKFLOW.target(before, action)
        return before
