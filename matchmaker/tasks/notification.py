"""The daily digest of what people asked to hear of together."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import notification_digest
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task


@task("notification.digest")
def digest(context: TaskContext) -> dict[str, Any]:
    """Write the digests that are due now."""
    with unit_of_work(context.sessions) as session:
        ctx = Context(session, context.settings, trusted=True)
        return {"letters": notification_digest.send(ctx)}
