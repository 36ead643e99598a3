"""Who can be named in an engagement: the owner's people, and mentors who stand near to nobody."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import Engagement, OrganizationMember, RoleGrant, User
from matchmaker.policies.engagement import why_not_mentor
from matchmaker.policies.problem import BROKER_ROLES


def owners_people(session: Session, engagement: Engagement) -> Sequence[User]:
    """The people of the organization that sets the problem who can sign in."""
    members = sa.select(OrganizationMember.user_id).where(
        OrganizationMember.organization_id == engagement.problem.organization_id
    )
    found = session.scalars(sa.select(User).where(User.id.in_(members)).order_by(User.id))
    return [person for person in found if person.is_usable]


def possible_mentors(session: Session, engagement: Engagement) -> Sequence[User]:
    """Those who can be the mentor of *engagement*; in-house, people of the organization."""
    if engagement.call.private_call is not None:
        candidates = owners_people(session, engagement)
    else:
        mentors = sa.select(RoleGrant.user_id).where(RoleGrant.role.in_(BROKER_ROLES))
        statement = sa.select(User).where(User.id.in_(mentors)).order_by(User.name, User.id)
        candidates = session.scalars(statement).all()
    return [person for person in candidates if why_not_mentor(person, engagement) is None]
