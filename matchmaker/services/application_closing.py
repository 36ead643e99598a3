"""What applications come to whose problem or call is no more: closed with the reason, and told.

Closing is nobody's withdrawal and no verdict: it counts neither against the team nor towards the
number of applications it may have, so that it can apply elsewhere at once. Work that began keeps
its own end and record (`services.engagement_stop`).
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import Application, Call, Cause, Problem
from matchmaker.queries.call_rules import rules_of
from matchmaker.services.application_letters import write_to_team
from matchmaker.services.call import lock_call
from matchmaker.services.context import Context
from matchmaker.services.engagement_stop import ended_applications, stop_all, stop_of_problem
from matchmaker.services.review_record import end_reviews
from matchmaker.workflows.application import WITHDRAWABLE_STATES, ApplicationAction

#: What the column holds; the audit trail has the reason in full.
MAX_KEPT = 1_000
SECOND = timedelta(seconds=1)


def end_of_problem(ctx: Context, problem: Problem, reason: str) -> None:
    """The owner has withdrawn *problem*: work on it ends, and nobody applies for it any more."""
    stop_of_problem(ctx, problem, reason)
    _close(ctx, Application.problem_id == problem.id, reason)


def stop_call(ctx: Context, call_id: int, cause: Cause | None, reason: str) -> tuple[int, int]:
    """The office stops a whole call: work ends, applications are closed, nobody can apply any more.

    Returns how much work was stopped and how many applications were closed; all of it or nothing.
    """
    call = lock_call(ctx, call_id)
    stopped = stop_all(ctx, call, cause, reason)
    closed = _close(ctx, Application.call_id == call.id, reason.strip())
    _shut(ctx, call)
    return stopped, closed


def count_open(ctx: Context, call: Call) -> int:
    """How many applications stopping the call would close."""
    found = _open_applications(Application.call_id == call.id).subquery()
    return ctx.session.scalar(sa.select(sa.func.count()).select_from(found)) or 0


def _open_applications(wanted: sa.ColumnElement[bool]) -> sa.Select[Application]:
    """Those in which the team still counts, but those whose work has ended already."""
    return sa.select(Application).where(
        wanted,
        Application.state.in_(WITHDRAWABLE_STATES),
        Application.id.not_in(ended_applications()),
    )


def _shut(ctx: Context, call: Call) -> None:
    """End the time for applications with the second before this one, unless it is over."""
    end = utcnow().replace(microsecond=0) - SECOND
    rules = rules_of(ctx.session, call.id)
    if rules is not None and rules.applications_close_at > end:
        rules.applications_open_at = min(rules.applications_open_at, end - SECOND)
        rules.applications_close_at = end
        ctx.record("call_rules:shut", rules, applications_close_at=end.isoformat())


def _close(ctx: Context, wanted: sa.ColumnElement[bool], reason: str) -> int:
    statement = _open_applications(wanted).order_by(Application.id)
    found = ctx.session.scalars(statement.with_for_update(of=Application)).all()
    for application in found:
        _end(ctx, application, reason)
    return len(found)


def _end(ctx: Context, application: Application, reason: str) -> None:
    before = application.apply(ApplicationAction.CLOSE)
    application.withdrawal_reason, application.withdrawn_at = reason[:MAX_KEPT], utcnow()
    ctx.record(
        "application:close", application, before=before, after=application.state, reason=reason
    )
    end_reviews(ctx, application)
    write_to_team(ctx, application, "application.closed", number=application.number, note=reason)
