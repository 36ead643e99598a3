"""Who may see all that waits, and set how people are reminded of it."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import Role, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import runs_a_call

_FOR_THE_OFFICE = N_("What waits for others is for the programme office.")


@permission("waiting:list")
def may_list_waiting(actor: User) -> Reason:
    """Programme officers and administrators; officers of an in-house call, what waits in it."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR) or runs_a_call(actor):
        return None
    return _FOR_THE_OFFICE


@permission("waiting:list_ladders")
def may_list_ladders(actor: User) -> Reason:
    """Programme officers and administrators."""
    return None if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR) else _FOR_THE_OFFICE


@permission("waiting:set_ladder")
def may_set_ladder(actor: User) -> Reason:
    """Programme officers."""
    return None if actor.is_officer else _FOR_THE_OFFICE
