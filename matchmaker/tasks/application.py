"""What may run later about applications: comparing them, scanning their files, reminding teams."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.models import ApplicationFile
from matchmaker.services import application_file, application_reminder, application_twin
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task
from matchmaker.tasks.attachment import scan_content


@task("application.compare")
def compare(context: TaskContext) -> dict[str, Any]:
    """Find near copies among what was handed in."""
    with unit_of_work(context.sessions) as session:
        ctx = Context(session, context.settings, trusted=True)
        return {"pairs": application_twin.compare_new(ctx)}


@task("application.remind")
def remind(context: TaskContext) -> dict[str, Any]:
    """Remind teams of drafts that are due."""
    with unit_of_work(context.sessions) as session:
        ctx = Context(session, context.settings, trusted=True)
        return {"reminded": application_reminder.remind(ctx)}


@task("application.scan")
def scan_file(context: TaskContext, *, file_id: int) -> dict[str, Any]:
    """Ask the scanner about one file; nobody opens it before it has passed."""
    with context.sessions() as session:
        sha256 = session.get_one(ApplicationFile, file_id).sha256
    return scan_content(context, sha256, application_file.take_verdict, file_id)
