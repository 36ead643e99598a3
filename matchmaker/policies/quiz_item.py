"""Who may read the questions of the check with their keys, write, approve and retire them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import QuizItem, Role, User
from matchmaker.policies.base import Reason, permission


@permission("quiz_item:read")
def may_read_items(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("The questions and their keys are the programme office’s.")


@permission("quiz_item:edit")
def may_edit_items(actor: User) -> Reason:
    """Programme officers."""
    if actor.is_officer:
        return None
    return N_("Only programme officers change the questions of the check.")


@permission("quiz_item:approve")
def may_approve_item(actor: User, item: QuizItem) -> Reason:
    """A programme officer other than the one who wrote the question."""
    if not actor.is_officer:
        return N_("Only programme officers change the questions of the check.")
    if item.author_id == actor.id:
        return N_("You wrote this question: a second officer has to look at it.")
    return None


def visible_quiz_items(actor: User | None) -> sa.ColumnElement[bool]:
    """The questions *actor* may read with their keys: all for the office, none for anybody else."""
    if actor is not None and may_read_items.allows(actor):
        return sa.true()
    return sa.false()
