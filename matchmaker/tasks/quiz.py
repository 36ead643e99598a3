"""What the checks need from time to time, or after a question turned out to be wrong."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import quiz
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("quiz.lapse")
def lapse(context: TaskContext) -> dict[str, Any]:
    """End the checks that were left open too long, so that their answers count."""
    with unit_of_work(context.sessions) as session:
        ctx = Context(session, context.settings, trusted=True)
        return {"checks": quiz.lapse_overdue(ctx)}


@task("quiz.recount")
def recount(context: TaskContext, item_id: int) -> dict[str, Any]:
    """Work out anew the levels that rested on a question that was wrong."""
    with unit_of_work(context.sessions) as session:
        return {"people": quiz.recount(session, item_id)}
