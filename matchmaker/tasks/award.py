"""What follows when teams are asked whether they take an award: it lapses, the next moves up."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import award_answer
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("award.follow")
def follow(context: TaskContext) -> dict[str, Any]:
    """Do what is due now."""
    with unit_of_work(context.sessions) as session:
        return dict(award_answer.follow(Context(session, context.settings, trusted=True)))
