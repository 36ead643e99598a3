"""What became of work is asked about when its time has come."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import outcome
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("outcome.follow")
def follow(context: TaskContext) -> dict[str, Any]:
    """Do what is due now."""
    with unit_of_work(context.sessions) as session:
        return outcome.follow(Context(session, context.settings, trusted=True))
