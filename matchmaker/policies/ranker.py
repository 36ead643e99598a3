"""Who may read learned weights, have them learned, and switch them on and off."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Ranker, Role, User
from matchmaker.policies.base import Reason, permission


@permission("ranker:read")
def may_read_rankers(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("Learned weights are the programme office's.")


@permission("ranker:learn")
def may_learn(actor: User) -> Reason:
    """Programme officers."""
    return _officers(actor)


@permission("ranker:switch")
def may_switch_rankers(actor: User) -> Reason:
    """Programme officers."""
    return _officers(actor)


def _officers(actor: User) -> Reason:
    if actor.has_role(Role.OFFICER):
        return None
    return N_("Only programme officers have weights learned, and switch them on and off.")


def visible_rankers(actor: User | None) -> sa.ColumnElement[bool]:
    """The attempts at learning *actor* may know of: all for the office, none for anybody else."""
    if actor is not None and may_read_rankers.allows(actor):
        return sa.true()
    return Ranker.id.in_(())
