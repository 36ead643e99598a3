"""Scan the files of milestones."""

from __future__ import annotations

from typing import Any

from matchmaker.models import MilestoneFile
from matchmaker.services import milestone_file
from matchmaker.tasks import TaskContext, task
from matchmaker.tasks.attachment import scan_content


@task("milestone.scan")
def scan_milestone(context: TaskContext, *, file_id: int) -> dict[str, Any]:
    """Ask the scanner about one file; nobody opens it before it has passed."""
    with context.sessions() as session:
        sha256 = session.get_one(MilestoneFile, file_id).sha256
    return scan_content(context, sha256, milestone_file.take_verdict, file_id)
