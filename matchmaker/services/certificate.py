"""Issue certificates of awards and of finished work, correct them, revoke them, and forget who held them.

Issuing twice issues once: what is good has a key, and a second call finds it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, language_of
from matchmaker.models import (
    ApplicationPerson,
    Award,
    Certificate,
    CertificateKind,
    CertificateStanding,
    Engagement,
    MemberRole,
    User,
)
from matchmaker.policies.certificate import may_correct, may_revoke_certificate, may_show_name
from matchmaker.queries import certificate as queries
from matchmaker.services import certificate_code
from matchmaker.services.certificate_facts import facts_of, hash_of, tier_of
from matchmaker.services.context import Context
from matchmaker.services.reasons import needed
from matchmaker.workflows.engagement import EngagementState

MAX_REASON = 600
#: What a correction leaves as it was: it is about names.
_UNCHANGED = ("tier", "stages", "grade")


@dataclass(frozen=True)
class _Occasion:
    """What certificates are issued for."""

    kind: CertificateKind
    engagement: Engagement
    facts: dict[str, Any]
    award: Award | None = None

    def key(self, person: ApplicationPerson | None) -> str:
        """What the good certificate of a holder is found by; of the team's own without a person."""
        about = f"award:{self.award.id}" if self.award else f"engagement:{self.engagement.id}"
        return f"{about}:{f'user:{person.user_id}' if person else 'team'}"


def issue(ctx: Context, award: Award) -> Sequence[Certificate]:
    """Issue the certificates of an award that is announced: the team's, and one for each person."""
    given = award.announced_at or utcnow()
    facts = facts_of(award.engagement, given, ctx.settings)
    facts["tier"] = tier_of(award)
    return _issue_all(ctx, _Occasion(CertificateKind.AWARD, award.engagement, facts, award))


def issue_completion(ctx: Context, engagement: Engagement) -> Sequence[Certificate]:
    """Issue the certificates of work that is completed: the team's, and one for each person."""
    if engagement.state is not EngagementState.COMPLETED:
        raise InvalidTransition(N_("Certificates of completion are for completed work."))
    facts = facts_of(engagement, engagement.ended_at or utcnow(), ctx.settings)
    return _issue_all(ctx, _Occasion(CertificateKind.COMPLETION, engagement, facts))


def _issue_all(ctx: Context, occasion: _Occasion) -> Sequence[Certificate]:
    people = [one for one in occasion.engagement.application.people if one.user.erased_at is None]
    found, new = [], []
    for person in (None, *people):
        certificate = queries.current(ctx.session, occasion.key(person))
        if certificate is None:
            certificate = _issue_one(ctx, occasion, person)
            new.append(certificate)
        found.append(certificate)
    if new:
        ctx.session.flush()  # A second announcement at the same moment ends here.
        _tell(ctx, occasion.engagement, new, "certificate.issued")
    return found


def _issue_one(ctx: Context, occasion: _Occasion, person: ApplicationPerson | None) -> Certificate:
    certificate = Certificate(
        code=certificate_code.new(),
        kind=occasion.kind,
        engagement=occasion.engagement,
        award_id=occasion.award.id if occasion.award else None,
        user=person.user if person else None,
        user_id=person.user_id if person else None,
        current_key=occasion.key(person),
        name=person.user.name if person else "",
        role=person.role if person else "",
        facts=occasion.facts,
        issued_at=utcnow().replace(microsecond=0),
        salt=secrets.token_hex(16),
    )
    certificate.content_hash = hash_of(certificate)
    ctx.session.add(certificate)
    ctx.record("certificate:issue", certificate, kind=occasion.kind.value)
    return certificate


def _tell(
    ctx: Context,
    engagement: Engagement,
    certificates: Sequence[Certificate],
    kind: str,
    **params: Any,
) -> None:
    """Write to each holder once; of the team's own, to its leads."""
    leads = [place.user for place in engagement.team.members if place.role is MemberRole.LEAD]
    people: list[User] = []
    for certificate in certificates:
        people += [certificate.user] if certificate.user is not None else leads
    for user in dict.fromkeys(one for one in people if one.is_usable):
        ctx.send_mail(
            kind,
            user,
            about=engagement,
            title=engagement.problem.title(language_of(user.locale)),
            url=f"{ctx.settings.base_url}/me/certificates",
            **params,
        )


def revoke(ctx: Context, award: Award, reason: str) -> Sequence[Certificate]:
    """Revoke every good certificate of an award; AWARD has decided that it may be."""
    return _revoke_all(ctx, reason, Certificate.award_id == award.id)


def revoke_completion(ctx: Context, engagement: Engagement, reason: str) -> Sequence[Certificate]:
    """Revoke the certificates of completion of work whose end was taken back."""
    of_work = Certificate.engagement_id == engagement.id
    return _revoke_all(ctx, reason, of_work, Certificate.kind == CertificateKind.COMPLETION)


def _revoke_all(
    ctx: Context, reason: str, *conditions: sa.ColumnElement[bool]
) -> Sequence[Certificate]:
    reason = needed(reason)[:MAX_REASON]
    found = queries.standing_of(ctx.session, *conditions)
    for certificate in found:
        _end(ctx, certificate, reason)
    if found:
        _tell(ctx, found[0].engagement, found, "certificate.revoked", note=reason)
    return found


def _end(ctx: Context, certificate: Certificate, reason: str) -> None:
    certificate.revoked_at, certificate.reason = utcnow(), reason
    certificate.current_key = None
    ctx.record("certificate:revoke", certificate, reason=reason)


def revoke_one(ctx: Context, certificate: Certificate, *, reason: str, version: int) -> Certificate:
    """Revoke one certificate, with a reason its holder reads."""
    ctx.require(may_revoke_certificate, certificate)
    reason = needed(reason, maximum=MAX_REASON)
    if certificate.revoked_at is not None and certificate.reason == reason:
        return certificate  # A second click.
    if certificate.version != version:
        raise StaleVersion
    require_good(certificate)
    _end(ctx, certificate, reason)
    _tell(ctx, certificate.engagement, [certificate], "certificate.revoked", note=reason)
    return certificate


def require_good(certificate: Certificate) -> None:
    """Raise unless it is neither revoked nor replaced."""
    if certificate.standing is CertificateStanding.REVOKED:
        raise InvalidTransition(N_("This certificate was revoked."))
    if certificate.standing is CertificateStanding.REPLACED:
        raise InvalidTransition(N_("This certificate was replaced by a corrected one."))


def correct(ctx: Context, code: str) -> Certificate:
    """Issue a certificate anew with today's names; the old code then says that it was replaced."""
    old = queries.get_by_code(ctx.session, code, lock=True)
    ctx.require(may_correct, old)
    require_good(old)
    given = datetime.fromisoformat(old.facts["given"]).replace(tzinfo=ctx.settings.timezone)
    facts = facts_of(old.engagement, given, ctx.settings)
    facts.update({name: old.facts[name] for name in _UNCHANGED if name in old.facts})
    name = old.user.name if old.user else ""
    if (facts, name) == (old.facts, old.name):
        raise Conflict(N_("All names on it are as they are today: there is nothing to correct."))
    return _replace(ctx, old, facts, name)


def _replace(ctx: Context, old: Certificate, facts: dict[str, Any], name: str) -> Certificate:
    key, old.current_key = old.current_key, None
    ctx.session.flush()  # The key is free for the new one.
    new = Certificate(
        code=certificate_code.new(),
        current_key=key,
        name=name,
        facts=facts,
        salt=secrets.token_hex(16),
        issued_at=utcnow().replace(microsecond=0),
        engagement=old.engagement,
        user=old.user,
    )
    for field in ("kind", "engagement_id", "award_id", "user_id", "role", "is_name_public"):
        setattr(new, field, getattr(old, field))
    new.content_hash = hash_of(new)
    ctx.session.add(new)
    ctx.record("certificate:correct", new, before=old.id)
    old.replaced_by = new
    _tell(ctx, old.engagement, [new], "certificate.corrected")
    return new


def show_name(ctx: Context, code: str, *, is_public: bool) -> Certificate:
    """Let everybody who has the code read the name, or only that a member of the team holds it."""
    certificate = queries.get_by_code(ctx.session, code, lock=True)
    ctx.require(may_show_name, certificate)
    if certificate.is_name_public != is_public:
        certificate.is_name_public = is_public
        ctx.record("certificate:show_name", certificate, is_public=is_public)
    return certificate


def forget(ctx: Context, user_id: int) -> None:
    """Take a person who leaves out of their certificates; the team's own stay as they are."""
    for row in ctx.session.scalars(sa.select(Certificate).where(Certificate.user_id == user_id)):
        row.name = row.role = row.salt = row.token = ""
        row.is_name_public = False
