"""Reading who belongs to an organization or a team."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import (
    MemberRole,
    Organization,
    OrganizationMember,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.membership import Group, Member
from matchmaker.policies.organization import visible_organizations
from matchmaker.policies.team import visible_teams


class GroupKind(StrEnum):
    """Organization or team, named as in addresses."""

    ORGANIZATIONS = "organizations"
    TEAMS = "teams"


def kind_of(group: Group) -> GroupKind:
    """Whether *group* is an organization or a team."""
    return GroupKind.ORGANIZATIONS if isinstance(group, Organization) else GroupKind.TEAMS


def get_group(
    session: Session, actor: User | None, kind: GroupKind, group_id: int, *, lock: bool = False
) -> Group:
    """The organization or team, if *actor* may know of it.

    With *lock* it stays locked until the transaction ends, so that two people who change its
    members at once cannot leave it without a lead.
    """
    statement: sa.Select[Organization] | sa.Select[Team]
    if kind is GroupKind.ORGANIZATIONS:
        statement = sa.select(Organization).where(
            Organization.id == group_id, visible_organizations(actor)
        )
    else:
        statement = sa.select(Team).where(Team.id == group_id, visible_teams(actor))
    group = cast("Group | None", session.scalar(statement))
    if group is None:
        raise NotFound
    return lock_group(session, group) if lock else group


def lock_group(session: Session, group: Group) -> Group:
    """*group* as it is now, and as it stays for others until the transaction ends."""
    kind = type(group)
    statement = sa.select(kind).where(kind.id == group.id).with_for_update(of=kind)
    session.expire(group, ["members"])
    fresh = session.scalars(statement.execution_options(populate_existing=True)).one()
    return cast("Group", fresh)


def members_of(session: Session, group: Group) -> Sequence[Member]:
    """The members of *group* with their accounts, leads first, then by date of joining."""
    statement: sa.Select[OrganizationMember] | sa.Select[TeamMember]
    if isinstance(group, Organization):
        statement = sa.select(OrganizationMember).where(
            OrganizationMember.organization_id == group.id
        )
        statement = statement.options(joinedload(OrganizationMember.user))
        order = (OrganizationMember.role != MemberRole.LEAD, OrganizationMember.id)
    else:
        statement = sa.select(TeamMember).where(TeamMember.team_id == group.id)
        statement = statement.options(joinedload(TeamMember.user))
        order = (TeamMember.role != MemberRole.LEAD, TeamMember.id)
    return cast("Sequence[Member]", session.scalars(statement.order_by(*order)).all())


def get_member(group: Group, user_id: int) -> Member:
    """The place of a person in *group*."""
    for member in group.members:
        if member.user_id == user_id:
            return member
    raise NotFound
