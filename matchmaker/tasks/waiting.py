"""What is done about what waits: end what has lapsed, remind of the rest."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import waiting, waiting_lapse
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("waiting.remind")
def remind(context: TaskContext) -> dict[str, Any]:
    """Lapse first, so that nobody is reminded of what has just ended."""
    with unit_of_work(context.sessions) as session:
        lapsed = waiting_lapse.lapse(Context(session, context.settings, trusted=True))
    with unit_of_work(context.sessions) as session:
        return lapsed | waiting.remind(Context(session, context.settings, trusted=True))
