"""Remind teams of what they have begun and not handed in: three days before the deadline, and one."""

from __future__ import annotations

from datetime import datetime, timedelta

from matchmaker.clock import utcnow
from matchmaker.models import Application
from matchmaker.queries import application as queries
from matchmaker.queries.call_rules import deadline, is_open, list_all_rules
from matchmaker.services.application_letters import write_to_team
from matchmaker.services.context import Context

STEPS = (timedelta(days=3), timedelta(days=1))


def remind(ctx: Context) -> int:
    """Write to the teams whose draft is due; how many drafts were meant."""
    now, told = utcnow(), 0
    rules = {row.call_id: row for row in list_all_rules(ctx.session)}
    for application in queries.unfinished_drafts(ctx.session):
        found = rules.get(application.call_id)
        if found is None or not is_open(found, application.problem, now):
            continue
        due = deadline(found, application.problem)
        if _is_time(application, due, now):
            application.reminded_at = now
            write_to_team(ctx, application, "application.due", when=due)
            told += 1
    return told


def _is_time(application: Application, due: datetime, now: datetime) -> bool:
    """Whether a step of the ladder has come that nobody was reminded at."""
    reached = [due - step for step in STEPS if due - step <= now]
    if not reached:
        return False
    last = application.reminded_at
    return last is None or last < max(reached)
