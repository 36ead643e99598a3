"""Who may take the check of a competency, and who may see its answers."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import QuizCheck, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.quiz_item import may_read_items


@permission("quiz:take")
def may_take_checks(actor: User) -> Reason:
    """Everybody who is signed in, about themselves; but not those who can read the keys."""
    if may_read_items.allows(actor):
        return N_("You can read the questions with their answers, so a check would say nothing.")
    return None


@permission("quiz:answer")
def may_answer_check(actor: User, check: QuizCheck) -> Reason:
    """The person whose check it is."""
    if check.user_id == actor.id:
        return None
    return N_("Everybody answers their own check.")


def visible_quiz_checks(actor: User | None) -> sa.ColumnElement[bool]:
    """One's own and nobody else's: the office sees answers only added up, question by question."""
    if actor is None:
        return sa.false()
    return QuizCheck.user_id == actor.id
