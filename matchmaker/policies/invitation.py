"""Who may invite people to an organization or a team, and who may answer."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Invitation, MemberRole, Team, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.membership import Group, is_lead
from matchmaker.policies.scope import private_teams
from matchmaker.policies.site import may_enter_office


def target_of(invitation: Invitation) -> Group:
    """The organization or team *invitation* is for."""
    target = invitation.organization or invitation.team
    if target is None:
        raise LookupError("an invitation without a target cannot be stored")
    return target


@permission("invitation:send")
def may_invite(actor: User, group: Group) -> Reason:
    """Leads of the organization or team, unless the team has disbanded."""
    if not is_lead(actor, group):
        return N_("Only a lead invites people.")
    if isinstance(group, Team) and group.archived_at is not None:
        return N_("This team has disbanded; nobody can join it.")
    return None


@permission("invitation:revoke")
def may_revoke(actor: User, invitation: Invitation) -> Reason:
    """Leads of the organization or team that invites."""
    if is_lead(actor, target_of(invitation)):
        return None
    return N_("Only a lead takes an invitation back.")


@permission("invitation:answer")
def may_answer(actor: User, invitation: Invitation) -> Reason:
    """The person whose address the invitation was sent to."""
    if actor.email is not None and actor.email == invitation.email:
        return None
    return N_(
        "This invitation was sent to another address. Sign in with the account it was sent to."
    )


def visible_invitations(actor: User | None) -> sa.ColumnElement[bool]:
    """The invitations *actor* may know of.

    Those to their own address, those of organizations and teams they lead; for the office all but
    those to teams of in-house calls.
    """
    if actor is None:
        return Invitation.id.in_(())
    of_office = sa.or_(
        Invitation.organization_id.is_not(None), Invitation.team_id.not_in(private_teams())
    )
    return sa.or_(
        of_office if may_enter_office.allows(actor) else sa.false(),
        Invitation.email == actor.email,
        Invitation.organization_id.in_(
            m.organization_id for m in actor.organization_memberships if m.role is MemberRole.LEAD
        ),
        Invitation.team_id.in_(
            m.team_id for m in actor.team_memberships if m.role is MemberRole.LEAD
        ),
    )
