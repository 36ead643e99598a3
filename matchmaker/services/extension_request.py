"""More time for a milestone: the team or the owner asks, the office grants or refuses."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition
from matchmaker.i18n import N_, Message
from matchmaker.models import SIDE_OF, Cause, ExtensionRequest, Milestone
from matchmaker.policies.engagement import side_of
from matchmaker.policies.milestone import (
    may_ask_extension,
    may_decide_extension,
    may_withdraw_extension,
)
from matchmaker.queries import extension_request as requests
from matchmaker.queries import milestone as queries
from matchmaker.services import engagement_plan
from matchmaker.services.context import Context
from matchmaker.services.milestone import check_live, check_version, find, move
from matchmaker.services.milestone_letters import tell
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.extension_request import ExtensionRequestAction, ExtensionRequestState
from matchmaker.workflows.milestone import MilestoneState

MAX_AHEAD = timedelta(days=366)
NOT_LATER = N_("Choose a day and a time after the present one, at most a year ahead.")


def due_of(row: Milestone) -> datetime:
    """What an extension moves: the time for changes if there is one, or that of the milestone."""
    return row.changes_due_at or row.due_at


def ask(
    ctx: Context,
    engagement_id: int,
    milestone_id: int,
    *,
    until: datetime | None,
    cause: Cause | None,
    reason: str,
) -> ExtensionRequest:
    """Ask until when, and say why; one request at a time waits for the office."""
    row = find(ctx, engagement_id, milestone_id)
    ctx.require(may_ask_extension, row)
    until, cause, kept = _checked(row, until, cause, reason)
    check_live(row.engagement)
    if row.state not in (MilestoneState.PLANNED, MilestoneState.CHANGES_REQUESTED):
        raise InvalidTransition(
            N_("More time can be asked for while something is still to be handed in.")
        )
    waiting = open_of(ctx, row)
    if waiting is not None:
        return _twin(ctx, waiting, until, kept)
    request = ExtensionRequest(
        milestone=row,
        side=side_of(ctx.actor, row.engagement) or "team",
        user_id=ctx.actor.id if ctx.actor else None,
        due_before=due_of(row),
        asked_until=until,
        cause=cause,
        cause_side=SIDE_OF[cause],
        reason=kept,
    )
    ctx.session.add(request)
    ctx.record("extension_request:ask", request, until=until.isoformat(), cause=cause, reason=kept)
    tell(ctx, row, "milestone.extension_asked", ("team", "owner", "office"), until=until, note=kept)
    return request


def _checked(
    row: Milestone, until: datetime | None, cause: Cause | None, reason: str
) -> tuple[datetime, Cause, str]:
    faults: dict[str, list[Message]] = {}
    if cause is None:
        faults["cause"] = [Message(N_("Choose what the cause is."))]
    try:
        kept = needed(reason)
    except InvalidInput as error:
        kept = ""
        faults.update(error.fields)
    if until is None or not _is_later(row, until):
        faults["until"] = [Message(NOT_LATER)]
    if faults or until is None or cause is None:
        raise InvalidInput(fields=faults)
    return until, cause, kept


def _is_later(row: Milestone, until: datetime) -> bool:
    now = utcnow()
    return max(now, due_of(row)) < until < max(now, due_of(row)) + MAX_AHEAD


def open_of(ctx: Context, row: Milestone) -> ExtensionRequest | None:
    """The request that waits for the office's answer."""
    statement = sa.select(ExtensionRequest).where(
        ExtensionRequest.milestone_id == row.id,
        ExtensionRequest.state == ExtensionRequestState.ASKED,
    )
    return ctx.session.scalar(statement)


def _twin(
    ctx: Context, waiting: ExtensionRequest, until: datetime, reason: str
) -> ExtensionRequest:
    is_own = waiting.user_id == (ctx.actor.id if ctx.actor else None)
    if is_own and (waiting.asked_until, waiting.reason) == (until, reason):
        return waiting  # A second click.
    raise Conflict(N_("More time was asked for already: the office answers that first."))


def answer(
    ctx: Context,
    engagement_id: int,
    request_id: int,
    *,
    grant: bool,
    until: datetime | None = None,
    moves_rest: bool = False,
    note: str = "",
    version: int,
) -> ExtensionRequest:
    """The office gives the time asked for, or another, or says why not.

    With *moves_rest* everything that comes after it moves by the same days: the other milestones,
    the stages and the end of the work.
    """
    request = requests.get_extension(
        ctx.session, ctx.actor, engagement_id, request_id, trusted=ctx.trusted
    )
    ctx.require(may_decide_extension, request)
    kept = limited(note, "note") if grant else needed(note, "note")
    wanted = ExtensionRequestState.GRANTED if grant else ExtensionRequestState.REFUSED
    if request.state is wanted:
        return request  # A second click.
    check_version(request, version)
    row = find(ctx, engagement_id, request.milestone_id)
    check_live(row.engagement)
    until = until or request.asked_until
    if grant and not _is_later(row, until):
        raise InvalidInput(fields={"until": [Message(NOT_LATER)]})
    request.apply(ExtensionRequestAction.GRANT if grant else ExtensionRequestAction.REFUSE)
    _close(ctx, request, kept)
    if grant:
        _grant(ctx, request, row, until, moves_rest=moves_rest)
    ctx.record(
        "extension_request:answer",
        request,
        granted=grant,
        until=request.granted_until.isoformat() if request.granted_until else None,
        moves_rest=request.moves_rest,
        cause=request.cause,
        side=request.cause_side,
        reason=kept,
    )
    kind = "milestone.extension_granted" if grant else "milestone.extension_refused"
    tell(ctx, row, kind, due=due_of(row), note=kept)
    return request


def _close(ctx: Context, request: ExtensionRequest, note: str) -> None:
    request.decided_at, request.answer = utcnow(), note
    request.decider_id = ctx.actor.id if ctx.actor else None


def _grant(
    ctx: Context, request: ExtensionRequest, row: Milestone, until: datetime, *, moves_rest: bool
) -> None:
    before = due_of(row)
    request.granted_until, request.moves_rest = until, moves_rest
    if row.changes_due_at is not None:
        row.changes_due_at = until
    else:
        row.due_at = until
    if moves_rest:
        _move_rest(ctx, row, engagement_plan.days_late(before, until), before)
    _reach(row, until)


def _move_rest(ctx: Context, row: Milestone, days: int, before: datetime) -> None:
    """Move what comes after *row*, and the calendar of the work, by whole days."""
    states = (MilestoneState.PLANNED, MilestoneState.CHANGES_REQUESTED)
    for other in queries.locked(ctx.session, row.engagement_id, states):
        if other is not row and due_of(other) >= before:
            move(other, timedelta(days=days))
    engagement_plan.shift(row.engagement, days)


def _reach(row: Milestone, until: datetime) -> None:
    """No stage ends before what it waits for is due."""
    engagement = row.engagement
    stage = engagement.planned(row.stage)
    if stage.ended_at is None:
        stage.due_at = max(stage.due_at, until)
    engagement.due_at = max(engagement.due_at, until)


def withdraw(ctx: Context, engagement_id: int, request_id: int) -> ExtensionRequest:
    """The side that asked no longer needs it."""
    request = requests.get_extension(
        ctx.session, ctx.actor, engagement_id, request_id, trusted=ctx.trusted
    )
    ctx.require(may_withdraw_extension, request)
    if request.state is ExtensionRequestState.WITHDRAWN:
        return request  # A second click.
    request.apply(ExtensionRequestAction.WITHDRAW)
    _close(ctx, request, "")
    ctx.record("extension_request:withdraw", request)
    return request


def end_open(ctx: Context, row: Milestone) -> None:
    """What was decided needs no more time: a request that waits ends with it."""
    waiting = open_of(ctx, row)
    if waiting is not None:
        waiting.apply(ExtensionRequestAction.WITHDRAW)
        waiting.decided_at = utcnow()
