"""Who has badges issued, takes them back and revokes them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Badge, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.site import may_enter_office

Condition = sa.ColumnElement[bool]


@permission("badge:issue")
def may_issue_badge(actor: User) -> Reason:
    """Everybody who is signed in, for their own confirmed levels."""
    return None


@permission("badge:withdraw")
def may_withdraw_badge(actor: User, badge: Badge) -> Reason:
    """Its holder."""
    if badge.user_id == actor.id:
        return None
    return N_("Only its holder takes a badge back; the office revokes it.")


@permission("badge:list")
def may_list_badges(actor: User) -> Reason:
    """Programme officers and administrators."""
    if may_enter_office.allows(actor):
        return None
    return N_("The list of all badges is for the programme office. Yours are on your own page.")


@permission("badge:revoke")
def may_revoke_badge(actor: User, badge: Badge) -> Reason:
    """Programme officers, but not their own."""
    if not actor.is_officer:
        return N_("Only programme officers revoke badges.")
    if badge.user_id == actor.id:
        return N_("Nobody decides on their own badge.")
    return None


def visible_badges(actor: User | None) -> Condition:
    """The badges *actor* may know of: their own; the office, all.

    Whoever has the address of one sees it without being anybody: see `queries.badge.get_by_code`.
    """
    if actor is None:
        return sa.false()
    if may_list_badges.allows(actor):
        return sa.true()
    return Badge.user_id == actor.id
