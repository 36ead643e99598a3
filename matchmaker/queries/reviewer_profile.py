"""Reading what reviewers say of themselves."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import DeclaredConflict, Organization, ReviewerProfile, User
from matchmaker.policies.organization import visible_organizations
from matchmaker.policies.reviewer_profile import (
    visible_declared_conflicts,
    visible_reviewer_profiles,
)


def own_profile(session: Session, actor: User) -> ReviewerProfile | None:
    """The reviewer's own profile, if they have saved one."""
    return session.scalar(sa.select(ReviewerProfile).where(visible_reviewer_profiles(actor)))


def own_conflicts(session: Session, actor: User) -> Sequence[DeclaredConflict]:
    """The conflicts the reviewer has declared."""
    statement = (
        sa.select(DeclaredConflict)
        .where(visible_declared_conflicts(actor))
        .options(joinedload(DeclaredConflict.organization))
        .order_by(DeclaredConflict.id)
    )
    return session.scalars(statement).all()


def organizations_to_declare(session: Session, actor: User) -> Sequence[Organization]:
    """The organizations that everybody may know of, but for those declared already."""
    declared = sa.select(DeclaredConflict.organization_id).where(
        DeclaredConflict.user_id == actor.id
    )
    statement = (
        sa.select(Organization)
        .where(visible_organizations(None), Organization.id.not_in(declared))
        .order_by(Organization.name_zh, Organization.name_en, Organization.id)
    )
    return session.scalars(statement).all()
