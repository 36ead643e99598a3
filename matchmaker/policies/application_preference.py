"""Who says which team an owner would like to work with, and reads proposals for that."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Application, Problem, ReviewRound, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.problem import is_owner
from matchmaker.policies.scope import is_national
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.review_round import WORKING_STATES

#: States of an application about which the owner is asked.
ASKED_STATES = (ApplicationState.UNDER_REVIEW,)


@permission("application_preference:give")
def may_prefer(actor: User, problem: Problem) -> Reason:
    """Members of the organization that sets the problem, in the programme's calls."""
    if problem.call.private_call is None and is_owner(actor, problem):
        return None
    return N_("Only the owner of the problem says which team it would like.")


def preferable_applications(actor: User | None) -> sa.ColumnElement[bool]:
    """The applications *actor* reads as the owner: under review for a problem of theirs.

    None of a team they belong to, or that their organization brings.
    """
    if actor is None or not actor.organization_ids:
        return sa.false()
    owned = sa.select(Problem.id).where(
        Problem.organization_id.in_(actor.organization_ids), is_national(Problem.call_id)
    )
    running = sa.select(ReviewRound.call_id).where(ReviewRound.state.in_(WORKING_STATES))
    return sa.and_(
        Application.problem_id.in_(owned),
        Application.call_id.in_(running),
        Application.state.in_(ASKED_STATES),
        Application.team_id.not_in(actor.team_ids),
    )
