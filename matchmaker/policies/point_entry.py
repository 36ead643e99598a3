"""Who sees points, who stands on the board, and who takes points back."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import PointEntry, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.site import may_enter_office

Condition = sa.ColumnElement[bool]


@permission("point_entry:read_board")
def may_read_board(actor: User) -> Reason:
    """Everybody who is signed in."""
    return None


@permission("point_entry:list")
def may_list_points(actor: User) -> Reason:
    """Programme officers and administrators."""
    if may_enter_office.allows(actor):
        return None
    return N_("Other people’s points are for the programme office. Yours are on your own page.")


@permission("point_entry:take_back")
def may_take_back_points(actor: User, entry: PointEntry) -> Reason:
    """Programme officers, but not their own."""
    if not actor.is_officer:
        return N_("Only programme officers take points back.")
    if entry.user_id == actor.id:
        return N_("Nobody decides on their own points.")
    return None


def visible_point_entries(actor: User | None) -> Condition:
    """The entries *actor* may know of: their own; the office, everybody's."""
    if actor is None:
        return sa.false()
    if may_list_points.allows(actor):
        return sa.true()
    return PointEntry.user_id == actor.id
