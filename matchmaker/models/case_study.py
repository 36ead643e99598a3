"""Case studies: how a problem was solved, told in public with the consent of owner and team."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.engagement import Engagement
from matchmaker.workflows.case_study_version import (
    CASE_STUDY_VERSION_WORKFLOW,
    CaseStudyVersionAction,
    CaseStudyVersionState,
)

_OPEN = sa.text("state = 'proposed'")
_PUBLIC = sa.text("state = 'published'")


class CaseStudySide(StrEnum):
    """Whose consent a case study needs."""

    OWNER = "owner"
    TEAM = "team"


CASE_STUDY_SIDE_LABELS = {
    CaseStudySide.OWNER: N_("The problem’s owner"),
    CaseStudySide.TEAM: N_("The team"),
}


class CaseStudy(Timestamped, Base):
    """The text of an engagement's case study as it is being written; nobody outside reads it."""

    __tablename__ = "case_studies"

    engagement_id: Mapped[int] = mapped_column(sa.ForeignKey("engagements.id"), unique=True)
    title_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    title_en: Mapped[str] = mapped_column(sa.String(200), default="")
    problem_zh: Mapped[str] = mapped_column(sa.Text, default="")
    problem_en: Mapped[str] = mapped_column(sa.Text, default="")
    approach_zh: Mapped[str] = mapped_column(sa.Text, default="")
    approach_en: Mapped[str] = mapped_column(sa.Text, default="")
    results_zh: Mapped[str] = mapped_column(sa.Text, default="")
    results_en: Mapped[str] = mapped_column(sa.Text, default="")
    #: The figures that go with it, by the name `queries.case_study_figure` gives them.
    figures: Mapped[list[str]] = mapped_column(default=lambda _=None: [])
    updated_at: Mapped[Moment | None]
    updater_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    version: Mapped[int] = mapped_column()

    engagement: Mapped[Engagement] = relationship()
    versions: Mapped[list[CaseStudyVersion]] = relationship(
        back_populates="case_study", order_by="CaseStudyVersion.number"
    )

    __mapper_args__ = {"version_id_col": version}


class CaseStudyVersion(Timestamped, Base):
    """What owner and team were shown and asked to agree to; its content never changes."""

    __tablename__ = "case_study_versions"
    __table_args__ = (
        sa.UniqueConstraint("case_study_id", "number", name="uq_case_study_versions_number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
        sa.Index(
            "uq_case_study_versions_proposed",
            "case_study_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index(
            "uq_case_study_versions_published",
            "case_study_id",
            unique=True,
            sqlite_where=_PUBLIC,
            postgresql_where=_PUBLIC,
        ),
    )

    case_study_id: Mapped[int] = mapped_column(sa.ForeignKey("case_studies.id"))
    number: Mapped[int]
    state: Mapped[CaseStudyVersionState] = mapped_column(
        enum_type(CaseStudyVersionState), default=CASE_STUDY_VERSION_WORKFLOW.initial
    )
    #: Field of the case study to its text, the names of problem, owner and team, and the figures.
    content: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: SHA-256 of the content: what a consent is for.
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    published_at: Mapped[Moment | None]
    publisher_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    #: Since when it is no longer public, or was given up, and why.
    ended_at: Mapped[Moment | None]
    reason: Mapped[str] = mapped_column(sa.String(600), default="")

    case_study: Mapped[CaseStudy] = relationship(back_populates="versions")
    user: Mapped[User | None] = relationship(foreign_keys=user_id)
    publisher: Mapped[User | None] = relationship(foreign_keys=publisher_id)
    consents: Mapped[list[CaseStudyConsent]] = relationship(
        back_populates="case_study_version", order_by="CaseStudyConsent.id"
    )

    def apply(self, action: CaseStudyVersionAction) -> CaseStudyVersionState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = CASE_STUDY_VERSION_WORKFLOW.target(before, action)
        return before

    def consent_of(self, side: CaseStudySide) -> CaseStudyConsent | None:
        """The consent of one side to exactly this content that stands, if there is one."""
        standing = (
            one
            for one in self.consents
            if one.side is side
            and one.withdrawn_at is None
            and one.content_hash == self.content_hash
        )
        return next(standing, None)

    @property
    def is_agreed(self) -> bool:
        """Whether both sides agreed."""
        return all(self.consent_of(side) is not None for side in CaseStudySide)


class CaseStudyConsent(Timestamped, Base):
    """One side agreed to a version, in the person of a member of it; kept when it is taken back."""

    __tablename__ = "case_study_consents"

    version_id: Mapped[int] = mapped_column(sa.ForeignKey("case_study_versions.id"), index=True)
    side: Mapped[CaseStudySide] = mapped_column(enum_type(CaseStudySide))
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    withdrawn_at: Mapped[Moment | None]
    withdrawer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    case_study_version: Mapped[CaseStudyVersion] = relationship(back_populates="consents")
    user: Mapped[User | None] = relationship(foreign_keys=user_id)
