"""Where the office's word counts: in the programme's calls, and not in an organization's own.

An in-house call (`PrivateCall`) belongs to one organization. In it the leads whom the organization
named do what programme officers do elsewhere, and nothing of it shows to anybody outside; the
office knows that the call exists, how big it is and the head of its record, unless it was invited
to look. Every rule that asks "is this the office?" about a problem, a run or anything that hangs
off one asks here, and every list begins from one of the conditions below.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from matchmaker.i18n import N_
from matchmaker.models import (
    Base,
    Call,
    MemberRole,
    PrivateCall,
    PrivateCallOfficer,
    PrivateCallTeam,
    Role,
    Team,
    User,
)
from matchmaker.policies.base import Reason
from matchmaker.workflows.private_call import PrivateCallState

Condition = sa.ColumnElement[bool]
#: A column that holds the id of a call.
CallColumn = InstrumentedAttribute[int]

#: States in which an in-house call has, or had, something in it.
STARTED = (PrivateCallState.OPEN, PrivateCallState.CLOSED)
#: Tables that lead from a row to people and organizations, never to the call it belongs to.
_BESIDE = {"users", "organizations", "jobs", "audit_events"}


def led_organizations(actor: User) -> set[int]:
    """The organizations *actor* leads."""
    places = actor.organization_memberships
    return {place.organization_id for place in places if place.role is MemberRole.LEAD}


def is_in_house_officer(actor: User, private: PrivateCall) -> bool:
    """Whether *actor* is named as an officer of the call and still leads its organization."""
    named = {officer.user_id for officer in private.officers}
    return (
        private.state in STARTED
        and actor.id in named
        and private.organization_id in led_organizations(actor)
    )


def runs_a_call(actor: User) -> bool:
    """Whether *actor* is an in-house officer of any call."""
    if not led_organizations(actor):
        return False
    return any(is_in_house_officer(actor, place.private_call) for place in actor.private_offices)


def may_act_as_office(actor: User, call: Call) -> bool:
    """Whether *actor* decides in *call*: a programme officer, or in an in-house call its own ones."""
    private = call.private_call
    if private is None:
        return actor.is_officer
    return private.state is PrivateCallState.OPEN and is_in_house_officer(actor, private)


def may_read_as_office(actor: User, call: Call) -> bool:
    """Whether *actor* sees of *call* what the office sees."""
    is_office = actor.has_role(Role.OFFICER, Role.ADMINISTRATOR)
    private = call.private_call
    if private is None:
        return is_office
    is_guest = is_office and private.office_invited_at is not None
    return is_guest or is_in_house_officer(actor, private)


def takes_problems_of(call: Call, organization_id: int) -> bool:
    """Whether an organization can set problems in *call*: in an in-house call only its own, while it runs."""
    private = call.private_call
    if private is None:
        return True
    return private.organization_id == organization_id and private.state is PrivateCallState.OPEN


def why_not_office(actor: User, call: Call, reason: str) -> Reason:
    """*reason* if *actor* may not decide in *call*; in an in-house call, who may."""
    if may_act_as_office(actor, call):
        return None
    if call.private_call is None:
        return reason
    if is_in_house_officer(actor, call.private_call):
        return N_("This in-house call has ended. Run it again before you decide anything in it.")
    return N_("Only the organization’s own officers decide in its in-house call.")


def is_national(call_id: CallColumn) -> Condition:
    """The condition that a row belongs to a call of the programme: the base of every figure."""
    return call_id.not_in(sa.select(PrivateCall.call_id))


def calls_run_by(actor: User) -> sa.Select[Any]:
    """The ids of the in-house calls *actor* is an officer of."""
    return (
        sa.select(PrivateCall.call_id)
        .join(PrivateCallOfficer, PrivateCallOfficer.private_call_id == PrivateCall.id)
        .where(
            PrivateCallOfficer.user_id == actor.id,
            PrivateCall.state.in_(STARTED),
            PrivateCall.organization_id.in_(led_organizations(actor)),
        )
    )


def handled_by(actor: User | None, call_id: CallColumn) -> Condition:
    """The rows whose call *actor*'s office handles: for the queue, figures and what waits."""
    if actor is None:
        return sa.false()
    conditions: list[Condition] = []
    if led_organizations(actor):
        conditions.append(call_id.in_(calls_run_by(actor)))
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        conditions.append(is_national(call_id))
    return sa.or_(sa.false(), *conditions)


def read_by_office(actor: User | None, call_id: CallColumn) -> Condition:
    """The rows *actor* sees with the office's eyes: those it handles, and where it is a guest."""
    if actor is None or not actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return handled_by(actor, call_id)
    invited = sa.select(PrivateCall.call_id).where(PrivateCall.office_invited_at.is_not(None))
    return sa.or_(handled_by(actor, call_id), call_id.in_(invited))


def within_reach(actor: User | None, call_id: CallColumn) -> Condition:
    """The rows of the programme's calls and of those of *actor*'s own organizations."""
    if actor is None or not actor.organization_ids:
        return is_national(call_id)
    own = sa.select(PrivateCall.call_id).where(
        PrivateCall.organization_id.in_(actor.organization_ids), PrivateCall.state.in_(STARTED)
    )
    return sa.or_(is_national(call_id), call_id.in_(own))


def private_teams() -> sa.Select[Any]:
    """The ids of teams that exist for in-house calls only."""
    return sa.select(PrivateCallTeam.team_id).where(PrivateCallTeam.is_exclusive)


def is_national_team() -> Condition:
    """The condition that a team takes part in the programme itself."""
    return Team.id.not_in(private_teams())


def private_teams_of(actor: User) -> sa.Select[Any]:
    """The ids of in-house teams of organizations *actor* belongs to."""
    return (
        private_teams()
        .join(PrivateCall, PrivateCall.id == PrivateCallTeam.private_call_id)
        .where(PrivateCall.organization_id.in_(actor.organization_ids))
    )


def teams_run_by(actor: User) -> sa.Select[Any]:
    """The ids of the teams registered for in-house calls *actor* is an officer of."""
    return (
        sa.select(PrivateCallTeam.team_id)
        .join(PrivateCall, PrivateCall.id == PrivateCallTeam.private_call_id)
        .where(PrivateCall.call_id.in_(calls_run_by(actor)))
    )


def teams_with_guests() -> sa.Select[Any]:
    """The ids of in-house teams that the office was invited to look at."""
    return (
        sa.select(PrivateCallTeam.team_id)
        .join(PrivateCall, PrivateCall.id == PrivateCallTeam.private_call_id)
        .where(PrivateCall.office_invited_at.is_not(None))
    )


def private_call_of_team(team: Team) -> PrivateCall | None:
    """The in-house call that *team* exists for; none if it takes part in the programme."""
    places = team.private_registrations
    return next((place.private_call for place in places if place.is_exclusive), None)


def may_read_team_as_office(actor: User, team: Team) -> bool:
    """Whether *actor* sees of *team* what the office sees."""
    places = [place for place in team.private_registrations if place.is_exclusive]
    if places:
        return any(may_read_as_office(actor, place.private_call.call) for place in places)
    return actor.has_role(Role.OFFICER, Role.ADMINISTRATOR)


def private_call_of(session: Session, row: Base) -> PrivateCall | None:
    """The in-house call that *row* belongs to, however many steps away; None for all else."""
    if isinstance(row, PrivateCall):
        return row
    if isinstance(row, Call):
        return row.private_call
    if isinstance(row, Team):
        return private_call_of_team(row)
    for parent in _parents(session, row):
        found = private_call_of(session, parent)
        if found is not None:
            return found
    return None


def _parents(session: Session, row: Base) -> list[Base]:
    """The rows that *row* refers to, but people, organizations and itself."""
    classes = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    found = []
    for column in sa.inspect(type(row)).columns:
        for key in column.foreign_keys:
            table = key.column.table
            value = getattr(row, column.key)
            if value is None or table.name in _BESIDE or table is row.__table__:
                continue
            parent = session.get(classes[table], value)
            if parent is not None:
                found.append(parent)
    return found
