"""Who at the owner of a problem can be reached."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import MemberRole, OrganizationMember, Problem, User


def reachable_members(session: Session, problem: Problem) -> Sequence[User]:
    """The leads of the owner and the author who can still sign in: letters go to them."""
    statement = (
        sa.select(User)
        .join(OrganizationMember, OrganizationMember.user_id == User.id)
        .where(
            OrganizationMember.organization_id == problem.organization_id,
            sa.or_(
                OrganizationMember.role == MemberRole.LEAD,
                OrganizationMember.user_id == problem.author_id,
            ),
            User.disabled_at.is_(None),
            User.erased_at.is_(None),
            User.email.is_not(None),
        )
        .order_by(User.id)
    )
    return session.scalars(statement).all()
