"""Who keeps the learning catalogue, and who may see what of it."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Enrolment, LearningResource, Role, User
from matchmaker.policies.base import Reason, permission


@permission("learning_resource:manage")
def may_manage_catalogue(actor: User) -> Reason:
    """Programme officers and administrators read the office's side of the catalogue."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("This page is for the programme office.")


@permission("learning_resource:edit")
def may_edit_catalogue(actor: User) -> Reason:
    """Programme officers."""
    if actor.is_officer:
        return None
    return N_("Only programme officers change the learning catalogue.")


def visible_learning_resources(actor: User | None) -> sa.ColumnElement[bool]:
    """The entries *actor* may know of.

    Everybody: those that are held. The office: all. Whoever enrolled keeps what they enrolled in.
    """
    held = LearningResource.retired_at.is_(None)
    if actor is None:
        return held
    if may_manage_catalogue.allows(actor):
        return sa.true()
    own = sa.select(Enrolment.resource_id).where(Enrolment.user_id == actor.id)
    return sa.or_(held, LearningResource.id.in_(own))
