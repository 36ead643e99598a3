"""Which teams take part in an in-house call: register, found, leave, open to the programme."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    AuditEvent,
    Invitation,
    PrivateAuditEvent,
    PrivateCall,
    PrivateCallTeam,
    Team,
)
from matchmaker.policies.private_call import (
    may_register_team,
    may_take_part,
    may_withdraw_team,
)
from matchmaker.queries import private_call as queries
from matchmaker.queries import team as teams
from matchmaker.services import team as team_service
from matchmaker.services.context import Context
from matchmaker.services.team import TeamValues
from matchmaker.workflows.invitation import InvitationState


def found(ctx: Context, private_call_id: int, values: TeamValues) -> PrivateCallTeam:
    """Found a team for the call: nobody outside the organization ever learns of it."""
    private = queries.get(ctx.session, ctx.actor, private_call_id, lock=True)
    ctx.require(may_take_part, private)
    team = team_service.create(ctx, values)
    ctx.session.flush()
    place = next((one for one in team.private_registrations if _is_here(one, private)), None)
    return place or _register(ctx, private, team, is_exclusive=True)


def register(
    ctx: Context, private_call_id: int, team_id: int, *, is_exclusive: bool
) -> PrivateCallTeam:
    """Register a team whose members all belong to the organization.

    An exclusive team leaves the programme's own calls; it must not have taken part in them yet.
    """
    private = queries.get(ctx.session, ctx.actor, private_call_id, lock=True)
    team = teams.get_team(ctx.session, ctx.actor, team_id, lock=True)
    ctx.require(may_register_team, private, team)
    team_service.require_active(team)
    _check_members(ctx, private, team)
    place = next((one for one in team.private_registrations if _is_here(one, private)), None)
    if place is not None and place.left_at is None:
        return place  # A second click.
    if is_exclusive:
        _check_unknown_outside(ctx, team)
    return _register(ctx, private, team, is_exclusive=is_exclusive)


def _is_here(place: PrivateCallTeam, private: PrivateCall) -> bool:
    return place.private_call_id == private.id


def _register(
    ctx: Context, private: PrivateCall, team: Team, *, is_exclusive: bool
) -> PrivateCallTeam:
    place = next((one for one in team.private_registrations if _is_here(one, private)), None)
    if place is None:
        place = PrivateCallTeam(private_call=private, team=team, is_exclusive=is_exclusive)
        ctx.session.add(place)
    place.left_at = None
    place.is_exclusive = place.is_exclusive or is_exclusive
    ctx.session.flush()
    if place.is_exclusive:
        _keep_history_apart(ctx, private, team)
    ctx.record("private_call:register_team", place, team_id=team.id, exclusive=is_exclusive)
    return place


def _keep_history_apart(ctx: Context, private: PrivateCall, team: Team) -> None:
    """What was done with the team before it was registered is the organization's own as well."""
    known = sa.select(PrivateAuditEvent.event_id)
    events = ctx.session.scalars(
        sa.select(AuditEvent.id).where(
            AuditEvent.subject_type == "Team",
            AuditEvent.subject_id == team.id,
            AuditEvent.id.not_in(known),
        )
    )
    marks = [PrivateAuditEvent(event_id=one, private_call_id=private.id) for one in events]
    ctx.session.add_all(marks)


def _check_members(ctx: Context, private: PrivateCall, team: Team) -> None:
    strangers = queries.outsiders(team, private.organization_id)
    if strangers:
        names = "、".join(user.name for user in strangers)
        text = N_("Everybody in the team has to belong to the organization. Not so: %(names)s.")
        raise _refusal(text, names=names)


def _check_unknown_outside(ctx: Context, team: Team) -> None:
    """Refuse to hide a team that others know of already."""
    if team.is_public:
        raise _refusal(
            N_("Everybody can see this team. Hide its profile first, or let it take part in both.")
        )
    if queries.has_been_matched(ctx.session, team.id):
        raise _refusal(
            N_("This team takes part in the programme already: it can take part in both.")
        )
    waiting = sa.exists().where(
        Invitation.team_id == team.id, Invitation.state == InvitationState.PENDING
    )
    if ctx.session.scalar(sa.select(waiting)):
        raise _refusal(N_("Invitations to the team wait for an answer. Take them back first."))


def _refusal(text: str, **params: Any) -> InvalidInput:
    return InvalidInput(text, fields={"team_id": [Message(text, params)]}, **params)


def leave(ctx: Context, private_call_id: int, team_id: int) -> PrivateCallTeam:
    """Take the team out of the call. An exclusive team stays unknown outside."""
    place = _place(ctx, private_call_id, team_id)
    if place.left_at is None:
        place.left_at = utcnow()
        ctx.record("private_call:withdraw_team", place, team_id=team_id)
    return place


def release(ctx: Context, private_call_id: int, team_id: int) -> Team:
    """Let a team of the call take part in the programme as well: the office sees its profile now."""
    place = _place(ctx, private_call_id, team_id)
    for one in place.team.private_registrations:
        one.is_exclusive = False
    ctx.record("private_call:release_team", place, team_id=team_id)
    return place.team


def _place(ctx: Context, private_call_id: int, team_id: int) -> PrivateCallTeam:
    private = queries.get(ctx.session, ctx.actor, private_call_id, lock=True)
    place = ctx.session.scalar(
        sa.select(PrivateCallTeam).where(
            PrivateCallTeam.private_call_id == private.id, PrivateCallTeam.team_id == team_id
        )
    )
    if place is None:
        raise NotFound
    ctx.require(may_withdraw_team, private, place.team)
    return place
