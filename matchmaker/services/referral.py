"""What people decide about referrals: send and revoke them; accept, decline, consent, end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import DeadlinePassed, InvalidInput, NotSignedIn
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import (
    MemberRole,
    Organization,
    OrganizationMember,
    Referral,
    ReferralConsent,
    User,
)
from matchmaker.policies.organization import visible_organizations
from matchmaker.policies.problem import OWNER_KINDS
from matchmaker.policies.referral import (
    answering_organizations,
    may_answer,
    may_consent,
    may_refer,
    may_revoke,
)
from matchmaker.queries import account as accounts
from matchmaker.queries import organization as organizations
from matchmaker.queries import referral as queries
from matchmaker.reference import is_registration_number
from matchmaker.services.account import normalize_email
from matchmaker.services.context import Context
from matchmaker.services.mail import in_words
from matchmaker.workflows.referral import REFERRAL_WORKFLOW, ReferralAction, ReferralState

OPEN_FOR = timedelta(days=60)
MAX_OPEN = 200
MAX_MESSAGE = 2_000


@dataclass(frozen=True)
class Addressee:
    """Whom an association refers: exactly one of the three is given."""

    organization_id: int | None = None
    email: str = ""
    registration_number: str = ""


def send(ctx: Context, association_id: int, to: Addressee, *, message: str = "") -> Referral:
    """An association refers an enterprise, which gets a letter if it can be reached.

    The association learns nothing about whether an address or a number is known here.
    """
    if ctx.actor is None:
        raise NotSignedIn
    association = organizations.get(ctx.session, ctx.actor, association_id, lock=True)
    ctx.require(may_refer, association)
    if len(message) > MAX_MESSAGE:
        text = Message(N_("Please use at most %(max)d characters."), {"max": MAX_MESSAGE})
        raise InvalidInput(fields={"message": [text]})
    facts = _facts(ctx, to)
    _check_new(ctx, association, facts)
    referral = Referral(
        association=association,
        referrer=ctx.actor,
        message=message.strip(),
        expires_at=utcnow() + OPEN_FOR,
        **facts,
    )
    ctx.session.add(referral)
    ctx.record("referral:send", referral, association_id=association.id)
    _send_letters(ctx, referral)
    return referral


def _facts(ctx: Context, to: Addressee) -> dict[str, object]:
    """The columns that say whom the referral is for."""
    if to.organization_id is not None:
        known = sa.select(Organization).where(
            Organization.id == to.organization_id,
            Organization.kind.in_(OWNER_KINDS),
            visible_organizations(ctx.actor),
        )
        if ctx.session.scalar(known) is None:
            raise _refusal("organization_id", N_("Choose an enterprise from the list."))
        return {"organization_id": to.organization_id}
    if to.email.strip():
        return {"email": normalize_email(to.email)}
    number = to.registration_number.strip()
    if not number:
        raise _refusal("email", N_("Give an e-mail address or a registration number."))
    if not is_registration_number(number):
        raise _refusal("registration_number", N_("This is not a valid registration number."))
    return {"registration_number": number}


def _refusal(field: str, text: str) -> InvalidInput:
    return InvalidInput(text, fields={field: [Message(text)]})


def _check_new(ctx: Context, association: Organization, facts: dict[str, object]) -> None:
    """Let what nobody answered expire; refuse a second referral, and far too many."""
    own = sa.select(Referral).where(Referral.association_id == association.id)
    waiting = ctx.session.scalars(own.where(Referral.state == ReferralState.SENT)).all()
    for referral in waiting:
        if queries.state_now(referral) is ReferralState.EXPIRED:
            referral.apply(ReferralAction.EXPIRE)
            ctx.record("referral:expire", referral)
    ((column, value),) = facts.items()
    running = (ReferralState.SENT, ReferralState.ACCEPTED)
    same = own.where(getattr(Referral, column) == value, Referral.state.in_(running))
    ctx.session.flush()
    if ctx.session.scalar(same.limit(1)) is not None:
        raise _refusal(column, N_("You have referred this enterprise already."))
    if sum(one.state is ReferralState.SENT for one in waiting) >= MAX_OPEN:
        raise _refusal(column, N_("Too many referrals wait for an answer. Take some back first."))


def _send_letters(ctx: Context, referral: Referral) -> None:
    for recipient in _recipients(ctx, referral):
        locale = recipient.locale if isinstance(recipient, User) else ctx.locale
        ctx.send_mail(
            "referral.sent",
            recipient,
            locale=locale,
            about=referral,
            association=referral.association.name(language_of(locale)),
            message=referral.message or "–",
            url=f"{ctx.settings.base_url}/referrals/{referral.id}",
            until=in_words(referral.expires_at, locale, ctx.settings.timezone),
        )


def _recipients(ctx: Context, referral: Referral) -> list[User | str]:
    if referral.email is not None:
        return [accounts.find(ctx.session, referral.email) or referral.email]
    meant = (
        Organization.id == referral.organization_id
        if referral.organization_id is not None
        else Organization.registration_number == referral.registration_number
    )
    leads = (
        sa.select(User)
        .join(OrganizationMember, OrganizationMember.user_id == User.id)
        .join(Organization, Organization.id == OrganizationMember.organization_id)
        .where(meant, OrganizationMember.role == MemberRole.LEAD)
    )
    found = ctx.session.scalars(leads.distinct().order_by(User.id)).all()
    return [user for user in found if user.is_usable]


def revoke(ctx: Context, referral_id: int) -> Referral:
    """The association takes an unanswered referral back."""
    referral = queries.get(ctx.session, ctx.actor, referral_id, lock=True)
    ctx.require(may_revoke, referral)
    return _take(ctx, referral, ReferralAction.REVOKE)


def accept(ctx: Context, referral_id: int, *, organization_id: int | None = None) -> Referral:
    """A lead accepts for the enterprise; what the association sees is decided apart."""
    referral = _answerable(ctx, referral_id)
    if referral.state is ReferralState.ACCEPTED:
        return referral  # A second click.
    REFERRAL_WORKFLOW.target(referral.state, ReferralAction.ACCEPT)
    _refuse_late(referral)
    offered = answering_organizations(ctx.signed_in, referral)
    wanted = organization_id if organization_id is not None else offered[0].id
    chosen = next((one for one in offered if one.id == wanted), None)
    if chosen is None:
        raise _refusal("organization_id", N_("Choose an organization you lead."))
    referral.organization = chosen
    return _take(ctx, referral, ReferralAction.ACCEPT, organization_id=chosen.id)


def decline(ctx: Context, referral_id: int) -> Referral:
    """A lead turns the referral down."""
    referral = _answerable(ctx, referral_id)
    REFERRAL_WORKFLOW.target(referral.state, ReferralAction.DECLINE)
    _refuse_late(referral)
    return _take(ctx, referral, ReferralAction.DECLINE)


def _answerable(ctx: Context, referral_id: int) -> Referral:
    referral = queries.get(ctx.session, ctx.actor, referral_id, lock=True)
    ctx.require(may_answer, referral)
    return referral


def _refuse_late(referral: Referral) -> None:
    if queries.state_now(referral) is ReferralState.EXPIRED:
        raise DeadlinePassed(N_("This referral has expired. Ask the association for a new one."))


def _take(ctx: Context, referral: Referral, action: ReferralAction, **facts: object) -> Referral:
    before = referral.apply(action)
    referral.answered_at = utcnow()
    ctx.record(f"referral:{action}", referral, before=before, after=referral.state, **facts)
    return referral


def end(ctx: Context, referral_id: int) -> Referral:
    """The enterprise leaves the association's care: consent ends at once."""
    referral = queries.get(ctx.session, ctx.actor, referral_id, lock=True)
    ctx.require(may_consent, referral)
    REFERRAL_WORKFLOW.target(referral.state, ReferralAction.END)
    if referral.consented_at is not None:
        _note_consent(ctx, referral, is_given=False)
    return _take(ctx, referral, ReferralAction.END)


def consent(ctx: Context, referral_id: int, *, is_given: bool) -> Referral:
    """Give or withdraw consent to show the association where the problems stand; at once."""
    referral = queries.get(ctx.session, ctx.actor, referral_id, lock=True)
    ctx.require(may_consent, referral)
    if referral.state is not ReferralState.ACCEPTED:
        text = N_("Accept the referral first; consent is given after that.")
        raise InvalidInput(text, fields={"consent": [Message(text)]})
    if (referral.consented_at is not None) != is_given:
        _note_consent(ctx, referral, is_given=is_given)
    return referral


def _note_consent(ctx: Context, referral: Referral, *, is_given: bool) -> None:
    referral.consented_at = utcnow() if is_given else None
    ctx.session.add(ReferralConsent(referral=referral, user=ctx.signed_in, is_given=is_given))
    ctx.record("referral:consent" if is_given else "referral:withdraw_consent", referral)
