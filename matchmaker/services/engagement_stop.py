"""Ending an engagement early, without losing its record, and taking such an end back.

What was done stays readable for everybody who took part. The place goes to nobody else once the
work has begun, unless the office says so; before that it is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import (
    CAUSE_LABELS,
    SIDE_OF,
    Application,
    Call,
    Cause,
    Engagement,
    Problem,
    StopRequest,
    User,
    WithdrawalCause,
)
from matchmaker.policies.engagement import (
    may_ask_stop,
    may_decide_engagement,
    may_stop_call,
    office_engagements,
    side_of,
)
from matchmaker.queries import decision as seats
from matchmaker.queries import engagement as queries
from matchmaker.services import award_payment, certificate
from matchmaker.services import milestone as milestones
from matchmaker.services.call import lock_call
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import people_of, write
from matchmaker.services.engagement_problem import follow_problem
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.engagement import (
    ENDED_STATES,
    LIVE_STATES,
    RESUME_ACTIONS,
    EngagementAction,
    EngagementState,
)
from matchmaker.workflows.problem import ProblemState
from matchmaker.workflows.stage_decision import StageDecisionAction, StageDecisionState
from matchmaker.workflows.stop_request import StopRequestAction, StopRequestState

#: What a team says when it withdraws, as a cause.
WITHDRAWN_FOR = {
    WithdrawalCause.NO_TIME: Cause.CAPACITY,
    WithdrawalCause.OTHER_PROBLEM: Cause.CAPACITY,
    WithdrawalCause.PEOPLE: Cause.LEFT,
    WithdrawalCause.DISSOLVED: Cause.DISSOLVED,
}


def stop(
    ctx: Context,
    engagement_id: int,
    *,
    cause: Cause | None,
    reason: str,
    free_place: bool = False,
    version: int,
) -> Engagement:
    """The office stops the work; both sides read why."""
    row = _find(ctx, engagement_id)
    ctx.require(may_decide_engagement, row)
    kept = _checked(cause, reason)
    if row.state is EngagementState.STOPPED and row.stop_reason == kept:
        return row  # A second click.
    if row.version != version:
        raise StaleVersion
    end_early(ctx, row, cause or Cause.RULES, kept, free_place=free_place)
    return row


def _find(ctx: Context, engagement_id: int) -> Engagement:
    return queries.get_engagement(
        ctx.session, ctx.actor, engagement_id, lock=True, trusted=ctx.trusted
    )


def _checked(cause: Cause | None, reason: str) -> str:
    if cause is None:
        raise InvalidInput(fields={"cause": [Message(N_("Choose what the cause is."))]})
    return needed(reason)


def end_early(
    ctx: Context,
    row: Engagement,
    cause: Cause,
    reason: str,
    *,
    free_place: bool = False,
    tell: bool = True,
) -> None:
    """Stop *row* for a decision that was taken and checked elsewhere."""
    before = row.apply(EngagementAction.STOP)
    row.ended_at, row.ended_from = utcnow(), before
    row.stop_cause, row.stop_side, row.stop_reason = cause, SIDE_OF[cause], reason
    row.is_place_free = free_place or before is EngagementState.KICKOFF
    _close_what_is_open(ctx, row)
    milestones.cancel_open(ctx, row)
    ctx.record(
        "engagement:stop",
        row,
        before=before,
        after=row.state,
        cause=cause,
        side=row.stop_side,
        reason=reason,
        place_free=row.is_place_free,
    )
    award_payment.engagement_ended(ctx, row)
    follow_problem(ctx, row.problem)
    if tell:
        write(ctx, row, "engagement.stopped", cause=Message(CAUSE_LABELS[cause]), note=reason)


def _close_what_is_open(ctx: Context, row: Engagement) -> None:
    """Proposals and requests that wait for a signature or an answer end with the work."""
    for decision in row.decisions:
        if decision.state is StageDecisionState.PROPOSED:
            decision.apply(StageDecisionAction.DROP)
            decision.dropped_at, decision.drop_reason = utcnow(), N_("The work was stopped.")
    for request in row.requests:
        if request.state is StopRequestState.ASKED:
            _answer(ctx, request, StopRequestAction.GRANT, "")


# A side asks


def ask(ctx: Context, engagement_id: int, *, cause: Cause | None, reason: str) -> StopRequest:
    """A lead of the team or the owner asks the office to stop the work."""
    row = _find(ctx, engagement_id)
    ctx.require(may_ask_stop, row)
    kept = _checked(cause, reason)
    if not row.is_live:
        raise InvalidTransition(N_("This work has ended: its record stays as it is."))
    waiting = open_request(row)
    if waiting is not None:
        if waiting.user_id == (ctx.actor.id if ctx.actor else None) and waiting.reason == kept:
            return waiting  # A second click.
        raise Conflict(N_("Somebody has asked to stop already: the office decides."))
    request = StopRequest(
        engagement=row,
        side=side_of(ctx.actor, row) or "team",
        user_id=ctx.actor.id if ctx.actor else None,
        cause=cause,
        reason=kept,
    )
    ctx.session.add(request)
    ctx.record("stop_request:ask", request, engagement=row.id, cause=cause, reason=kept)
    write(ctx, row, "engagement.stop_asked", ("team", "owner", "office"), note=kept)
    return request


def open_request(row: Engagement) -> StopRequest | None:
    """The request that waits for the office's answer."""
    asked = (one for one in row.requests if one.state is StopRequestState.ASKED)
    return next(asked, None)


def take_back(ctx: Context, engagement_id: int) -> Engagement:
    """Whoever asked, or somebody on the same side, no longer wants to stop."""
    row = _find(ctx, engagement_id)
    ctx.require(may_ask_stop, row)
    request = open_request(row)
    if request is None:
        return row  # A second click, or the office was faster.
    if request.side != side_of(ctx.actor, row):
        raise Conflict(N_("Only the side that asked takes the request back."))
    _answer(ctx, request, StopRequestAction.WITHDRAW, "")
    write(ctx, row, "engagement.goes_on", ("team", "owner"), note="")
    return row


def answer(
    ctx: Context,
    engagement_id: int,
    *,
    grant: bool,
    note: str = "",
    free_place: bool = False,
    version: int,
) -> Engagement:
    """The office stops as asked, or says why the work goes on."""
    row = _find(ctx, engagement_id)
    ctx.require(may_decide_engagement, row)
    request = open_request(row)
    if request is None:
        return row  # A second click, or the side was faster.
    if request.version != version:
        raise StaleVersion
    said = limited(note) if grant else needed(note)
    _answer(ctx, request, StopRequestAction.GRANT if grant else StopRequestAction.REFUSE, said)
    if grant:
        end_early(ctx, row, request.cause, request.reason, free_place=free_place)
    else:
        write(ctx, row, "engagement.goes_on", ("team", "owner"), note=said)
    return row


def _answer(ctx: Context, request: StopRequest, action: StopRequestAction, note: str) -> None:
    request.apply(action)
    request.decided_at, request.answer = utcnow(), note
    request.decider_id = ctx.actor.id if ctx.actor else None
    ctx.record(f"stop_request:{action}", request, engagement=request.engagement_id, reason=note)


# Taking an end back


def resume(ctx: Context, engagement_id: int, *, reason: str, version: int) -> Engagement:
    """The office takes an end back: the work goes on where it was.

    Raises
    ------
    Conflict
        If team, problem or place are no longer there.
    """
    row = _find(ctx, engagement_id)
    ctx.require(may_decide_engagement, row)
    kept = needed(reason)
    if row.is_live:
        return row  # A second click.
    if row.version != version:
        raise StaleVersion
    _check_possible(ctx, row)
    was = EngagementState(row.ended_from or EngagementState.KICKOFF)
    before = row.apply(RESUME_ACTIONS[was])
    row.ended_at = row.ended_from = row.stop_cause = row.stop_side = None
    row.stop_reason, row.is_place_free = "", False
    if row.stage:
        row.planned(row.stage).ended_at = None
    milestones.restore(ctx, row)
    ctx.record("engagement:resume", row, before=before, after=row.state, reason=kept)
    award_payment.engagement_resumed(ctx, row)
    if before is EngagementState.COMPLETED:
        certificate.revoke_completion(ctx, row, kept)
    write(ctx, row, "engagement.resumed", note=kept)
    return row


def _check_possible(ctx: Context, row: Engagement) -> None:
    if row.application.state is not ApplicationState.CONFIRMED or row.team.archived_at is not None:
        raise Conflict(N_("The team has given its place up or is no more."))
    problem = row.problem
    if problem.state not in (
        ProblemState.PUBLISHED,
        ProblemState.SOLVING,
        ProblemState.EVALUATING,
    ):
        raise Conflict(N_("The problem is closed or withdrawn: nobody can work on it any more."))
    taken = seats.count_seated(ctx.session, problem.id)
    if row.is_place_free and taken >= problem.teams_wanted:
        raise Conflict(N_("The place has gone to another team."))


# What ends elsewhere


def stop_withdrawn(ctx: Context, application: Application) -> None:
    """The team has withdrawn the application, or broken up: its work ends with it."""
    row = queries.engagement_of(ctx.session, application)
    if row is not None and row.is_live:
        said = application.withdrawal_cause or WithdrawalCause.OTHER
        cause = WITHDRAWN_FOR.get(said, Cause.WITHDREW)
        reason = application.withdrawal_reason or CAUSE_LABELS[cause]
        end_early(ctx, row, cause, reason)


def has_ended(ctx: Context, application: Application) -> bool:
    """Whether the work that *application* led to is over: then nothing is left to withdraw from."""
    row = queries.engagement_of(ctx.session, application)
    return row is not None and not row.is_live


def ended_applications() -> sa.Select[int]:
    """The ids of applications whose work is over."""
    return sa.select(Engagement.application_id).where(Engagement.state.in_(ENDED_STATES))


def stop_of_problem(ctx: Context, problem: Problem, reason: str) -> int:
    """The owner has withdrawn *problem*: the work on it ends; how many teams' work."""
    rows = _live(ctx, Engagement.problem_id == problem.id)
    for row in rows:
        end_early(ctx, row, Cause.PROBLEM_WITHDRAWN, reason)
    return len(rows)


def _live(ctx: Context, *wanted: sa.ColumnElement[bool]) -> Sequence[Engagement]:
    statement = (
        sa.select(Engagement)
        .where(Engagement.state.in_(LIVE_STATES), *wanted)
        .options(*queries.whole())
        .order_by(Engagement.id)
        .with_for_update(of=Engagement)
    )
    return ctx.session.scalars(statement.execution_options(populate_existing=True)).all()


def work_of(ctx: Context, call: Call) -> Sequence[Engagement]:
    """What goes on in *call*, as far as the actor sees it as the office: what stopping would end."""
    seen = sa.true() if ctx.trusted else office_engagements(ctx.actor)
    statement = (
        sa.select(Engagement)
        .where(Engagement.call_id == call.id, Engagement.state.in_(LIVE_STATES), seen)
        .options(*queries.whole())
        .order_by(Engagement.id)
    )
    return ctx.session.scalars(statement).all()


def stop_all(ctx: Context, call: Call, cause: Cause | None, reason: str) -> int:
    """Stop everything that goes on in *call*, all or nothing; everybody is told once. How many."""
    ctx.require(may_stop_call, call)
    kept = _checked(cause, reason)
    lock_call(ctx, call.id)
    rows = _live(ctx, Engagement.call_id == call.id)
    for row in rows:
        if not ctx.trusted:
            ctx.require(may_decide_engagement, row)
    for row in rows:
        end_early(ctx, row, cause or Cause.CALL_CANCELLED, kept, tell=False)
    if rows:
        ctx.record("engagement:stop_call", call, cause=cause, reason=kept, engagements=len(rows))
        _tell_once(ctx, call, rows, kept)
    return len(rows)


def _tell_once(ctx: Context, call: Call, rows: Iterable[Engagement], reason: str) -> None:
    """One letter to each person, naming all of theirs that has ended."""
    people: dict[int, User] = {}
    theirs: dict[int, list[Engagement]] = {}
    for row in rows:
        for user in people_of(ctx, row):
            people[user.id] = user
            theirs.setdefault(user.id, []).append(row)
    for key, user in people.items():
        language = language_of(user.locale)
        lines = (f"– {row.problem.title(language)} ({row.number})" for row in theirs[key])
        ctx.send_mail(
            "engagement.call_stopped",
            user,
            about=call,
            call=call.name(language),
            works="\n".join(lines),
            note=reason,
            url=f"{ctx.settings.base_url}/engagements",
        )
