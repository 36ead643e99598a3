"""What follows announced decisions: offers end, the next in line moves up."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import decision_follow
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("decision.follow")
def follow(context: TaskContext) -> dict[str, Any]:
    """Do what is due now."""
    with unit_of_work(context.sessions) as session:
        return dict(decision_follow.follow(Context(session, context.settings, trusted=True)))
