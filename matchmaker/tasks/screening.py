"""What the screening of problems needs from time to time: reminders, and news of the other side."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import coaching_digest, screening_reminder
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("screening.remind")
def remind(context: TaskContext) -> dict[str, Any]:
    """Write to whoever has a screening in hand that is nearly due, or late."""
    with unit_of_work(context.sessions) as session:
        ctx = Context(session, context.settings, trusted=True)
        return {"letters": screening_reminder.send(ctx)}


@task("problem_comment.digest")
def digest(context: TaskContext) -> dict[str, Any]:
    """Tell owners and the office what the other side wrote since the last letter."""
    with unit_of_work(context.sessions) as session:
        ctx = Context(session, context.settings, trusted=True)
        return {"letters": coaching_digest.send(ctx)}
