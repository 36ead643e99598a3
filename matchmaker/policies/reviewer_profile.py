"""Who says what a reviewer knows and whom they stand near, and who reads it."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import DeclaredConflict, ReviewerProfile, Role, User
from matchmaker.policies.base import Reason, permission


@permission("reviewer_profile:edit")
def may_edit_profile(actor: User) -> Reason:
    """Reviewers, their own."""
    if actor.has_role(Role.REVIEWER):
        return None
    return N_("Only reviewers have a page about their expertise and conflicts.")


def visible_reviewer_profiles(actor: User | None) -> sa.ColumnElement[bool]:
    """One's own."""
    return sa.false() if actor is None else ReviewerProfile.user_id == actor.id


def visible_declared_conflicts(actor: User | None) -> sa.ColumnElement[bool]:
    """One's own."""
    return sa.false() if actor is None else DeclaredConflict.user_id == actor.id
