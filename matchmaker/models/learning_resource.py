"""The catalogue of what there is to learn from, and every version an entry has had."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.problem import searchable


class ResourceFormat(StrEnum):
    """How one learns."""

    SELF_PACED = "self-paced"
    WORKSHOP = "workshop"
    LAB = "lab"
    COMPUTE_LAB = "compute lab"
    TOOL_GUIDE = "tool guide"
    CLINIC = "clinic"
    CASE = "case"
    PLACEMENT = "placement"
    SITE_VISIT = "site visit"
    MEET_UP = "meet-up"


RESOURCE_FORMAT_LABELS = {
    ResourceFormat.SELF_PACED: N_("At your own pace"),
    ResourceFormat.WORKSHOP: N_("Workshop"),
    ResourceFormat.LAB: N_("Practical class"),
    ResourceFormat.COMPUTE_LAB: N_("Practical class on a supercomputer"),
    ResourceFormat.TOOL_GUIDE: N_("Guide to a tool"),
    ResourceFormat.CLINIC: N_("Consultation"),
    ResourceFormat.CASE: N_("Case study"),
    ResourceFormat.PLACEMENT: N_("Days on site"),
    ResourceFormat.SITE_VISIT: N_("Site visit"),
    ResourceFormat.MEET_UP: N_("Meet-up"),
}


class ResourcePhase(StrEnum):
    """When an entry fits best, seen from solving a problem."""

    BEFORE = "before"
    BEFORE_DURING = "before/during"
    DURING = "during"
    DURING_AFTER = "during/after"
    AFTER = "after"


RESOURCE_PHASE_LABELS = {
    ResourcePhase.BEFORE: N_("Before solving"),
    ResourcePhase.BEFORE_DURING: N_("Before or while solving"),
    ResourcePhase.DURING: N_("While solving"),
    ResourcePhase.DURING_AFTER: N_("While solving or after"),
    ResourcePhase.AFTER: N_("After solving"),
}


class LearningResource(Timestamped, Base):
    """One entry of the catalogue. What it prepares for is a level, never a level it grants."""

    __tablename__ = "learning_resources"
    __table_args__ = (
        sa.CheckConstraint("title_zh <> '' AND title_en <> ''", name="both_languages"),
        sa.CheckConstraint("hours > 0 AND hours <= 1000", name="hours_range"),
        sa.CheckConstraint("cost BETWEEN 0 AND 1000000", name="cost_range"),
        sa.CheckConstraint("is_online OR region IS NOT NULL", name="somewhere"),
    )

    #: What files and other systems know it by.
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    theme: Mapped[str] = mapped_column(sa.String(8), index=True)
    title_zh: Mapped[str] = mapped_column(sa.String(200))
    title_en: Mapped[str] = mapped_column(sa.String(200))
    summary_zh: Mapped[str] = mapped_column(sa.Text, default="")
    summary_en: Mapped[str] = mapped_column(sa.Text, default="")
    #: [{competency, from, to}]: from which level to which it leads.
    teaches: Mapped[list[Any]]
    hours: Mapped[float]
    format: Mapped[ResourceFormat] = mapped_column(enum_type(ResourceFormat))
    phase: Mapped[ResourcePhase] = mapped_column(enum_type(ResourcePhase))
    #: What is handed in and looked at; where nothing is, attendance is noted and is no evidence.
    is_assessed: Mapped[bool] = mapped_column(default=True)
    assessment_zh: Mapped[str] = mapped_column(sa.String(200), default="")
    assessment_en: Mapped[str] = mapped_column(sa.String(200), default="")
    #: The languages it is held in: "zh", "en".
    languages: Mapped[list[str]]
    provider_zh: Mapped[str] = mapped_column(sa.String(120), default="")
    provider_en: Mapped[str] = mapped_column(sa.String(120), default="")
    #: In New Taiwan dollars; 0 is free.
    cost: Mapped[int] = mapped_column(default=0)
    is_online: Mapped[bool] = mapped_column(default=True)
    region: Mapped[str | None] = mapped_column(sa.String(32))
    url: Mapped[str] = mapped_column(sa.String(500), default="")
    #: An entry that is held no more: enrolments stay, nobody new comes.
    retired_at: Mapped[Moment | None]
    updated_at: Mapped[Moment] = mapped_column(default=lambda _=None: utcnow())
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column()

    revisions: Mapped[list[LearningResourceRevision]] = relationship(
        back_populates="resource", order_by="LearningResourceRevision.number"
    )

    __mapper_args__ = {"version_id_col": version}

    def title(self, language: str) -> str:
        """The title in *language*."""
        return self.title_zh if language == "zh" else self.title_en

    def summary(self, language: str) -> str:
        """The summary in *language*, or in the other one if there is none."""
        own, other = self.summary_zh, self.summary_en
        return own or other if language == "zh" else other or own

    def provider(self, language: str) -> str:
        """Who holds it, in *language* or in the other one."""
        own, other = self.provider_zh, self.provider_en
        return own or other if language == "zh" else other or own

    def assessment(self, language: str) -> str:
        """What is handed in, in *language* or in the other one."""
        own, other = self.assessment_zh, self.assessment_en
        return own or other if language == "zh" else other or own

    def refresh_search_text(self) -> None:
        """Fold what people may search for into one column."""
        self.search_text = searchable(
            *(self.code, self.title_zh, self.title_en, self.summary_zh, self.summary_en),
            *(self.provider_zh, self.provider_en),
        )


class LearningResourceRevision(Timestamped, Base):
    """What an entry said from one change to the next; never changed once written."""

    __tablename__ = "learning_resource_revisions"
    __table_args__ = (sa.UniqueConstraint("resource_id", "number"),)

    resource_id: Mapped[int] = mapped_column(
        sa.ForeignKey("learning_resources.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    values: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(sa.String(500), default="")

    resource: Mapped[LearningResource] = relationship(back_populates="revisions")
    author: Mapped[User | None] = relationship()
