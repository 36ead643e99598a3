"""Who may register, change and know of organizations."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import Invitation, Organization, Problem, Team, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.membership import is_lead, membership_of
from matchmaker.policies.scope import is_national, is_national_team
from matchmaker.policies.site import may_enter_office
from matchmaker.workflows.invitation import InvitationState
from matchmaker.workflows.problem import PUBLIC_STATES


@permission("organization:create")
def may_create(actor: User) -> Reason:
    """Everybody who is signed in; whoever registers an organization leads it."""
    return None


@permission("organization:edit")
def may_edit(actor: User, organization: Organization) -> Reason:
    """Leads of the organization."""
    if is_lead(actor, organization):
        return None
    return N_("Only a lead of the organization changes what it says about itself.")


@permission("organization:read_details")
def may_read_details(actor: User, organization: Organization) -> Reason:
    """Members of the organization, and the programme office."""
    if membership_of(actor, organization) is not None or may_enter_office.allows(actor):
        return None
    return N_("Only members and the programme office see this.")


def visible_organizations(actor: User | None) -> sa.ColumnElement[bool]:
    """The organizations *actor* may know of.

    Everybody: those with a published problem or a public team. Signed-in people also: their own
    and those that wait for their answer to an invitation. The office: all.
    """
    sets_problems = sa.select(Problem.organization_id).where(
        Problem.state.in_(PUBLIC_STATES), is_national(Problem.call_id)
    )
    brings_teams = sa.select(Team.organization_id).where(
        Team.is_public,
        Team.archived_at.is_(None),
        Team.organization_id.is_not(None),
        is_national_team(),
    )
    public = sa.or_(Organization.id.in_(sets_problems), Organization.id.in_(brings_teams))
    if actor is None:
        return public
    if may_enter_office.allows(actor):
        return sa.true()
    invited = sa.select(Invitation.organization_id).where(
        Invitation.email == actor.email,
        Invitation.state == InvitationState.PENDING,
        Invitation.expires_at > utcnow(),
        Invitation.organization_id.is_not(None),
    )
    own = Organization.id.in_(actor.organization_ids)
    return sa.or_(public, own, Organization.id.in_(invited))
