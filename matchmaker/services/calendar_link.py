"""Make and revoke the secret address under which somebody's calendar reads their due times."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotSignedIn
from matchmaker.i18n import N_
from matchmaker.models import CalendarLink, User
from matchmaker.policies.site import may_use
from matchmaker.queries import calendar_link as queries
from matchmaker.services.context import Context

VALID = timedelta(days=400)
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """A secret that nobody guesses; the form carries it, so that a second click makes nothing new."""
    return secrets.token_urlsafe(32)


def make(ctx: Context, token: str) -> None:
    """Let the actor's calendar in under *token*, in place of the one before."""
    user = _actor(ctx)
    ctx.lock_actor()
    link = queries.link_of(ctx.session, user)
    known = queries.owner_of(ctx.session, token)
    if not _SECRET.fullmatch(token) or known not in (None, user.id):
        raise InvalidInput(N_("Nothing was made. Please try once more."))
    if known is not None:
        return  # A second click.
    if link is None:
        link = CalendarLink(user=user)
        ctx.session.add(link)
    link.token_hash, link.locale = queries.digest(token), user.locale
    link.created_at, link.expires_at = utcnow(), utcnow() + VALID
    ctx.record("calendar_link:make", link)


def revoke(ctx: Context) -> None:
    """End the actor's address; done twice it changes nothing more."""
    link = queries.link_of(ctx.session, _actor(ctx))
    if link is not None:
        ctx.record("calendar_link:revoke", link)
        ctx.session.delete(link)


def forget(session: Session, user_id: int) -> None:
    """The account is being erased."""
    session.execute(sa.delete(CalendarLink).where(CalendarLink.user_id == user_id))


def _actor(ctx: Context) -> User:
    if ctx.actor is None:
        raise NotSignedIn
    ctx.require(may_use)
    return ctx.actor
