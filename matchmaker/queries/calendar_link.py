"""Reading calendar links."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import utcnow
from matchmaker.errors import NotFound
from matchmaker.models import CalendarLink, User


def digest(token: str) -> str:
    """What is kept of the secret in the address."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_of(session: Session, user: User) -> CalendarLink | None:
    """The link of *user*, if there is one."""
    return session.scalar(sa.select(CalendarLink).where(CalendarLink.user_id == user.id))


def owner_of(session: Session, token: str) -> int | None:
    """Whose link has the secret *token*."""
    found = sa.select(CalendarLink.user_id).where(CalendarLink.token_hash == digest(token))
    return session.scalar(found)


def by_token(session: Session, token: str) -> CalendarLink:
    """The link that a calendar asks with; whoever has the address may read it, until it ends."""
    statement = (
        sa.select(CalendarLink)
        .where(CalendarLink.token_hash == digest(token), CalendarLink.expires_at > utcnow())
        .options(joinedload(CalendarLink.user))
    )
    link = session.scalar(statement)
    if link is None or not link.user.is_usable:
        raise NotFound
    return link
