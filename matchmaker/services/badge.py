"""Issue confirmed levels as badges, take them back, revoke them, and check what somebody shows."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.adapters import badge_signer
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import Badge, BadgeKey, User
from matchmaker.policies.badge import may_issue_badge, may_revoke_badge, may_withdraw_badge
from matchmaker.queries import badge as queries
from matchmaker.queries.office_setting import value
from matchmaker.services import badge_credential, reasons
from matchmaker.services.context import Context
from matchmaker.workflows.badge import BadgeAction, BadgeState

MAX_REASON = 600
_DAYS_A_MONTH = 30.4375
_ADDRESS = re.compile(r"/badges/([A-Za-z0-9_-]{10,32})(?:\.jwt)?/?$")


def issue(ctx: Context, competency: str, level: int) -> Badge:
    """Issue the actor's confirmed level; who has that badge already gets the same one."""
    actor = ctx.signed_in
    ctx.require(may_issue_badge)
    ctx.lock_actor()
    confirmed = queries.confirmed_levels(ctx.session, actor.id).get(competency, 0)
    if not 1 <= level <= confirmed:
        text = N_("This level is not confirmed (any more). Only confirmed levels become badges.")
        raise InvalidInput(text, fields={"level": [Message(text)]})
    found = queries.find_valid(ctx.session, actor.id, competency, level)
    if found is not None:
        return found
    badge = _signed(ctx, actor, competency, level)
    ctx.session.add(badge)
    ctx.record("badge:issue", badge, competency=competency, level=level)
    return badge


def _signed(ctx: Context, actor: User, competency: str, level: int) -> Badge:
    signer, now = badge_signer.signer(ctx.settings), utcnow().replace(microsecond=0)
    months = value(ctx.session, "badge_valid_months")
    badge = Badge(
        code=secrets.token_urlsafe(16),
        user_id=actor.id,
        competency=competency,
        level=level,
        holder=actor.name,
        issued_at=now,
        expires_at=now + timedelta(days=round(months * _DAYS_A_MONTH)),
    )
    keep_key(ctx.session, signer)
    body = badge_credential.credential(
        badge, ctx.settings.base_url, email=actor.email or "", salt=secrets.token_hex(16)
    )
    badge.token = signer.sign(badge_credential.claims(body, badge))
    return badge


def keep_key(session: Session, signer: badge_signer.Signer) -> None:
    """Keep the public half of the key, so that what it signed can be checked for good."""
    name = badge_signer.thumbprint(signer.jwk)
    if session.scalar(sa.select(BadgeKey).where(BadgeKey.thumbprint == name)) is None:
        session.add(BadgeKey(thumbprint=name, jwk=dict(signer.jwk)))


def withdraw(ctx: Context, badge_id: int, *, version: int) -> Badge:
    """The holder takes a badge back: whoever checks it is told so."""
    badge = queries.get_badge(ctx.session, ctx.actor, badge_id, lock=True)
    ctx.require(may_withdraw_badge, badge)
    if badge.state is BadgeState.WITHDRAWN:
        return badge  # A second click.
    _check_version(badge, version)
    _end(ctx, badge, BadgeAction.WITHDRAW)
    return badge


def revoke(ctx: Context, badge_id: int, *, reason: str, version: int) -> Badge:
    """An officer revokes a badge; its holder reads why."""
    badge = queries.get_badge(ctx.session, ctx.actor, badge_id, lock=True)
    ctx.require(may_revoke_badge, badge)
    reason = reasons.needed(reason, maximum=MAX_REASON)
    if badge.state is BadgeState.REVOKED and badge.reason == reason:
        return badge
    _check_version(badge, version)
    badge.reason = reason
    _end(ctx, badge, BadgeAction.REVOKE, reason=reason)
    title = badge_credential.title(badge.competency, badge.level, language_of(badge.user.locale))
    url = f"{ctx.settings.base_url}/me/badges"
    ctx.send_mail("badge.revoked", badge.user, about=badge, title=title, note=reason, url=url)
    return badge


def _check_version(badge: Badge, version: int) -> None:
    if badge.version != version:
        raise StaleVersion


def _end(ctx: Context, badge: Badge, action: BadgeAction, **facts: str) -> None:
    before = badge.apply(action)
    badge.ended_at = utcnow()
    ctx.record(f"badge:{action}", badge, before=before, after=badge.state, **facts)


class Verdict(StrEnum):
    """What a check comes to."""

    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


def verdict(badge: Badge) -> Verdict:
    """What is to be said of a badge right now."""
    if badge.state is not BadgeState.ISSUED:
        return Verdict(badge.state.value)
    return Verdict.VALID if badge.is_valid(utcnow()) else Verdict.EXPIRED


@dataclass(frozen=True)
class Checked:
    """A badge somebody showed, and whether the signature was looked at or only the address."""

    badge: Badge
    is_signature_checked: bool


def check(session: Session, shown: str) -> Checked:
    """Find the badge that *shown* is: the signed text itself, or the address of a badge.

    Raises
    ------
    BadSignature
        If it is no badge of ours, or was altered.
    """
    shown = shown.strip()
    address = _ADDRESS.search(shown)
    if address is not None:
        return Checked(_by_code(session, address[1]), is_signature_checked=False)
    claims = badge_signer.read(shown, queries.keys(session))
    found = _ADDRESS.search(str(claims.get("jti", "")))
    if found is None:
        raise badge_signer.BadSignature
    return Checked(_by_code(session, found[1]), is_signature_checked=True)


def _by_code(session: Session, code: str) -> Badge:
    try:
        return queries.get_by_code(session, code)
    except NotFound as error:
        raise badge_signer.BadSignature from error


def forget(ctx: Context, user_id: int) -> None:
    """Take the badges of a person back who leaves, and their name out of them."""
    for badge in ctx.session.scalars(sa.select(Badge).where(Badge.user_id == user_id)):
        if badge.state is BadgeState.ISSUED:
            _end(ctx, badge, BadgeAction.WITHDRAW)
        badge.holder = badge.token = ""
