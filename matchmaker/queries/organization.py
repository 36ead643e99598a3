"""Reading organizations."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.errors import NotFound
from matchmaker.models import Organization, Problem, User
from matchmaker.policies.organization import visible_organizations
from matchmaker.policies.problem import visible_problems


def get(
    session: Session, actor: User | None, organization_id: int, *, lock: bool = False
) -> Organization:
    """The organization, if *actor* may know of it; locked for a change if asked."""
    statement = sa.select(Organization).where(
        Organization.id == organization_id, visible_organizations(actor)
    )
    if lock:
        # The second of two people who save at once must see the version the first one left.
        statement = statement.with_for_update(of=Organization)
        statement = statement.execution_options(populate_existing=True)
    organization = session.scalar(statement)
    if organization is None:
        raise NotFound
    return organization


def own(session: Session, actor: User) -> Sequence[Organization]:
    """The organizations *actor* belongs to, the longest-standing first."""
    statement = sa.select(Organization).where(Organization.id.in_(actor.organization_ids))
    return session.scalars(statement.order_by(Organization.id)).all()


def problems(session: Session, actor: User | None, organization: Organization) -> Sequence[Problem]:
    """The problems of *organization* that *actor* may know of, the newest first."""
    statement = sa.select(Problem).where(
        Problem.organization_id == organization.id, visible_problems(actor)
    )
    return session.scalars(statement.order_by(Problem.id.desc())).all()
