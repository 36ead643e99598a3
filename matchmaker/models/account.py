"""People who can sign in, and what the office lets them do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.base import Base, Moment, Timestamped, enum_type

if TYPE_CHECKING:
    from matchmaker.models.organization import OrganizationMember
    from matchmaker.models.private_call import PrivateCallOfficer
    from matchmaker.models.team import TeamMember


class Role(StrEnum):
    """What the office lets a person do beyond their own organization and teams."""

    OFFICER = "officer"
    REVIEWER = "reviewer"
    MENTOR = "mentor"
    ASSOCIATION = "association"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {
    Role.OFFICER: N_("Programme officer"),
    Role.REVIEWER: N_("Reviewer"),
    Role.MENTOR: N_("Mentor"),
    Role.ASSOCIATION: N_("Industry association"),
    Role.ADMINISTRATOR: N_("Administrator"),
}


class AccountKind(StrEnum):
    """Which door a person came in by; it decides the first page they see, not what they may do."""

    ENTERPRISE = "enterprise"
    SOLVER = "solver"
    STAFF = "staff"


class User(Timestamped, Base):
    """A person with an account.

    Erasing an account empties every column that names the person and keeps the row, so that the
    audit trail still points somewhere.
    """

    __tablename__ = "users"

    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[AccountKind] = mapped_column(enum_type(AccountKind))
    locale: Mapped[str] = mapped_column(sa.String(16), default="zh_Hant_TW")
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    #: Raised to end every session of this person: sign-out everywhere, new password, disabled account.
    session_epoch: Mapped[int] = mapped_column(default=1)
    confirmed_at: Mapped[Moment | None]
    disabled_at: Mapped[Moment | None]
    erased_at: Mapped[Moment | None]
    last_login_at: Mapped[Moment | None]
    #: Raised whenever what is known of this person's levels changes.
    levels_version: Mapped[int] = mapped_column(default=0, server_default="0")

    role_grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )
    organization_memberships: Mapped[list[OrganizationMember]] = relationship(
        back_populates="user", lazy="selectin"
    )
    team_memberships: Mapped[list[TeamMember]] = relationship(
        back_populates="user", lazy="selectin"
    )
    private_offices: Mapped[list[PrivateCallOfficer]] = relationship(back_populates="user")

    @property
    def roles(self) -> set[Role]:
        return {grant.role for grant in self.role_grants}

    def has_role(self, *roles: Role) -> bool:
        """Whether the person holds any of *roles*."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_officer(self) -> bool:
        return self.has_role(Role.OFFICER)

    @property
    def is_administrator(self) -> bool:
        return self.has_role(Role.ADMINISTRATOR)

    @property
    def is_usable(self) -> bool:
        """Whether the person may sign in at all."""
        return self.confirmed_at is not None and self.disabled_at is None and self.erased_at is None

    @property
    def organization_ids(self) -> set[int]:
        return {member.organization_id for member in self.organization_memberships}

    @property
    def team_ids(self) -> set[int]:
        return {member.team_id for member in self.team_memberships}

    def erase(self, at: datetime) -> None:
        """Forget who this person was; irreversible."""
        self.email = None
        self.name = ""
        self.password_hash = None
        self.erased_at = at
        self.session_epoch += 1


class RoleGrant(Timestamped, Base):
    """A role given to a person by the office."""

    __tablename__ = "role_grants"
    __table_args__ = (sa.UniqueConstraint("user_id", "role"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(enum_type(Role))

    user: Mapped[User] = relationship(back_populates="role_grants")
