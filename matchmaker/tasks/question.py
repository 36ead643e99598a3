"""Remind owners of questions that wait for their answer."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import question as service
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("question.remind")
def remind(context: TaskContext) -> dict[str, Any]:
    """Write about every open question that is due soon or late, at most every other day."""
    with unit_of_work(context.sessions) as session:
        reminded = service.remind(Context(session, context.settings, trusted=True))
    return {"reminded": reminded}
