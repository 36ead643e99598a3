"""Remind reviewers of what is due."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import grade_review
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("grade_review.remind")
def remind(context: TaskContext) -> dict[str, Any]:
    """Write to reviewers whose points are due soon or late; each hears of either once."""
    with unit_of_work(context.sessions) as session:
        sent = grade_review.remind(Context(session, context.settings, trusted=True))
    return {"sent": sent}
