"""Reading certificates: by their code, one's own, those of some work, the office's list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from matchmaker.errors import NotFound
from matchmaker.models import (
    Application,
    Certificate,
    CertificateStanding,
    Engagement,
    Problem,
    Team,
    User,
)
from matchmaker.policies.certificate import (
    may_list_certificates,
    office_certificates,
    own_certificates,
)
from matchmaker.queries.page import Page, paginate


def get_by_code(session: Session, code: str, *, lock: bool = False) -> Certificate:
    """The certificate with a code in its normal form, for whoever has it."""
    statement = sa.select(Certificate).where(Certificate.code == code).options(*_whole())
    if lock:
        statement = statement.with_for_update(of=Certificate)
    found = session.scalar(statement.execution_options(populate_existing=lock))
    if found is None:
        raise NotFound
    return found


def _whole() -> tuple[ExecutableOption, ...]:
    engagement = joinedload(Certificate.engagement)
    return (
        engagement.joinedload(Engagement.problem).joinedload(Problem.organization),
        engagement.joinedload(Engagement.team).selectinload(Team.members),
        engagement.joinedload(Engagement.call),
        engagement.joinedload(Engagement.application).selectinload(Application.people),
        joinedload(Certificate.user),
        joinedload(Certificate.replaced_by),
    )


def list_own(session: Session, actor: User) -> Sequence[Certificate]:
    """One's own and one's teams', the latest first."""
    statement = sa.select(Certificate).where(own_certificates(actor)).options(*_whole())
    return session.scalars(statement.order_by(Certificate.id.desc())).all()


def current(session: Session, key: str) -> Certificate | None:
    """The good certificate under a key, if there is one."""
    return session.scalar(sa.select(Certificate).where(Certificate.current_key == key))


def standing_of(session: Session, *conditions: sa.ColumnElement[bool]) -> Sequence[Certificate]:
    """The good certificates among some."""
    statement = sa.select(Certificate).where(Certificate.current_key.is_not(None), *conditions)
    return session.scalars(statement.options(*_whole()).order_by(Certificate.id)).all()


def ended_credentials(session: Session) -> Sequence[Certificate]:
    """The certificates with a signed credential that are no longer good."""
    statement = sa.select(Certificate).where(
        Certificate.token != "",
        sa.or_(Certificate.revoked_at.is_not(None), Certificate.replaced_by_id.is_not(None)),
    )
    return session.scalars(statement.order_by(Certificate.id)).all()


@dataclass(frozen=True)
class CertificateFilter:
    """Which certificates the office looks at; what is empty limits nothing."""

    kind: str = ""
    standing: str = ""
    code: str = ""


def list_certificates(
    session: Session, actor: User, wanted: CertificateFilter, *, number: int = 1
) -> Page[Certificate]:
    """The certificates of the work that *actor*'s office handles, the latest first."""
    may_list_certificates.require(actor)
    statement = sa.select(Certificate).where(office_certificates(actor)).options(*_whole())
    if wanted.kind:
        statement = statement.where(Certificate.kind == wanted.kind)
    if wanted.standing:
        statement = statement.where(_stands(wanted.standing))
    if wanted.code:
        statement = statement.where(Certificate.code.startswith(wanted.code, autoescape=True))
    latest = statement.order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    return paginate(session, latest, number=number)


def _stands(standing: str) -> sa.ColumnElement[bool]:
    if standing == CertificateStanding.REVOKED:
        return Certificate.revoked_at.is_not(None)
    if standing == CertificateStanding.REPLACED:
        return sa.and_(Certificate.revoked_at.is_(None), Certificate.replaced_by_id.is_not(None))
    return Certificate.current_key.is_not(None)


def get_listed(session: Session, actor: User, certificate_id: int) -> Certificate:
    """A certificate of the office's list, by its number."""
    statement = (
        sa.select(Certificate)
        .where(Certificate.id == certificate_id, office_certificates(actor))
        .options(*_whole())
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found
