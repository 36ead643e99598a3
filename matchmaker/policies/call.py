"""Who may open and change calls, and know of them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Call, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import read_by_office, why_not_office, within_reach


@permission("call:create")
def may_create_call(actor: User) -> Reason:
    """Programme officers."""
    return None if actor.is_officer else N_("Only programme officers open calls.")


@permission("call:edit")
def may_edit_call(actor: User, call: Call) -> Reason:
    """Programme officers; of an in-house call, its own officers."""
    return why_not_office(actor, call, N_("Only programme officers change calls."))


def visible_calls(actor: User | None) -> sa.ColumnElement[bool]:
    """The calls *actor* may know of.

    Those of the programme for everybody, an in-house call for the members of its organization and,
    if it was invited, for the office.
    """
    return sa.or_(within_reach(actor, Call.id), read_by_office(actor, Call.id))
