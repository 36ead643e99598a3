"""What follows an announcement: offers end, the next in line moves up, whoever has not answered is reminded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from matchmaker.clock import utcnow
from matchmaker.models import Decision, Problem
from matchmaker.queries import decision as queries
from matchmaker.services.application_decision import take
from matchmaker.services.application_letters import write_to_team
from matchmaker.services.context import Context
from matchmaker.services.decision_announcement import NOT_ANSWERED, expiry
from matchmaker.workflows.application import ApplicationAction

A = ApplicationAction
#: How long before an offer ends its team is reminded, once.
REMIND_BEFORE = timedelta(days=2)


def follow(ctx: Context) -> dict[str, int]:
    """Do what is due; done twice it changes nothing more. How much of each."""
    return {"expired": expire(ctx), "moved_up": move_up(ctx), "reminded": remind(ctx)}


def expire(ctx: Context) -> int:
    """End the offers whose time is over."""
    lapsed = queries.lapsed_offers(ctx.session, utcnow())
    for decision in lapsed:
        take(ctx, decision.application, A.EXPIRE, NOT_ANSWERED)
        _write(ctx, decision, "decision.expired")
    ctx.session.flush()
    return len(lapsed)


def move_up(ctx: Context) -> int:
    """Offer places that have become free to the teams next in line."""
    return sum(_fill(ctx, problem) for problem in queries.problems_with_room(ctx.session))


def _fill(ctx: Context, problem: Problem) -> int:
    free = problem.teams_wanted - queries.count_seated(ctx.session, problem.id)
    busy, offered = queries.work_elsewhere(ctx.session, problem.call_id), 0
    for decision in queries.next_in_line(ctx.session, problem.id):
        if offered >= free:
            break
        if _has_room(ctx, decision, busy):
            _offer(ctx, decision)
            offered += 1
    return offered


def _has_room(ctx: Context, decision: Decision, busy: Mapping[int, int]) -> bool:
    """Whether the team can take another problem on, beside its work in this call and in others."""
    team = decision.application.team
    taken = queries.count_confirmed_of_team(ctx.session, decision.application.call_id, team.id)
    return team.archived_at is None and taken + busy.get(team.id, 0) < team.capacity


def _offer(ctx: Context, decision: Decision) -> None:
    decision.expires_at, decision.moved_up_at = expiry(ctx, decision.round), utcnow()
    decision.reminded_at = None
    take(ctx, decision.application, A.OFFER, "")
    _write(ctx, decision, "decision.moved_up", until=decision.expires_at)
    ctx.session.flush()


def remind(ctx: Context) -> int:
    """Write to the teams whose offer ends soon, once each."""
    now = utcnow()
    due = queries.offers_due(ctx.session, now, now + REMIND_BEFORE)
    for decision in due:
        decision.reminded_at = now
        _write(ctx, decision, "decision.due", until=decision.expires_at)
    return len(due)


def _write(ctx: Context, decision: Decision, kind: str, **params: Any) -> None:
    application = decision.application
    write_to_team(ctx, application, kind, number=application.number, **params)
