"""Who reads what reviewers wrote for a team, and when."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import Application, User
from matchmaker.policies.base import Reason, permission
from matchmaker.workflows.application import ApplicationState

#: States that a team hears of with everybody else: the decision has been announced.
ANNOUNCED_STATES = (
    ApplicationState.OFFERED,
    ApplicationState.CONFIRMED,
    ApplicationState.DECLINED,
    ApplicationState.EXPIRED,
)


@permission("application_feedback:read")
def may_read_feedback(actor: User, application: Application) -> Reason:
    """Members of the team, once the decision has been announced."""
    if application.team_id not in actor.team_ids:
        return N_("Only members of the team read what reviewers wrote for it.")
    if application.state not in ANNOUNCED_STATES:
        return N_("Reviewers’ words show once the decision has been announced.")
    return None
