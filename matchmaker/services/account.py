"""What people decide about their accounts: open, confirm, use, change and close them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from matchmaker import passwords
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.i18n import LOCALES, N_, Message
from matchmaker.models import AccountKind, OutboxMessage, User
from matchmaker.policies.account import may_change, may_delete
from matchmaker.queries import account as accounts
from matchmaker.services.context import Context
from matchmaker.services.erasure import erase
from matchmaker.services.mail import in_words

CONFIRM_WITHIN = timedelta(days=3)
RESET_WITHIN = timedelta(hours=2)
SECOND_CLICK = timedelta(seconds=10)
MAX_NAME = 120
#: Doors that anybody may come in by; staff accounts are made by the operator.
OPEN_KINDS = (AccountKind.ENTERPRISE, AccountKind.SOLVER)


class NotConfirmed(InvalidInput):
    """The password is right, but the address was never confirmed."""

    code = "not_confirmed"
    default = N_(
        "Please confirm your e-mail address first: open the link in the letter we sent you."
    )


class BadLink(NotFound):
    """A mailed link that is damaged, too old, or was used already."""

    code = "bad_link"
    default = N_("This link cannot be used any more. Ask for a new one.")


def normalize_email(text: str) -> str:
    """*text* as addresses are kept and compared: lower case, the domain in its ASCII form."""
    try:
        # Only the domain may be international: not every mail server takes other mailbox names.
        found = validate_email(
            text.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        message = Message(N_("This is not an e-mail address. Example: name@company.com.tw"))
        raise InvalidInput(fields={"email": [message]}) from error
    return (found.ascii_email or found.normalized).lower()


# Registering


def register(
    ctx: Context,
    kind: AccountKind,
    *,
    email: str,
    name: str,
    password: str,
    locale: str,
    next_path: str = "",
) -> None:
    """Open an account that waits for its address to be confirmed.

    Nobody can tell from the outcome whether the address has an account already.
    """
    if kind not in OPEN_KINDS:
        raise InvalidInput(N_("Accounts of the programme office are made by its administrator."))
    email, name = normalize_email(email), check_name(name)
    password_hash = checked_hash(password, email=email, name=name)
    user = accounts.find(ctx.session, email)
    if user is None:
        user = User(
            kind=kind, email=email, name=name, password_hash=password_hash, locale=_known(locale)
        )
        ctx.session.add(user)
        ctx.record("account:register", user, kind=kind)
    if not _was_just_sent(ctx, user, "account.confirm", "account.exists"):
        send_confirmation(ctx, user, next_path)


def _was_just_sent(ctx: Context, user: User, *kinds: str) -> bool:
    """Whether *user* got such a letter a moment ago: a second click sends no second one."""
    letter = sa.exists().where(
        OutboxMessage.user_id == user.id,
        OutboxMessage.kind.in_(kinds),
        OutboxMessage.created_at > utcnow() - SECOND_CLICK,
    )
    return bool(ctx.session.scalar(sa.select(letter)))


def send_confirmation(ctx: Context, user: User, next_path: str = "") -> None:
    """Mail the link that confirms; to somebody who needs none, that there is an account."""
    if user.confirmed_at is not None:
        ctx.send_mail("account.exists", user, url=_url(ctx, "/account/login"))
        return
    token = _signer(ctx, "confirm").dumps([user.id, user.email, next_path])
    ctx.send_mail(
        "account.confirm",
        user,
        url=_url(ctx, f"/account/confirm/{token}"),
        until=_when(ctx, user, utcnow() + CONFIRM_WITHIN),
    )


def resend_confirmation(ctx: Context, email: str) -> None:
    """Mail the link once more if an account waits for it; the outcome tells nothing."""
    user = accounts.find(ctx.session, normalize_email(email))
    if user is not None and user.confirmed_at is None and user.disabled_at is None:
        send_confirmation(ctx, user)


def read_confirmation(ctx: Context, token: str) -> tuple[User, str]:
    """Whose address a mailed link confirms, and the path they wanted to go on to."""
    user_id, email, next_path = _read(ctx, "confirm", token, CONFIRM_WITHIN)
    user = ctx.session.get(User, user_id)
    if user is None or user.email != email:
        raise BadLink
    return user, str(next_path)


def confirm(ctx: Context, token: str) -> tuple[User, str]:
    """Confirm the address a mailed link is about; doing so twice does no harm."""
    user, next_path = read_confirmation(ctx, token)
    if user.confirmed_at is None:
        user.confirmed_at = utcnow()
        ctx.record("account:confirm", user)
    return user, next_path


# Signing in and passwords


def authenticate(ctx: Context, email: str, password: str) -> User:
    """The person with this address and password; takes as long when there is none."""
    try:
        user = accounts.find(ctx.session, normalize_email(email))
    except InvalidInput:
        user = None
    is_right = passwords.verify(user.password_hash if user else None, password)
    if user is None or not is_right:
        raise InvalidInput(N_("The e-mail address or the password is not right."))
    if user.confirmed_at is None:
        raise NotConfirmed
    if not user.is_usable:
        raise InvalidInput(N_("This account is blocked. Please write to the programme office."))
    if user.password_hash and passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    user.last_login_at = utcnow()
    ctx.actor = user
    ctx.record("account:sign_in", user)
    return user


def ask_reset(ctx: Context, email: str) -> None:
    """Mail a link to choose a new password if there is such an account; the outcome tells nothing."""
    user = accounts.find(ctx.session, normalize_email(email))
    if user is None or user.disabled_at is not None:
        return
    if not _was_just_sent(ctx, user, "account.reset"):
        ctx.send_mail(
            "account.reset",
            user,
            url=reset_url(ctx, user),
            until=_when(ctx, user, utcnow() + RESET_WITHIN),
        )


def reset_url(ctx: Context, user: User) -> str:
    """A link with which *user* can choose a new password once."""
    token = _signer(ctx, "reset").dumps([user.id, _fingerprint(user)])
    return _url(ctx, f"/account/reset/{token}")


def read_reset(ctx: Context, token: str) -> User:
    """Whose password a mailed link lets choose; it ends with the password it was made for."""
    user_id, fingerprint = _read(ctx, "reset", token, RESET_WITHIN)
    user = ctx.session.get(User, user_id, with_for_update=True)
    if user is None or user.disabled_at is not None or user.erased_at is not None:
        raise BadLink
    if _fingerprint(user) != fingerprint:
        raise BadLink
    return user


def reset_password(ctx: Context, token: str, new_password: str) -> User:
    """Choose a new password by a mailed link; who could open it has the address, so it is confirmed."""
    user = read_reset(ctx, token)
    _set_password(ctx, user, new_password)
    user.confirmed_at = user.confirmed_at or utcnow()
    ctx.record("account:reset_password", user)
    return user


def change_password(ctx: Context, password: str, new_password: str) -> User:
    """Replace the actor's password; every other session ends."""
    user = ctx.signed_in
    _check_password(user, password)
    _set_password(ctx, user, new_password)
    ctx.record("account:change_password", user)
    return user


def sign_out_everywhere(ctx: Context) -> User:
    """End every session of the actor."""
    user = ctx.signed_in
    user.session_epoch += 1
    ctx.record("account:sign_out_everywhere", user)
    return user


def change_profile(ctx: Context, *, name: str, locale: str) -> User:
    """Change the actor's name and language."""
    user = ctx.signed_in
    ctx.require(may_change, user)
    name, locale = check_name(name), _known(locale)
    if (user.name, user.locale) != (name, locale):
        user.name, user.locale = name, locale
        ctx.record("account:change", user)
    return user


# Closing


def delete(ctx: Context, password: str) -> None:
    """Close the actor's account: leave every group and forget who the person was."""
    user = ctx.signed_in
    ctx.require(may_delete, user)
    _check_password(user, password)
    erase(ctx, user)


# What several of these share


def check_name(name: str) -> str:
    """*name* if it can be a person's name."""
    name = " ".join(name.split())
    if not name:
        raise InvalidInput(fields={"name": [Message(N_("Please give your name."))]})
    if len(name) > MAX_NAME:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_NAME})
        raise InvalidInput(fields={"name": [message]})
    return name


def checked_hash(password: str, *, email: str, name: str, field: str = "password") -> str:
    """The hash of *password*, unless it is too weak for this person."""
    found = passwords.weaknesses(password, email=email, name=name)
    if found:
        raise InvalidInput(fields={field: found})
    return passwords.hash_password(password)


def _check_password(user: User, password: str) -> None:
    if not passwords.verify(user.password_hash, password):
        raise InvalidInput(fields={"password": [Message(N_("This is not your password."))]})


def _set_password(ctx: Context, user: User, new_password: str) -> None:
    """Give *user* a new password, end every session, and tell them."""
    user.password_hash = checked_hash(
        new_password, email=user.email or "", name=user.name, field="new_password"
    )
    user.session_epoch += 1
    ctx.send_mail(
        "account.password_changed",
        user,
        when=_when(ctx, user, utcnow()),
        url=_url(ctx, "/account/forgot"),
    )


def _known(locale: str) -> str:
    if locale not in LOCALES:
        raise InvalidInput(fields={"locale": [Message(N_("Choose a language from the list."))]})
    return locale


def _url(ctx: Context, path: str) -> str:
    return ctx.settings.base_url + path


def _when(ctx: Context, user: User, moment: datetime) -> str:
    return in_words(moment, user.locale, ctx.settings.timezone)


def _signer(ctx: Context, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(ctx.settings.secret_key, salt=f"account.{purpose}")


def _read(ctx: Context, purpose: str, token: str, within: timedelta) -> list[Any]:
    try:
        found: list[Any] = _signer(ctx, purpose).loads(token, max_age=int(within.total_seconds()))
    except SignatureExpired as error:
        raise BadLink(N_("This link is too old. Ask for a new one.")) from error
    except BadSignature as error:
        raise BadLink from error
    return found


def _fingerprint(user: User) -> str:
    """Tells passwords apart without giving one away; changes with every new password."""
    return hashlib.sha256(f"{user.password_hash}".encode()).hexdigest()[:32]
