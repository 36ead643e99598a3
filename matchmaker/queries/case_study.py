"""Reading case studies: the one being written, its versions, and what is public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from matchmaker.errors import NotFound
from matchmaker.models import (
    CaseStudy,
    CaseStudyConsent,
    CaseStudyVersion,
    Engagement,
    Problem,
    User,
)
from matchmaker.policies.case_study import office_case_studies, public_case_studies
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.case_study_version import CaseStudyVersionState
from matchmaker.workflows.engagement import EngagementState


def case_study_of(
    session: Session, engagement: Engagement, *, lock: bool = False
) -> CaseStudy | None:
    """The case study of an engagement; the caller has decided who reads it."""
    statement = (
        sa.select(CaseStudy)
        .where(CaseStudy.engagement_id == engagement.id)
        .options(selectinload(CaseStudy.versions).selectinload(CaseStudyVersion.consents))
    )
    if lock:
        statement = statement.with_for_update(of=CaseStudy)
    return session.scalar(statement.execution_options(populate_existing=lock))


def get_version(study: CaseStudy | None, number: int) -> CaseStudyVersion:
    """The version *number* of a case study."""
    versions = study.versions if study else []
    found = next((version for version in versions if version.number == number), None)
    if found is None:
        raise NotFound
    return found


def latest(study: CaseStudy | None) -> CaseStudyVersion | None:
    """The newest version that both sides were shown."""
    return study.versions[-1] if study and study.versions else None


def published(study: CaseStudy | None) -> CaseStudyVersion | None:
    """The version on the public page, if there is one."""
    versions = study.versions if study else []
    public = (one for one in versions if one.state is CaseStudyVersionState.PUBLISHED)
    return next(public, None)


@dataclass(frozen=True)
class CaseStudyFilter:
    """Which case studies a reader looks for; what is empty limits nothing."""

    sector: str = ""
    grade: str = ""


def list_public(
    session: Session, wanted: CaseStudyFilter, *, number: int = 1
) -> Page[CaseStudyVersion]:
    """The public case studies, the latest first."""
    statement = _public()
    if wanted.sector:
        statement = statement.where(Problem.sector == wanted.sector)
    if wanted.grade:
        statement = statement.where(Problem.grade == wanted.grade)
    latest_first = statement.order_by(
        CaseStudyVersion.published_at.desc(), CaseStudyVersion.id.desc()
    )
    return paginate(session, latest_first, number=number)


def get_public(session: Session, case_study_id: int) -> CaseStudyVersion:
    """The public version of a case study; `NotFound` if it is not public (any more)."""
    found = session.scalar(_public().where(CaseStudyVersion.case_study_id == case_study_id))
    if found is None:
        raise NotFound
    return found


def _public() -> sa.Select[CaseStudyVersion]:
    return (
        sa.select(CaseStudyVersion)
        .join(CaseStudyVersion.case_study)
        .join(CaseStudy.engagement)
        .join(Engagement.problem)
        .where(public_case_studies())
        .options(*_with_problem())
    )


def _with_problem() -> tuple[ExecutableOption, ...]:
    engagement = joinedload(CaseStudyVersion.case_study).joinedload(CaseStudy.engagement)
    return (
        engagement.joinedload(Engagement.problem).joinedload(Problem.organization),
        engagement.joinedload(Engagement.team),
        selectinload(CaseStudyVersion.consents),
    )


@dataclass(frozen=True)
class Line:
    """A completed engagement, and how far its case study is."""

    engagement: Engagement
    study: CaseStudy | None

    @property
    def latest(self) -> CaseStudyVersion | None:
        """The newest version that both sides were shown."""
        return latest(self.study)


def list_for_office(session: Session, actor: User, *, number: int = 1) -> Page[Line]:
    """Completed work that *actor*'s office follows, with the state of its case study."""
    statement = (
        sa.select(Engagement)
        .where(office_case_studies(actor), Engagement.state == EngagementState.COMPLETED)
        .options(joinedload(Engagement.problem), joinedload(Engagement.team))
        .order_by(Engagement.ended_at.desc(), Engagement.id.desc())
    )
    page = paginate(session, statement, number=number)
    studies = _studies(session, [row.id for row in page.items])
    items = [Line(row, studies.get(row.id)) for row in page.items]
    return Page(items, page.number, page.size, page.total)


def _studies(session: Session, engagement_ids: Sequence[int]) -> dict[int, CaseStudy]:
    statement = (
        sa.select(CaseStudy)
        .where(CaseStudy.engagement_id.in_(engagement_ids))
        .options(selectinload(CaseStudy.versions).selectinload(CaseStudyVersion.consents))
    )
    return {row.engagement_id: row for row in session.scalars(statement)}


def consents_of(session: Session, user_id: int) -> Sequence[CaseStudyConsent]:
    """The consents that a person gave."""
    statement = sa.select(CaseStudyConsent).where(CaseStudyConsent.user_id == user_id)
    return session.scalars(statement.order_by(CaseStudyConsent.id)).all()
