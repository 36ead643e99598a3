"""Two associations with referrals in every state, answered by the enterprises themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import MemberRole, Organization, OrganizationMember, Referral, User
from matchmaker.records_programme import OrganizationRecord, PersonRecord
from matchmaker.services import referral as service
from matchmaker.services.context import Context
from matchmaker.services.importing import take_organization, take_person
from matchmaker.services.referral import Addressee

MAKERS, FARMERS = "O-25", "O-31"
NEW_ASSOCIATION = {
    "id": FARMERS,
    "name_zh": "臺灣養殖漁業發展協會",
    "name_en": "Taiwan Aquaculture Development Association",
    "kind": "association",
    "sector": "IND-AGR",
    "region": "south",
}
SECRETARY = {
    "email": "secretary@aquaculture.example",
    "name": "馬心蘭",
    "roles": ["association"],
    "organization": FARMERS,
    "lead": True,
}
WORD = "貴公司的題目很適合這個計畫，協會可以陪您走一趟。 / Your problem fits the programme well; we can go along."


def stage(ctx: Context) -> None:
    """Refer enterprises, and let each answer in its own way."""
    take_organization(ctx, OrganizationRecord.model_validate(NEW_ASSOCIATION))
    take_person(ctx, PersonRecord.model_validate(SECRETARY))
    ctx.session.flush()
    ctx.session.expire_all()
    for external_id, answer in (
        ("O-24", _accept_and_show),
        ("O-23", _accept),
        ("O-02", _show_and_hide),
        ("O-01", _accept_and_end),
        ("O-04", _decline),
        ("O-03", _leave_open),
    ):
        answer(ctx, _refer(ctx, MAKERS, external_id))
    _refer_unknown(ctx)
    for external_id, answer in (("O-06", _accept_and_show), ("O-28", _leave_open)):
        answer(ctx, _refer(ctx, FARMERS, external_id))


def _organization(session: Session, external_id: str) -> Organization:
    found = sa.select(Organization).where(Organization.external_id == external_id)
    return session.scalars(found).one()


def _lead(session: Session, organization_id: int) -> User:
    statement = (
        sa.select(User)
        .join(OrganizationMember, OrganizationMember.user_id == User.id)
        .where(
            OrganizationMember.organization_id == organization_id,
            OrganizationMember.role == MemberRole.LEAD,
        )
    )
    return session.scalars(statement.order_by(User.id).limit(1)).one()


def _as_lead(ctx: Context, organization_id: int) -> Context:
    return replace(ctx, actor=_lead(ctx.session, organization_id), trusted=False)


def _refer(ctx: Context, association: str, external_id: str) -> Referral:
    sender = _organization(ctx.session, association)
    meant = Addressee(organization_id=_organization(ctx.session, external_id).id)
    return service.send(_as_lead(ctx, sender.id), sender.id, meant, message=WORD)


def _answering(ctx: Context, referral: Referral) -> Context:
    return _as_lead(ctx, referral.organization_id or 0)


def _accept(ctx: Context, referral: Referral) -> None:
    service.accept(_answering(ctx, referral), referral.id)


def _accept_and_show(ctx: Context, referral: Referral) -> None:
    _accept(ctx, referral)
    service.consent(_answering(ctx, referral), referral.id, is_given=True)


def _show_and_hide(ctx: Context, referral: Referral) -> None:
    _accept_and_show(ctx, referral)
    service.consent(_answering(ctx, referral), referral.id, is_given=False)


def _accept_and_end(ctx: Context, referral: Referral) -> None:
    _accept_and_show(ctx, referral)
    service.end(_answering(ctx, referral), referral.id)


def _decline(ctx: Context, referral: Referral) -> None:
    service.decline(_answering(ctx, referral), referral.id)


def _leave_open(_ctx: Context, _referral: Referral) -> None:
    """Nobody has answered yet."""


def _refer_unknown(ctx: Context) -> None:
    """By address and by number, before the enterprise is here; one taken back, one too old."""
    sender = _organization(ctx.session, MAKERS)
    acting = _as_lead(ctx, sender.id)
    service.send(acting, sender.id, Addressee(email="office@newcomer.example"), message=WORD)
    service.send(acting, sender.id, Addressee(registration_number="04595257"))
    taken_back = service.send(acting, sender.id, Addressee(email="wrong@newcomer.example"))
    service.revoke(acting, taken_back.id)
    old = service.send(acting, sender.id, Addressee(email="silent@newcomer.example"))
    old.created_at, old.expires_at = utcnow() - timedelta(days=70), utcnow() - timedelta(days=10)
