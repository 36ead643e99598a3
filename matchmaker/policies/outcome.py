"""Who is asked what became of work, and who reads what was said."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import OutcomeSurvey, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.engagement import side_of, was_in_team
from matchmaker.policies.site import may_enter_office


def asked_side(actor: User, survey: OutcomeSurvey) -> str:
    """The side for which *actor* can answer; empty for none."""
    side = side_of(actor, survey.engagement)
    if side is None and was_in_team(actor, survey.engagement):
        return "team"
    return side or ""


@permission("outcome:answer")
def may_answer(actor: User, survey: OutcomeSurvey) -> Reason:
    """The people of the side that is asked; of a team also those who have left it since."""
    if asked_side(actor, survey) == survey.side:
        return None
    if survey.side == "owner":
        return N_("This is asked of the owner of the problem.")
    return N_("This is asked of the team.")


@permission("outcome:figures")
def may_read_outcomes(actor: User) -> Reason:
    """Programme officers and administrators."""
    if may_enter_office.allows(actor):
        return None
    return N_("The figures are the programme office's.")
