"""Who may see and change the members of an organization or a team.

Both are groups: they have members, and at least one lead among them.
"""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import (
    MemberRole,
    Organization,
    OrganizationMember,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import may_read_team_as_office
from matchmaker.policies.site import may_enter_office

Group = Organization | Team
Member = OrganizationMember | TeamMember

_LEADS_ONLY = N_("Only a lead may do this.")
_LAST_LEAD = N_("There must always be a lead. Make somebody else a lead first.")


def group_of(member: Member) -> Group:
    """The organization or team *member* belongs to."""
    return member.organization if isinstance(member, OrganizationMember) else member.team


def membership_of(actor: User, group: Group) -> Member | None:
    """The place *actor* has in *group*, or None."""
    if isinstance(group, Organization):
        own: list[OrganizationMember] = actor.organization_memberships
        return next((member for member in own if member.organization_id == group.id), None)
    return next((member for member in actor.team_memberships if member.team_id == group.id), None)


def is_lead(actor: User, group: Group) -> bool:
    """Whether *actor* leads *group*."""
    member = membership_of(actor, group)
    return member is not None and member.role is MemberRole.LEAD


def is_last_lead(member: Member) -> bool:
    """Whether the group would be without a lead if *member* were not one."""
    leads = [other for other in group_of(member).members if other.role is MemberRole.LEAD]
    return leads == [member]


@permission("membership:read")
def may_read_members(actor: User, group: Group) -> Reason:
    """Members of the organization or team, and the programme office."""
    if membership_of(actor, group) is not None:
        return None
    if isinstance(group, Team) and may_read_team_as_office(actor, group):
        return None
    if isinstance(group, Organization) and may_enter_office.allows(actor):
        return None
    return N_("Only members see who else is a member.")


@permission("membership:manage")
def may_manage_members(actor: User, group: Group) -> Reason:
    """Leads of the organization or team."""
    return None if is_lead(actor, group) else _LEADS_ONLY


@permission("membership:change_role")
def may_change_role(actor: User, member: Member, role: MemberRole) -> Reason:
    """Leads of the organization or team, as long as it keeps a lead."""
    if not is_lead(actor, group_of(member)):
        return _LEADS_ONLY
    return _LAST_LEAD if role is not MemberRole.LEAD and is_last_lead(member) else None


@permission("membership:remove")
def may_remove_member(actor: User, member: Member) -> Reason:
    """Leads of the organization or team, anybody but themselves."""
    if not is_lead(actor, group_of(member)):
        return _LEADS_ONLY
    if member.user_id == actor.id:
        return N_("You cannot remove yourself. Leave instead.")
    return None


@permission("membership:leave")
def may_leave(actor: User, group: Group) -> Reason:
    """Members of the organization or team, unless they are its last lead."""
    member = membership_of(actor, group)
    if member is None:
        return N_("You are not a member.")
    return _LAST_LEAD if is_last_lead(member) else None


@permission("membership:transfer")
def may_transfer_lead(actor: User, member: Member) -> Reason:
    """Leads of the organization or team, to another member."""
    if not is_lead(actor, group_of(member)):
        return _LEADS_ONLY
    return N_("You are a lead already.") if member.user_id == actor.id else None
