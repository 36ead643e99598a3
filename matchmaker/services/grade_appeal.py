"""The owner asks once for a grade to be looked at again; fresh people answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, DeadlinePassed, InvalidTransition, NotFound
from matchmaker.i18n import N_, language_of
from matchmaker.models import GradeAppeal, GradeDecision, Problem
from matchmaker.policies.grade_appeal import may_decide_appeal, may_request, other_officers
from matchmaker.queries import grade_appeal as queries
from matchmaker.queries import office_setting as settings
from matchmaker.queries.grade_decision import latest_decision
from matchmaker.services.context import Context
from matchmaker.services.grade_decision import appeal_until
from matchmaker.services.grading_record import lock_problem, stop, when
from matchmaker.services.reasons import needed
from matchmaker.workflows.grade_appeal import GradeAppealAction, GradeAppealState
from matchmaker.workflows.grading_panel import OPEN_STATES
from matchmaker.workflows.problem import ProblemState

#: Where the owner may ask: the grade is known and nobody works on the problem yet.
APPEAL_STATES = (ProblemState.GRADED, ProblemState.PUBLISHED)


def request(ctx: Context, problem_id: int, *, reason: str) -> GradeAppeal:
    """Ask for the grade to be looked at again, saying why."""
    problem = lock_problem(ctx, problem_id)
    ctx.require(may_request, problem)
    decision = latest_decision(ctx.session, problem.id)
    earlier = queries.appeal_of(ctx.session, problem.id)
    if earlier is not None:
        if earlier.state is GradeAppealState.REQUESTED and earlier.reason == reason.strip():
            return earlier  # A second click.
        raise Conflict(N_("A review of the grade has been asked for once already."))
    reason = needed(reason)
    decision = _check_time(ctx, problem, decision)
    days = settings.value(ctx.session, "grading_due_days")
    appeal = GradeAppeal(
        problem=problem,
        decision=decision,
        requester_id=ctx.actor.id if ctx.actor else None,
        reason=reason,
        due_at=utcnow() + timedelta(days=days),
    )
    ctx.session.add(appeal)
    ctx.record("grade_appeal:request", appeal, problem_id=problem.id, reason=reason)
    _write_to_office(ctx, appeal)
    return appeal


def withdraw(ctx: Context, appeal_id: int) -> GradeAppeal:
    """The owner takes the request back; it cannot be made a second time."""
    appeal = queries.get_appeal(ctx.session, ctx.actor, appeal_id, lock=True)
    ctx.require(may_request, appeal.problem)
    if appeal.state is GradeAppealState.WITHDRAWN:
        return appeal  # A second click.
    before = appeal.apply(GradeAppealAction.WITHDRAW)
    appeal.closed_at = utcnow()
    ctx.record("grade_appeal:withdraw", appeal, before=before, after=appeal.state)
    if appeal.panel is not None and appeal.panel.state in OPEN_STATES:
        stop(ctx, appeal.panel)
    return appeal


def take(ctx: Context, appeal_id: int) -> GradeAppeal:
    """An officer who did not sign takes the request on, or over from another."""
    appeal = queries.get_appeal(ctx.session, ctx.actor, appeal_id, lock=True)
    if ctx.actor is None:
        raise NotFound
    ctx.require(may_decide_appeal, appeal)
    if appeal.state is GradeAppealState.TAKEN and appeal.officer_id == ctx.actor.id:
        return appeal  # A second click.
    before = appeal.apply(GradeAppealAction.TAKE)
    appeal.officer_id = ctx.actor.id
    ctx.record("grade_appeal:take", appeal, before=before, after=appeal.state)
    return appeal


def _check_time(ctx: Context, problem: Problem, decision: GradeDecision | None) -> GradeDecision:
    """The signature to look at again, if it is there and not too long ago."""
    if decision is None or problem.state not in APPEAL_STATES:
        raise InvalidTransition(N_("There is no grade that could be looked at again now."))
    until = appeal_until(ctx.session, decision)
    if utcnow() > until and not ctx.trusted:
        raise DeadlinePassed(
            N_("The time to ask for a review of the grade ended on %(when)s."),
            when=when(ctx, until, ctx.locale),
        )
    return decision


def is_open(problem: Problem, until: datetime) -> bool:
    """Whether the owner may still ask, as far as time and stage go."""
    return problem.state in APPEAL_STATES and utcnow() <= until


def _write_to_office(ctx: Context, appeal: GradeAppeal) -> None:
    """Tell the officers who may answer."""
    problem = appeal.problem
    for officer in other_officers(ctx.session, appeal):
        ctx.send_mail(
            "grade_appeal.requested",
            officer,
            about=problem,
            title=problem.title(language_of(officer.locale)),
            note=appeal.reason,
            until=when(ctx, appeal.due_at, officer.locale),
            url=f"{ctx.settings.base_url}/office/grading/{problem.id}",
        )
