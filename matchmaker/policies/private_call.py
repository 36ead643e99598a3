"""Who may ask for, open, staff and look into in-house calls, and register teams for them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Organization, PrivateCall, Team, User
from matchmaker.policies.base import Permission, Reason, permission
from matchmaker.policies.membership import is_lead, membership_of
from matchmaker.policies.problem import OWNER_KINDS
from matchmaker.policies.scope import is_in_house_officer, may_read_as_office
from matchmaker.policies.site import may_enter_office
from matchmaker.workflows.private_call import (
    PRIVATE_CALL_WORKFLOW,
    PrivateCallAction,
    PrivateCallState,
)

_OFFICERS_ONLY = N_("Only the call’s own in-house officers do this.")


def _sets_problems(organization: Organization) -> Reason:
    if organization.kind in OWNER_KINDS:
        return None
    return N_("In-house calls are for enterprises and public bodies, which set problems.")


@permission("private_call:request")
def may_request(actor: User, organization: Organization) -> Reason:
    """Leads of an enterprise or public body."""
    if not is_lead(actor, organization):
        return N_("Only a lead of the organization asks for an in-house call.")
    return _sets_problems(organization)


@permission("private_call:open_for")
def may_open_for(actor: User, organization: Organization) -> Reason:
    """Programme officers, for an enterprise or public body they do not belong to."""
    if not actor.is_officer:
        return N_("Only programme officers open in-house calls.")
    if membership_of(actor, organization) is not None:
        return N_("You belong to this organization: another programme officer has to decide.")
    return _sets_problems(organization)


@permission("private_call:decide")
def may_decide(actor: User, private: PrivateCall) -> Reason:
    """Programme officers, unless they belong to the organization."""
    return may_open_for(actor, private.organization)


@permission("private_call:withdraw")
def may_withdraw(actor: User, private: PrivateCall) -> Reason:
    """Leads of the organization that asked for the call."""
    return may_request(actor, private.organization)


@permission("private_call:run")
def may_run(actor: User, private: PrivateCall) -> Reason:
    """The in-house officers: they end the call, run it again and say who may look inside."""
    return None if is_in_house_officer(actor, private) else _OFFICERS_ONLY


@permission("private_call:name_officers")
def may_name_officers(actor: User, private: PrivateCall) -> Reason:
    """Leads of the organization, among the leads of the organization."""
    if is_lead(actor, private.organization):
        return None
    return N_("Only a lead of the organization names its in-house officers.")


@permission("private_call:take_part")
def may_take_part(actor: User, private: PrivateCall) -> Reason:
    """Members of the organization while the call runs; nobody else."""
    if private.organization_id not in actor.organization_ids:
        return N_("Only the organization’s own people take part in its in-house call.")
    if private.state is not PrivateCallState.OPEN:
        return N_("This in-house call does not run now.")
    return None


@permission("private_call:register_team")
def may_register_team(actor: User, private: PrivateCall, team: Team) -> Reason:
    """Leads of a team who belong to the organization, while the call runs."""
    if not is_lead(actor, team):
        return N_("Only a lead of the team registers it.")
    return may_take_part(actor, private)


@permission("private_call:withdraw_team")
def may_withdraw_team(actor: User, private: PrivateCall, team: Team) -> Reason:
    """Leads of a registered team who belong to the organization, also when the call has ended."""
    if is_lead(actor, team) and private.organization_id in actor.organization_ids:
        return None
    return N_("Only a lead of the team decides where it takes part.")


@permission("private_call:read")
def may_read(actor: User, private: PrivateCall) -> Reason:
    """Members of the organization; the office learns that the call exists and how big it is."""
    if private.organization_id in actor.organization_ids or may_enter_office.allows(actor):
        return None
    return N_("This call is an organization’s own.")


@permission("private_call:look_inside")
def may_look_inside(actor: User, private: PrivateCall) -> Reason:
    """The in-house officers, and the programme office if they invited it."""
    if may_read_as_office(actor, private.call):
        return None
    return N_("What happens inside is for the organization’s own officers.")


_PERMISSIONS: dict[PrivateCallAction, Permission] = {
    PrivateCallAction.OPEN: may_decide,
    PrivateCallAction.DECLINE: may_decide,
    PrivateCallAction.WITHDRAW: may_withdraw,
    PrivateCallAction.CLOSE: may_run,
    PrivateCallAction.REOPEN: may_run,
}


def permission_for(action: PrivateCallAction) -> Permission:
    """The permission that *action* takes."""
    return _PERMISSIONS[action]


def possible_actions(actor: User, private: PrivateCall) -> list[PrivateCallAction]:
    """What *actor* can do with the call as it stands."""
    return [
        action
        for action in PRIVATE_CALL_WORKFLOW.possible(private.state)
        if permission_for(action).allows(actor, private)
    ]


def visible_private_calls(actor: User | None) -> sa.ColumnElement[bool]:
    """The in-house calls *actor* may know of: their organizations' own; for the office that they exist."""
    if actor is None:
        return PrivateCall.id.in_(())
    if may_enter_office.allows(actor):
        return sa.true()
    return PrivateCall.organization_id.in_(actor.organization_ids)
