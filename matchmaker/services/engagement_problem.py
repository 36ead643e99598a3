"""The state of a problem follows the work on it.

It is being solved from the moment the first team ends its kick-off, and its results are looked at
once every team has reached its last stage or an end. Closing it stays with the office.
"""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.errors import Conflict
from matchmaker.i18n import N_
from matchmaker.models import Engagement, Problem
from matchmaker.services.context import Context
from matchmaker.workflows.engagement import LIVE_STATES
from matchmaker.workflows.problem import ProblemAction, ProblemState
from matchmaker.workflows.stage_decision import StageDecisionState


def start_solving(ctx: Context, problem: Problem) -> None:
    """The first team begins to work."""
    if problem.state is ProblemState.PUBLISHED:
        _take(ctx, problem, ProblemAction.START_SOLVING)


def follow_problem(ctx: Context, problem: Problem) -> None:
    """Look at the results once there is nothing but results."""
    if problem.state is not ProblemState.SOLVING:
        return
    ctx.session.flush()
    rows = ctx.session.scalars(sa.select(Engagement).where(Engagement.problem_id == problem.id))
    if all(_is_at_its_results(row) for row in rows):
        _take(ctx, problem, ProblemAction.EVALUATE)


def _is_at_its_results(engagement: Engagement) -> bool:
    """Whether the work has ended or is in its last stage; a single stage counts once its end is proposed."""
    if not engagement.is_live:
        return True
    if engagement.stage != engagement.stages[-1]:
        return False
    proposed = (row.state is StageDecisionState.PROPOSED for row in engagement.decisions)
    return len(engagement.stages) > 1 or any(proposed)


def _take(ctx: Context, problem: Problem, action: ProblemAction) -> None:
    before = problem.apply(action)
    ctx.record(f"problem:{action}", problem, before=before, after=problem.state, reason="")


def check_no_live_work(ctx: Context, problem: Problem) -> None:
    """Raise `Conflict` while a team is at work on *problem*."""
    live = sa.exists().where(Engagement.problem_id == problem.id, Engagement.state.in_(LIVE_STATES))
    if ctx.session.scalar(sa.select(live)):
        raise Conflict(
            N_("Teams are at work on this problem: bring their work to an end before you close it.")
        )
