"""What work under way needs from time to time: engagements opened, silent owners asked."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import engagement, engagement_silence
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("engagement.follow")
def follow(context: TaskContext) -> dict[str, Any]:
    """Do what is due now."""
    with unit_of_work(context.sessions) as session:
        ctx = Context(session, context.settings, trusted=True)
        return {
            "opened": engagement.open_missing(ctx),
            "begun": engagement.begin_ready(ctx),
            "asked": engagement_silence.follow(ctx),
        }
