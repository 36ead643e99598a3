"""Who may set the rules of a call, and know of them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Call, CallRules, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.call import visible_calls
from matchmaker.policies.scope import why_not_office


@permission("call_rules:edit")
def may_edit_rules(actor: User, call: Call) -> Reason:
    """Programme officers; of an in-house call, its own officers."""
    return why_not_office(actor, call, N_("Only programme officers set the rules of a call."))


def visible_call_rules(actor: User | None) -> sa.ColumnElement[bool]:
    """The rules *actor* may know of: those of every call they may know of."""
    return CallRules.call_id.in_(sa.select(Call.id).where(visible_calls(actor)))
