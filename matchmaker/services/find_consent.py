"""Agree to be found by teams that look for what one can, and take it back."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.errors import InvalidInput, NotSignedIn
from matchmaker.i18n import N_, Message
from matchmaker.models import FindConsent, MemberOffer
from matchmaker.policies.member_wish import may_be_found
from matchmaker.queries import member_wish as queries
from matchmaker.services.context import Context

#: Names the text people agree to, so that the trail says to what they agreed.
CONSENT = "find-1"
MAX_TEXT = 500


def give(ctx: Context, *, agreed: bool, text: str = "") -> FindConsent:
    """Agree, or change what teams read."""
    if ctx.actor is None:
        raise NotSignedIn
    ctx.require(may_be_found)
    if not agreed:
        raise InvalidInput(fields={"agreed": [Message(N_("Please tick the box to agree."))]})
    if len(text) > MAX_TEXT:
        message = Message(N_("Please use at most %(max)s characters."), {"max": MAX_TEXT})
        raise InvalidInput(fields={"text": [message]})
    ctx.lock_actor()
    row = queries.own_consent(ctx.session, ctx.actor)
    if row is None:
        row = FindConsent(user=ctx.actor, consent=CONSENT)
        ctx.session.add(row)
        ctx.record("find_consent:give", row, consent=CONSENT)
    row.text = text
    return row


def take_back(ctx: Context) -> None:
    """Be found no more, from this moment on."""
    if ctx.actor is None:
        raise NotSignedIn
    row = queries.own_consent(ctx.session, ctx.actor)
    if row is not None:
        ctx.record("find_consent:take_back", row)
        ctx.session.delete(row)


def forget(session: Session, user_id: int) -> None:
    """Delete the consent and the offers of a person whose account is closed."""
    session.execute(sa.delete(MemberOffer).where(MemberOffer.user_id == user_id))
    session.execute(sa.delete(FindConsent).where(FindConsent.user_id == user_id))
