"""What the sample's enterprises answered about themselves, and what the office is to reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.clock import utcnow
from matchmaker.models import (
    Call,
    MemberRole,
    Organization,
    OrganizationMember,
    ReadinessAssessment,
    User,
)
from matchmaker.policies.scope import is_national
from matchmaker.sample.staging import officer
from matchmaker.services import call_target, readiness
from matchmaker.services.context import Context

#: Organization, days ago, answers side by side (N, D, T, W, O); "?" is "I don't know".
CHECKS = (
    ("O-01", 430, "2210 1100 2101 1100 1110"),
    ("O-01", 40, "3332 3221 2222 2332 2222"),
    ("O-02", 75, "2221 2110 2211 2121 1111"),
    ("O-03", 300, "1100 2111 2210 1001 1011"),
    ("O-03", 20, "2321 2222 3222 2222 2222"),
    ("O-04", 60, "4434 3343 4434 4343 4443"),
    ("O-06", 90, "1001 0?00 1000 1?10 0101"),
    ("O-07", 50, "2110 1110 1111 2110 1011"),
    ("O-08", 120, "3322 3233 3323 3232 2332"),
    ("O-09", 33, "1111 10?0 1110 1011 1110"),
    ("O-10", 80, "4343 4334 3343 3333 4343"),
    ("O-11", 45, "2222 3222 2222 2222 2121"),
    ("O-12", 66, "3232 3221 2322 2332 2222"),
    ("O-13", 28, "1?00 0010 1000 0010 1000"),
    ("O-14", 110, "2211 1111 2111 2211 1111"),
    ("O-15", 25, "2322 2221 3222 2221 2112"),
    ("O-16", 38, "2111 1110 1110 1111 1011"),
    ("O-17", 15, "1000 10?0 1010 0001 0100"),
    ("O-18", 95, "3323 2233 3232 2323 3222"),
    ("O-19", 55, "2222 2112 2222 2212 1121"),
    ("O-22", 70, "3233 3322 4343 3322 3343"),
    ("O-23", 140, "3333 3332 3323 3333 3223"),
    ("O-24", 42, "2111 1100 1101 1110 1010"),
    ("O-29", 18, "1110 1110 1111 1100 1011"),
)
#: A colleague sees it otherwise: on the newest check of the organization.
OPINIONS = (("O-02", 70, "3221 1100 2211 1111 1112"), ("O-10", 76, "3343 3233 3343 3233 4343"))
HALF_FILLED = ("O-05", 35, "2110 10")
SEEN_ON_VISITS = ("O-04", "O-08", "O-10", "O-18")
VISIT_NOTE = "訪視現場並抽看資料與作業文件，作答與現況相符。"
TARGETS = {
    "collected": 40,
    "coached": 30,
    "graded": 24,
    "published": 20,
    "solutions": 10,
    "services": 6,
    "jobs": 20,
    "investment": 15,
}


def answer_checks(ctx: Context) -> None:
    """Enterprises in every stage take the check, some of them again; officers visit a few."""
    for external_id, days, answers in CHECKS:
        _complete(ctx, external_id, days, answers)
    for external_id, days, answers in OPINIONS:
        _opine(ctx, external_id, days, answers)
    external_id, days, answers = HALF_FILLED
    _moved(_fill(_lead(ctx, external_id), external_id, answers), days)
    for external_id in SEEN_ON_VISITS:
        check = _newest(ctx.session, external_id)
        readiness.verify(_as(ctx, officer(ctx.session)), check.id, VISIT_NOTE)


def set_targets(ctx: Context) -> None:
    """The office sets what each call of the programme is to reach."""
    for call_id in ctx.session.scalars(sa.select(Call.id).where(is_national(Call.id))).all():
        call_target.update(_as(ctx, officer(ctx.session)), call_id, 0, TARGETS)


def _as(ctx: Context, user: User) -> Context:
    return replace(ctx, actor=user, trusted=False)


def _lead(ctx: Context, external_id: str) -> Context:
    return _as(ctx, _member(ctx.session, external_id, MemberRole.LEAD))


def _member(session: Session, external_id: str, role: MemberRole) -> User:
    statement = (
        sa.select(User)
        .join(OrganizationMember)
        .join(Organization)
        .where(Organization.external_id == external_id, OrganizationMember.role == role)
    )
    return session.scalars(statement.order_by(User.id).limit(1)).one()


def _newest(session: Session, external_id: str) -> ReadinessAssessment:
    statement = (
        sa.select(ReadinessAssessment)
        .join(Organization)
        .where(Organization.external_id == external_id, ReadinessAssessment.beside_id.is_(None))
    )
    return session.scalars(statement.order_by(ReadinessAssessment.id.desc()).limit(1)).one()


def _complete(ctx: Context, external_id: str, days: int, answers: str) -> None:
    lead = _lead(ctx, external_id)
    check = _fill(lead, external_id, answers)
    _moved(readiness.complete(lead, check.id), days)


def _opine(ctx: Context, external_id: str, days: int, answers: str) -> None:
    beside = _newest(ctx.session, external_id)
    colleague = _as(ctx, _member(ctx.session, external_id, MemberRole.MEMBER))
    check = _fill(colleague, external_id, answers, beside.id)
    _moved(readiness.complete(colleague, check.id), days)


def _fill(
    ctx: Context, external_id: str, answers: str, beside_id: int | None = None
) -> ReadinessAssessment:
    """Begin a check and answer as far as *answers* go."""
    organizations = sa.select(Organization.id).where(Organization.external_id == external_id)
    check = readiness.start(ctx, ctx.session.scalars(organizations).one(), beside_id)
    codes = answers.replace(" ", "")
    given = dict(zip(shipped_rubric("readiness").items, codes, strict=False))
    for side in shipped_rubric("readiness").dimensions:
        page = {key: None if c == "?" else int(c) for key, c in given.items() if key[0] == side}
        readiness.save_page(ctx, check.id, check.version, side, page)
    return check


def _moved(check: ReadinessAssessment, days: int) -> None:
    """Let it have happened *days* ago: the sample's past is as long as its calls'."""
    then: datetime = utcnow() - timedelta(days=days)
    check.created_at, check.updated_at = then, then
    if check.completed_at is not None:
        check.completed_at = then
