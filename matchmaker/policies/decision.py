"""Who may prepare decisions on applications, announce them, and know of them before."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Call, DecisionRound, Problem, User
from matchmaker.policies.application import may_list_applications
from matchmaker.policies.attachment import is_keeper
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import handled_by, why_not_office


@permission("decision:list")
def may_list_decisions(actor: User) -> Reason:
    """Whoever lists applications: the office, and in-house officers for their own call."""
    return may_list_applications(actor)


@permission("decision:prepare")
def may_prepare(actor: User, call: Call) -> Reason:
    """Officers who may decide in the call."""
    return why_not_office(actor, call, N_("Only programme officers decide on applications."))


@permission("decision:announce")
def may_announce(actor: User, call: Call) -> Reason:
    """Officers who may decide in the call."""
    return may_prepare(actor, call)


@permission("decision:selection")
def may_see_selection(actor: User, problem: Problem) -> Reason:
    """The owner of the problem; what was announced, not before."""
    if is_keeper(actor, problem):
        return None
    return N_("Only the owner of the problem sees whom its places were offered to.")


def visible_rounds(actor: User | None) -> sa.ColumnElement[bool]:
    """The rounds of the calls that *actor*'s office handles."""
    return handled_by(actor, DecisionRound.call_id)
