"""What people decide about who belongs to an organization or a team.

The group is locked while its members change, so that it keeps a lead whatever happens at once.
"""

from __future__ import annotations

from matchmaker.models import MemberRole
from matchmaker.policies.membership import (
    Group,
    Member,
    may_change_role,
    may_leave,
    may_manage_members,
    may_remove_member,
    may_transfer_lead,
    membership_of,
)
from matchmaker.queries.membership import GroupKind, get_group, get_member
from matchmaker.services.context import Context


def change_role(
    ctx: Context, kind: GroupKind, group_id: int, user_id: int, role: MemberRole
) -> Member:
    """Make a member a lead, or a lead a plain member."""
    group, member = _load(ctx, kind, group_id, user_id)
    ctx.require(may_change_role, member, role)
    if member.role is not role:
        member.role = role
        ctx.record("membership:change_role", group, user_id=user_id, role=role)
    return member


def remove(ctx: Context, kind: GroupKind, group_id: int, user_id: int) -> Group:
    """Take a member out of the group."""
    group, member = _load(ctx, kind, group_id, user_id)
    ctx.require(may_remove_member, member)
    _delete(ctx, group, member)
    ctx.record("membership:remove", group, user_id=user_id)
    return group


def leave(ctx: Context, kind: GroupKind, group_id: int) -> Group:
    """Leave the group."""
    actor = ctx.signed_in
    group = get_group(ctx.session, actor, kind, group_id, lock=True)
    ctx.require(may_leave, group)
    member = membership_of(actor, group)
    if member is not None:
        _delete(ctx, group, member)
    ctx.record("membership:leave", group, user_id=actor.id)
    return group


def transfer_lead(ctx: Context, kind: GroupKind, group_id: int, user_id: int) -> Group:
    """Hand one's own lead to another member and stay on as a plain member."""
    actor = ctx.signed_in
    group, member = _load(ctx, kind, group_id, user_id)
    ctx.require(may_transfer_lead, member)
    member.role = MemberRole.LEAD
    own = membership_of(actor, group)
    if own is not None:
        own.role = MemberRole.MEMBER
    ctx.record("membership:transfer_lead", group, from_id=actor.id, to_id=user_id)
    return group


def _load(ctx: Context, kind: GroupKind, group_id: int, user_id: int) -> tuple[Group, Member]:
    group = get_group(ctx.session, ctx.actor, kind, group_id, lock=True)
    ctx.require(may_manage_members, group)  # Before saying whether such a member exists.
    return group, get_member(group, user_id)


def _delete(ctx: Context, group: Group, member: Member) -> None:
    user = member.user
    ctx.session.delete(member)
    ctx.session.flush()
    ctx.session.expire(group, ["members"])
    ctx.session.expire(user, ["organization_memberships", "team_memberships"])
