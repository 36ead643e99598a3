"""Count points from what is on record."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import point_entry as service
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("point_entry.collect")
def collect(context: TaskContext) -> dict[str, Any]:
    """Count new deeds, and let go of those that were undone."""
    with unit_of_work(context.sessions) as session:
        return dict(service.collect(Context(session, context.settings, trusted=True)))
