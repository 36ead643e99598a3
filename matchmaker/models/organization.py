"""Organizations: those who set problems, send people, or bring members."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.base import Base, Timestamped, enum_type

if TYPE_CHECKING:
    from matchmaker.models.account import User
    from matchmaker.models.problem import Problem


class OrganizationKind(StrEnum):
    ENTERPRISE = "enterprise"
    PUBLIC_BODY = "public_body"
    UNIVERSITY = "university"
    ASSOCIATION = "association"
    SOLVER_COMPANY = "solver_company"


ORGANIZATION_KIND_LABELS = {
    OrganizationKind.ENTERPRISE: N_("Enterprise"),
    OrganizationKind.PUBLIC_BODY: N_("Public body"),
    OrganizationKind.UNIVERSITY: N_("University"),
    OrganizationKind.ASSOCIATION: N_("Industry association"),
    OrganizationKind.SOLVER_COMPANY: N_("Solver company"),
}


class OrganizationSize(StrEnum):
    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


ORGANIZATION_SIZE_LABELS = {
    OrganizationSize.MICRO: N_("Fewer than 10 people"),
    OrganizationSize.SMALL: N_("10 to 49 people"),
    OrganizationSize.MEDIUM: N_("50 to 199 people"),
    OrganizationSize.LARGE: N_("200 people or more"),
}


class MemberRole(StrEnum):
    LEAD = "lead"
    MEMBER = "member"


MEMBER_ROLE_LABELS = {MemberRole.LEAD: N_("Lead"), MemberRole.MEMBER: N_("Member")}


class Organization(Timestamped, Base):
    """A company, public body, university or association; named in one language at least."""

    __tablename__ = "organizations"
    __table_args__ = (sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name="named"),)

    external_id: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    name_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    about_zh: Mapped[str] = mapped_column(sa.Text, default="")
    about_en: Mapped[str] = mapped_column(sa.Text, default="")
    kind: Mapped[OrganizationKind] = mapped_column(enum_type(OrganizationKind))
    sector: Mapped[str | None] = mapped_column(sa.String(16))
    region: Mapped[str | None] = mapped_column(sa.String(32))
    size: Mapped[OrganizationSize | None] = mapped_column(enum_type(OrganizationSize))
    website: Mapped[str] = mapped_column(sa.String(300), default="")
    #: The company's or body's number in the public register (統一編號).
    registration_number: Mapped[str | None] = mapped_column(sa.String(20))
    version: Mapped[int] = mapped_column()

    members: Mapped[list[OrganizationMember]] = relationship(
        back_populates="organization", cascade="all, delete-orphan"
    )
    problems: Mapped[list[Problem]] = relationship(back_populates="organization")

    __mapper_args__ = {"version_id_col": version}

    def name(self, language: str) -> str:
        """The name in *language* (zh or en), or in the other one if there is none."""
        first, second = (
            (self.name_zh, self.name_en) if language == "zh" else (self.name_en, self.name_zh)
        )
        return first or second


class OrganizationMember(Timestamped, Base):
    """A person's place in an organization."""

    __tablename__ = "organization_members"
    __table_args__ = (sa.UniqueConstraint("organization_id", "user_id"),)

    organization_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    role: Mapped[MemberRole] = mapped_column(enum_type(MemberRole), default=MemberRole.MEMBER)

    organization: Mapped[Organization] = relationship(back_populates="members")
    user: Mapped[User] = relationship(back_populates="organization_memberships")
