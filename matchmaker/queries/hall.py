"""Reading the hall of awards: what is announced, by call and tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import (
    Award,
    Call,
    CaseStudy,
    CaseStudyVersion,
    Engagement,
    HallConsent,
    Problem,
    User,
)
from matchmaker.policies.case_study import public_case_studies
from matchmaker.policies.hall import public_awards

#: More than a programme gives in ten years.
MOST_AWARDS = 2_000


@dataclass(frozen=True)
class HallFilter:
    """Which awards a reader looks for; what is empty limits nothing."""

    call: str = ""
    sector: str = ""
    grade: str = ""
    region: str = ""


@dataclass(frozen=True)
class Honour:
    """One award as everybody sees it: no person, and the team only if it wants to be named."""

    award: Award
    is_named: bool
    #: Its public case study, if there is one.
    case_study_id: int | None

    def tier(self, language: str) -> str:
        """What the tier is called."""
        found = _tier(self.award)
        return str(found.get(language) or self.award.tier)


def _tier(award: Award) -> dict[str, str]:
    return next((one for one in award.scheme.tiers if one["code"] == award.tier), {})


def _rank(award: Award) -> int:
    """The place of the tier in its scheme, highest first."""
    codes = [one["code"] for one in award.scheme.tiers]
    return codes.index(award.tier) if award.tier in codes else len(codes)


@dataclass(frozen=True)
class CallHonours:
    """The awards of one call, highest tier first."""

    call: Call
    honours: Sequence[Honour]


def hall(session: Session, wanted: HallFilter) -> list[CallHonours]:
    """What is announced, the newest call first."""
    statement = (
        sa.select(Award, HallConsent.is_named, _case_study())
        .join(Award.engagement)
        .join(Engagement.problem)
        .join(Award.call)
        .outerjoin(HallConsent, HallConsent.award_id == Award.id)
        .where(public_awards(), *_conditions(wanted))
        .options(
            joinedload(Award.scheme),
            joinedload(Award.call),
            joinedload(Award.engagement).joinedload(Engagement.team),
            joinedload(Award.engagement)
            .joinedload(Engagement.problem)
            .joinedload(Problem.organization),
        )
        .order_by(Call.opens_at.desc(), Call.id.desc(), Award.id)
        .limit(MOST_AWARDS)
    )
    rows = session.execute(statement)
    honours = [Honour(award, bool(is_named), study) for award, is_named, study in rows]
    return [
        CallHonours(call, sorted(group, key=lambda one: (_rank(one.award), one.award.id)))
        for call, group in groupby(honours, key=lambda one: one.award.call)
    ]


def _conditions(wanted: HallFilter) -> list[sa.ColumnElement[bool]]:
    pairs = (
        (Call.external_id, wanted.call),
        (Problem.sector, wanted.sector),
        (Problem.grade, wanted.grade),
        (Problem.region, wanted.region),
    )
    return [column == value for column, value in pairs if value]


def _case_study() -> sa.ScalarSelect[int]:
    """The public case study of an award's work."""
    return (
        sa.select(CaseStudyVersion.case_study_id)
        .join(CaseStudy, CaseStudy.id == CaseStudyVersion.case_study_id)
        .where(CaseStudy.engagement_id == Award.engagement_id, public_case_studies())
        .correlate(Award)
        .limit(1)
        .scalar_subquery()
    )


def calls(session: Session) -> Sequence[Call]:
    """The calls with awards, the newest first."""
    statement = sa.select(Call).where(Call.id.in_(sa.select(Award.call_id).where(public_awards())))
    return session.scalars(statement.order_by(Call.opens_at.desc(), Call.id.desc())).all()


def get_own(session: Session, actor: User | None, award_id: int) -> Award:
    """An award of a team of *actor*."""
    teams = actor.team_ids if actor else set()
    statement = sa.select(Award).join(Award.engagement)
    found = session.scalar(statement.where(Award.id == award_id, Engagement.team_id.in_(teams)))
    if found is None:
        raise NotFound
    return found


def consent_of(session: Session, award: Award) -> HallConsent | None:
    """What the team said about being named."""
    return session.scalar(sa.select(HallConsent).where(HallConsent.award_id == award.id))


def named(session: Session, award_ids: Sequence[int]) -> dict[int, bool]:
    """Whether the team is named, of those awards whose team has said."""
    statement = sa.select(HallConsent.award_id, HallConsent.is_named).where(
        HallConsent.award_id.in_(award_ids)
    )
    return dict(session.execute(statement).all())
