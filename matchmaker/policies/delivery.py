"""Who may see letters on their way, and hold, change, discard or repeat them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Delivery, Role, User
from matchmaker.policies.base import Reason, permission
from matchmaker.workflows.delivery import TOLD_STATES

_FOR_THE_OFFICE = N_("Letters of the programme are in the hands of the programme office.")


@permission("delivery:list")
def may_list_deliveries(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return _FOR_THE_OFFICE


@permission("delivery:hold_topic")
def may_hold_topics(actor: User) -> Reason:
    """Programme officers."""
    return None if actor.is_officer else _FOR_THE_OFFICE


@permission("delivery:change")
def may_change_delivery(actor: User, delivery: Delivery) -> Reason:
    """Programme officers, letters that are open to the office; their own as little as others'."""
    if actor.is_officer and delivery.is_open:
        return None
    return _FOR_THE_OFFICE


def visible_deliveries(actor: User | None) -> sa.ColumnElement[bool]:
    """The letters whose words the office may read: those that are open to it."""
    if actor is None or not may_list_deliveries.allows(actor):
        return sa.false()
    return Delivery.is_open.is_(True)


def visible_notifications(actor: User | None) -> sa.ColumnElement[bool]:
    """One's own letters, but those that are held back or discarded."""
    if actor is None:
        return sa.false()
    return sa.and_(
        Delivery.user_id == actor.id,
        Delivery.topic != "account",
        Delivery.state.in_(TOLD_STATES),
    )
