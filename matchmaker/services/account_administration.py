"""What the operator decides about other people's accounts."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict
from matchmaker.i18n import LOCALES, N_, Message
from matchmaker.models import AccountKind, Role, RoleGrant, User
from matchmaker.policies.account import may_administer, why_not_erased
from matchmaker.queries import account as accounts
from matchmaker.services import erasure
from matchmaker.services.account import check_name, checked_hash, normalize_email, reset_url
from matchmaker.services.context import Context


def create(
    ctx: Context,
    kind: AccountKind,
    *,
    email: str,
    name: str,
    password: str,
    roles: Iterable[Role] = (),
    locale: str = LOCALES[-1],
) -> User:
    """Open an account that can be used at once: whoever makes it answers for the address."""
    ctx.require(may_administer)
    email, name = normalize_email(email), check_name(name)
    if accounts.find(ctx.session, email) is not None:
        raise Conflict(N_("There is already an account with the address %(email)s."), email=email)
    user = User(
        kind=kind,
        email=email,
        name=name,
        locale=locale,
        password_hash=checked_hash(password, email=email, name=name),
        confirmed_at=utcnow(),
        role_grants=[RoleGrant(role=role) for role in dict.fromkeys(roles)],
    )
    ctx.session.add(user)
    ctx.record("account:create", user, kind=kind, roles=sorted(user.roles))
    return user


def grant_role(ctx: Context, email: str, role: Role) -> User:
    """Give a person a role; giving it twice changes nothing."""
    ctx.require(may_administer)
    user = accounts.get(ctx.session, normalize_email(email))
    if not user.has_role(role):
        user.role_grants.append(RoleGrant(role=role))
        ctx.record("account:grant_role", user, role=role)
    return user


def withdraw_role(ctx: Context, email: str, role: Role) -> User:
    """Take a role back; taking it twice changes nothing."""
    ctx.require(may_administer)
    user = accounts.get(ctx.session, normalize_email(email))
    if user.has_role(role):
        user.role_grants = [grant for grant in user.role_grants if grant.role is not role]
        ctx.record("account:withdraw_role", user, role=role)
    return user


def disable(ctx: Context, email: str) -> User:
    """Keep a person from signing in, from this moment on."""
    ctx.require(may_administer)
    user = accounts.get(ctx.session, normalize_email(email))
    if user.disabled_at is None:
        user.disabled_at = utcnow()
        user.session_epoch += 1
        ctx.record("account:disable", user)
    return user


def enable(ctx: Context, email: str) -> User:
    """Let a person sign in again."""
    ctx.require(may_administer)
    user = accounts.get(ctx.session, normalize_email(email))
    if user.disabled_at is not None:
        user.disabled_at = None
        ctx.record("account:enable", user)
    return user


def erase(ctx: Context, email: str) -> User:
    """Forget a person who asked for it and cannot do it themselves.

    Nothing is written of how they asked: the audit trail could not forget a name in it.

    Raises
    ------
    Conflict
        If others would be left without a lead: the same that keeps people from doing it themselves.
    """
    ctx.require(may_administer)
    user = accounts.get(ctx.session, normalize_email(email))
    reason = why_not_erased(user)
    if isinstance(reason, Message):
        raise Conflict(reason.text, **reason.params)
    ctx.record("account:erase", user)
    erasure.erase(ctx, user)
    return user


def reset_link(ctx: Context, email: str) -> str:
    """A link with which the person can choose a new password once, for the operator to hand over."""
    ctx.require(may_administer)
    user = accounts.get(ctx.session, normalize_email(email))
    if user.disabled_at is not None:
        raise Conflict(N_("The account %(email)s is blocked. Enable it first."), email=email)
    ctx.record("account:make_reset_link", user)
    return reset_url(ctx, user)
