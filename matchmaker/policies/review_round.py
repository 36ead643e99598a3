"""Who runs the review of a call's applications."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Call, ReviewRound, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import is_national
from matchmaker.policies.site import may_enter_office


@permission("review_round:read")
def may_read_rounds(actor: User) -> Reason:
    """Programme officers and administrators."""
    if may_enter_office.allows(actor):
        return None
    return N_("Only the programme office follows the review of applications.")


@permission("review_round:manage")
def may_manage_round(actor: User, call: Call) -> Reason:
    """Programme officers, in the calls of the programme."""
    if call.private_call is not None:
        return N_("An in-house call decides without the programme’s reviewers.")
    if actor.is_officer:
        return None
    return N_("Only programme officers run the review of applications.")


def visible_rounds(actor: User | None) -> sa.ColumnElement[bool]:
    """The rounds *actor* may know of: for the office, those of the programme's calls."""
    if actor is None or not may_read_rounds.allows(actor):
        return sa.false()
    return is_national(ReviewRound.call_id)
