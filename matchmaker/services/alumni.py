"""Alumni put themselves in the list, write to each other, and are asked by the office to help.

No e-mail address leaves the platform unless its owner shares it with the one they write to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound, RateLimited, StaleVersion
from matchmaker.i18n import N_, Message, translate
from matchmaker.models import (
    ALUMNI_PURPOSE_LABELS,
    AlumniContact,
    AlumniProfile,
    AlumniPurpose,
    User,
)
from matchmaker.policies.alumni import (
    may_answer_message,
    may_enter_alumni,
    may_invite_alumni,
    may_take_back_message,
)
from matchmaker.queries import alumni as queries
from matchmaker.services.context import Context
from matchmaker.services.reasons import limited
from matchmaker.workflows.alumni_contact import AlumniContactAction, AlumniContactState

#: Names the text people agree to.
CONSENT = "alumni-1"
MAX_TEXT, MAX_MESSAGE = 500, 1000
#: Messages of one person that may wait for an answer at once.
MOST_WAITING = 10


@dataclass(frozen=True)
class Shows:
    """What an alumnus lets the others see."""

    text: str = ""
    shows_levels: bool = False
    takes_messages: bool = False
    is_hiring: bool = False
    is_looking: bool = False
    will_mentor: bool = False
    will_instruct: bool = False


def show(ctx: Context, shows: Shows, *, agreed: bool, version: int = 0) -> AlumniProfile:
    """Join the list, or change what one shows; *version* 0 joins."""
    actor = ctx.signed_in
    ctx.require(may_enter_alumni)
    if not agreed:
        raise InvalidInput(fields={"agreed": [Message(N_("Please tick the box to agree."))]})
    text = limited(shows.text, "text", maximum=MAX_TEXT)
    ctx.lock_actor()
    row = queries.own_profile(ctx.session, actor, lock=True)
    values = {**asdict(shows), "text": text}
    if row is not None and _says(row, values):
        return row  # A second click.
    if (row.version if row else 0) != version:
        raise StaleVersion
    if row is None:
        row = AlumniProfile(user_id=actor.id, consent=CONSENT)
        ctx.session.add(row)
        ctx.record("alumni:join", row, consent=CONSENT)
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _says(row: AlumniProfile, values: Mapping[str, object]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())


def leave(ctx: Context) -> None:
    """Leave the list, from this moment on; what waits for an answer is turned down."""
    actor = ctx.signed_in
    row = queries.own_profile(ctx.session, actor, lock=True)
    if row is None:
        return
    ctx.record("alumni:leave", row)
    ctx.session.delete(row)


def write(ctx: Context, profile_id: int, *, text: str, shares_email: bool = False) -> AlumniContact:
    """Write to another alumnus who takes messages; a second click writes nothing twice."""
    actor = ctx.signed_in
    ctx.require(may_enter_alumni)
    ctx.lock_actor()
    profile = queries.get_profile(ctx.session, actor, profile_id)
    if not profile.takes_messages or profile.user_id == actor.id:
        raise NotFound
    return _send(ctx, profile, AlumniPurpose.TALK, text, shares_email)


def invite(ctx: Context, profile_id: int, *, purpose: AlumniPurpose, text: str) -> AlumniContact:
    """Ask somebody who offered it to be a mentor or a seed instructor."""
    ctx.require(may_invite_alumni)
    ctx.lock_actor()
    profile = queries.get_helper(ctx.session, ctx.signed_in, profile_id)
    offered = {
        AlumniPurpose.MENTOR: profile.will_mentor,
        AlumniPurpose.INSTRUCT: profile.will_instruct,
    }
    if not offered.get(purpose, False):
        raise InvalidInput(fields={"purpose": [Message(N_("This person did not offer that."))]})
    return _send(ctx, profile, purpose, text, shares_email=False)


def _send(
    ctx: Context, profile: AlumniProfile, purpose: AlumniPurpose, text: str, shares_email: bool
) -> AlumniContact:
    actor, kept = ctx.signed_in, limited(text, "text", maximum=MAX_MESSAGE)
    if not kept:
        raise InvalidInput(fields={"text": [Message(N_("Write what it is about."))]})
    waiting = _waiting(ctx.session, actor)
    for row in waiting:
        if row.receiver_id == profile.user_id and row.purpose is purpose:
            return row
    if len(waiting) >= MOST_WAITING and purpose is AlumniPurpose.TALK:
        raise RateLimited(N_("Many of your messages wait for an answer. Please wait for some."))
    row = AlumniContact(
        sender_id=actor.id,
        receiver_id=profile.user_id,
        purpose=purpose,
        text=kept,
        shares_email=shares_email,
    )
    ctx.session.add(row)
    ctx.record("alumni:write", row, purpose=purpose.value)
    kind = "alumni.message" if purpose is AlumniPurpose.TALK else "alumni.invited"
    _tell(ctx, row, kind, profile.user, actor, kept)
    return row


def _waiting(session: Session, sender: User) -> list[AlumniContact]:
    statement = sa.select(AlumniContact).where(
        AlumniContact.sender_id == sender.id, AlumniContact.state == AlumniContactState.SENT
    )
    return list(session.scalars(statement))


def _tell(
    ctx: Context, row: AlumniContact, kind: str, receiver: User, sender: User, text: str
) -> None:
    purpose = translate(ALUMNI_PURPOSE_LABELS[row.purpose], receiver.locale)
    url = f"{ctx.settings.base_url}/alumni/messages"
    ctx.send_mail(kind, receiver, sender=sender.name, text=text, purpose=purpose, url=url)


def answer(
    ctx: Context,
    contact_id: int,
    *,
    accepted: bool,
    text: str = "",
    shares_email: bool = False,
    version: int,
) -> AlumniContact:
    """Answer a message, or decline it; the e-mail address goes along only if one shares it."""
    row = queries.get_contact(ctx.session, ctx.actor, contact_id, lock=True)
    ctx.require(may_answer_message, row)
    kept = limited(text, "text", maximum=MAX_MESSAGE)
    action = AlumniContactAction.ANSWER if accepted else AlumniContactAction.DECLINE
    if row.state is not AlumniContactState.SENT and row.answer == kept and row.answered_at:
        return row  # A second click.
    if row.version != version:
        raise StaleVersion
    if accepted and not kept and row.purpose is AlumniPurpose.TALK:
        raise InvalidInput(fields={"text": [Message(N_("Write an answer."))]})
    row.apply(action)
    row.answer, row.answered_at = kept, utcnow()
    row.answer_shares_email = accepted and shares_email
    ctx.record(f"alumni:{action}", row)
    kind = "alumni.answered" if accepted else "alumni.declined"
    _tell(ctx, row, kind, row.sender, row.receiver, _answer_text(row))
    return row


def _answer_text(row: AlumniContact) -> str:
    said = row.answer
    if not said and row.state is AlumniContactState.ANSWERED:
        said = translate(N_("Yes, I would like to."), row.sender.locale)
    if row.answer_shares_email:
        said = f"{said}\n\n{row.receiver.email}"
    return said.strip()


def take_back(ctx: Context, contact_id: int) -> AlumniContact:
    """Take a message back that nobody answered."""
    row = queries.get_contact(ctx.session, ctx.actor, contact_id, lock=True)
    ctx.require(may_take_back_message, row)
    if row.state is AlumniContactState.TAKEN_BACK:
        return row
    row.apply(AlumniContactAction.TAKE_BACK)
    ctx.record("alumni:take_back", row)
    return row


def forget(session: Session, user_id: int) -> None:
    """Delete what a person showed and wrote whose account is closed."""
    mine = sa.or_(AlumniContact.sender_id == user_id, AlumniContact.receiver_id == user_id)
    session.execute(sa.delete(AlumniContact).where(mine))
    session.execute(sa.delete(AlumniProfile).where(AlumniProfile.user_id == user_id))


def seen_email(row: AlumniContact, reader: User) -> str:
    """The other side's address, if they share it with *reader*."""
    if reader.id == row.receiver_id:
        return (row.sender.email or "") if row.shares_email else ""
    return (row.receiver.email or "") if row.answer_shares_email else ""
