"""Teams: who solves problems, what they say of themselves, what they have done, what they can."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.organization import MemberRole, Organization
from matchmaker.models.problem import searchable

if TYPE_CHECKING:
    from matchmaker.models.account import User
    from matchmaker.models.private_call import PrivateCallTeam


class TeamKind(StrEnum):
    STUDENT = "student"
    STARTUP = "startup"
    RESEARCH = "research"
    TRAINEE = "trainee"
    CORPORATE = "corporate"


TEAM_KIND_LABELS = {
    TeamKind.STUDENT: N_("Student team"),
    TeamKind.STARTUP: N_("Start-up"),
    TeamKind.RESEARCH: N_("Research group"),
    TeamKind.TRAINEE: N_("Trainee team"),
    TeamKind.CORPORATE: N_("Corporate team"),
}


class Team(Timestamped, Base):
    """A solver team. Its name, region and members are for people; the matcher reads the rest."""

    __tablename__ = "teams"
    __table_args__ = (
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name="named"),
        sa.CheckConstraint("capacity BETWEEN 0 AND 20", name="capacity_range"),
    )

    external_id: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    organization_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("organizations.id"), index=True
    )
    kind: Mapped[TeamKind] = mapped_column(enum_type(TeamKind))
    name_zh: Mapped[str] = mapped_column(sa.String(120), default="")
    name_en: Mapped[str] = mapped_column(sa.String(120), default="")
    title_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    title_en: Mapped[str] = mapped_column(sa.String(200), default="")
    text_zh: Mapped[str] = mapped_column(sa.Text, default="")
    text_en: Mapped[str] = mapped_column(sa.Text, default="")
    region: Mapped[str | None] = mapped_column(sa.String(32))
    sectors: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    techniques: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    #: How many problems the team can take on at once.
    capacity: Mapped[int] = mapped_column(default=1)
    is_public: Mapped[bool] = mapped_column(default=False)
    #: A team that has disbanded or paused; it is not matched and not shown.
    archived_at: Mapped[Moment | None]
    updated_at: Mapped[Moment | None]
    #: Folded names, texts, techniques and works in both languages, for substring search in any script.
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    organization: Mapped[Organization | None] = relationship()
    members: Mapped[list[TeamMember]] = relationship(
        back_populates="team", cascade="all, delete-orphan"
    )
    works: Mapped[list[TeamWork]] = relationship(
        back_populates="team", cascade="all, delete-orphan", order_by="TeamWork.position"
    )
    competencies: Mapped[list[TeamCompetency]] = relationship(
        back_populates="team", cascade="all, delete-orphan", order_by="TeamCompetency.competency"
    )
    private_registrations: Mapped[list[PrivateCallTeam]] = relationship(back_populates="team")

    __mapper_args__ = {"version_id_col": version}

    def name(self, language: str) -> str:
        """The name in *language*, or in the other one if there is none."""
        first, second = (
            (self.name_zh, self.name_en) if language == "zh" else (self.name_en, self.name_zh)
        )
        return first or second

    def title(self, language: str) -> str:
        """The one-line description in *language*, or in the other one."""
        first, second = (
            (self.title_zh, self.title_en) if language == "zh" else (self.title_en, self.title_zh)
        )
        return first or second

    def refresh_search_text(self) -> None:
        """Fold what people may search for into one column."""
        works = [text for work in self.works for text in (work.title, work.text)]
        self.search_text = searchable(
            *(self.name_zh, self.name_en, self.title_zh, self.title_en),
            *(self.text_zh, self.text_en, *self.techniques, *works),
        )


class TeamMember(Timestamped, Base):
    """A person's place in a team."""

    __tablename__ = "team_members"
    __table_args__ = (sa.UniqueConstraint("team_id", "user_id"),)

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    role: Mapped[MemberRole] = mapped_column(enum_type(MemberRole), default=MemberRole.MEMBER)

    team: Mapped[Team] = relationship(back_populates="members")
    user: Mapped[User] = relationship(back_populates="team_memberships")


class TeamWork(Base):
    """A past work of a team; the matcher reads each by itself."""

    __tablename__ = "team_works"

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    year: Mapped[int | None]

    team: Mapped[Team] = relationship(back_populates="works")


class TeamCompetency(Base):
    """A level a team claims for one competency of the taxonomy."""

    __tablename__ = "team_competencies"
    __table_args__ = (
        sa.UniqueConstraint("team_id", "competency"),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name="level_range"),
    )

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    competency: Mapped[str] = mapped_column(sa.String(16))
    level: Mapped[int]
    source: Mapped[str] = mapped_column(sa.String(32), default="self")

    team: Mapped[Team] = relationship(back_populates="competencies")
