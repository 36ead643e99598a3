"""What people decide about in-house calls: ask for one, open it, staff it, end it, let the office look.

What happens inside is decided by the same services as everywhere else; `policies.scope` says by whom.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import Organization, PrivateCall, PrivateCallOfficer, User
from matchmaker.policies.organization import visible_organizations
from matchmaker.policies.private_call import (
    may_name_officers,
    may_open_for,
    may_request,
    may_run,
    permission_for,
)
from matchmaker.queries import private_call as queries
from matchmaker.services import call as calls
from matchmaker.services.call import CallValues
from matchmaker.services.context import Context
from matchmaker.workflows.private_call import (
    PRIVATE_CALL_WORKFLOW,
    PrivateCallAction,
    PrivateCallState,
)

MAX_TEXT = 5_000
#: Decisions that need a word to go with them.
REASONED = (PrivateCallAction.DECLINE, PrivateCallAction.CLOSE)


def request(
    ctx: Context,
    organization_id: int,
    values: CallValues,
    *,
    purpose: str,
    officer_ids: Collection[int],
) -> PrivateCall:
    """A lead asks the office for an in-house call and names its officers."""
    organization = _organization(ctx, organization_id)
    ctx.require(may_request, organization)
    private = _add(ctx, organization, values, purpose=purpose, officer_ids=officer_ids)
    ctx.record("private_call:request", private, organization_id=organization.id)
    return private


def open_for(
    ctx: Context,
    organization_id: int,
    values: CallValues,
    *,
    purpose: str,
    officer_ids: Collection[int],
) -> PrivateCall:
    """The office opens an in-house call for an organization that asked in another way."""
    organization = _organization(ctx, organization_id)
    ctx.require(may_open_for, organization)
    private = _add(ctx, organization, values, purpose=purpose, officer_ids=officer_ids)
    if private.state is PrivateCallState.REQUESTED:
        private.apply(PrivateCallAction.OPEN)
        private.decided_at = utcnow()
        ctx.record("private_call:open", private, organization_id=organization.id)
        _write_to_leads(ctx, private, "private_call.opened")
    return private


def _organization(ctx: Context, organization_id: int) -> Organization:
    known = sa.true() if ctx.trusted else visible_organizations(ctx.actor)
    statement = sa.select(Organization).where(Organization.id == organization_id, known)
    organization = ctx.session.scalar(statement.with_for_update(of=Organization))
    if organization is None:
        raise NotFound
    return organization


def _add(
    ctx: Context,
    organization: Organization,
    values: CallValues,
    *,
    purpose: str,
    officer_ids: Collection[int],
) -> PrivateCall:
    calls.check(values)
    purpose = _limited(purpose, "purpose")
    _check_leads(ctx, organization.id, officer_ids)
    twin = _twin(ctx, organization, values)
    if twin is not None:
        return twin
    private = PrivateCall(
        call_id=calls.add(ctx, values).id,
        organization_id=organization.id,
        requester_id=ctx.actor.id if ctx.actor else None,
        purpose=purpose,
        officers=[PrivateCallOfficer(user_id=user_id) for user_id in sorted(set(officer_ids))],
    )
    ctx.session.add(private)
    ctx.session.flush()
    ctx.session.expire(private.call, ["private_call"])
    return private


def _twin(ctx: Context, organization: Organization, values: CallValues) -> PrivateCall | None:
    """The call that a first click on the same form has asked for."""
    found = queries.of_organization(ctx.session, ctx.actor, organization.id)
    return next((one for one in found if calls.values_of(one.call) == values), None)


def _check_leads(ctx: Context, organization_id: int, officer_ids: Collection[int]) -> None:
    known = {user.id for user in queries.leads(ctx.session, organization_id)}
    text = N_("Choose at least one lead of the organization.")
    if not officer_ids or not known.issuperset(officer_ids):
        raise InvalidInput(fields={"officers": [Message(text)]})


def decide(
    ctx: Context,
    private_call_id: int,
    action: PrivateCallAction,
    *,
    version: int,
    note: str = "",
) -> PrivateCall:
    """Open, decline, withdraw, end or run again: what *action* takes is asked of the actor."""
    private = queries.get(ctx.session, ctx.actor, private_call_id, lock=True)
    ctx.require(permission_for(action), private)
    PRIVATE_CALL_WORKFLOW.target(private.state, action)
    if private.version != version:
        raise StaleVersion
    note = _limited(note, "reason")
    if action in REASONED and not note:
        message = Message(N_("Say why: the reason is kept on record."))
        raise InvalidInput(fields={"reason": [message]})
    before = private.apply(action)
    private.decided_at = utcnow()
    if action in (PrivateCallAction.OPEN, PrivateCallAction.DECLINE):
        private.office_note = note
        kind = "opened" if action is PrivateCallAction.OPEN else "declined"
        _write_to_leads(ctx, private, f"private_call.{kind}", note=note)
    ctx.record(f"private_call:{action}", private, before=before, after=private.state, reason=note)
    return private


def name_officer(ctx: Context, private_call_id: int, user_id: int) -> PrivateCall:
    """Make a lead of the organization an officer of its call."""
    private = queries.get(ctx.session, ctx.actor, private_call_id, lock=True)
    ctx.require(may_name_officers, private)
    _check_leads(ctx, private.organization_id, [user_id])
    if all(officer.user_id != user_id for officer in private.officers):
        private.officers.append(PrivateCallOfficer(user_id=user_id))
        ctx.record("private_call:name_officer", private, user_id=user_id)
    return private


def release_officer(ctx: Context, private_call_id: int, user_id: int) -> PrivateCall:
    """Take the office in the call back from somebody; one officer has to stay."""
    private = queries.get(ctx.session, ctx.actor, private_call_id, lock=True)
    ctx.require(may_name_officers, private)
    found = [officer for officer in private.officers if officer.user_id == user_id]
    if found and len(private.officers) == len(found):
        text = N_("There has to be an in-house officer. Name another one first.")
        raise InvalidInput(text, fields={"officers": [Message(text)]})
    for officer in found:
        private.officers.remove(officer)
        ctx.record("private_call:release_officer", private, user_id=user_id)
    return private


def invite_office(ctx: Context, private_call_id: int) -> PrivateCall:
    """Let the national office look inside; it still decides nothing there."""
    return _let_in(ctx, private_call_id, is_invited=True)


def send_office_away(ctx: Context, private_call_id: int) -> PrivateCall:
    """End the national office's visit; it sees nothing of the inside from now on."""
    return _let_in(ctx, private_call_id, is_invited=False)


def _let_in(ctx: Context, private_call_id: int, *, is_invited: bool) -> PrivateCall:
    private = queries.get(ctx.session, ctx.actor, private_call_id, lock=True)
    ctx.require(may_run, private)
    if (private.office_invited_at is not None) != is_invited:
        private.office_invited_at = utcnow() if is_invited else None
        action = "invite_office" if is_invited else "send_office_away"
        ctx.record(f"private_call:{action}", private)
    return private


def _limited(text: str, field: str) -> str:
    if len(text) > MAX_TEXT:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_TEXT})
        raise InvalidInput(fields={field: [message]})
    return text.strip()


def _write_to_leads(ctx: Context, private: PrivateCall, kind: str, note: str = "") -> None:
    url = f"{ctx.settings.base_url}/private-calls/{private.id}"
    for user in queries.leads(ctx.session, private.organization_id):
        if user.is_usable:
            _write(ctx, user, private, kind, note, url)


def _write(ctx: Context, user: User, private: PrivateCall, kind: str, note: str, url: str) -> None:
    name = private.call.name(language_of(user.locale))
    ctx.send_mail(kind, user, call=name, note=note or "–", url=url)
