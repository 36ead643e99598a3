"""Scan files for viruses, and sweep content that nobody needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matchmaker.adapters.files import make_files
from matchmaker.adapters.scanner import Scan, scan
from matchmaker.clock import utcnow
from matchmaker.db import unit_of_work
from matchmaker.models import Attachment
from matchmaker.services import attachment as service
from matchmaker.services.context import Context
from matchmaker.tasks import TaskContext, task
from matchmaker.workflows.attachment import AttachmentState


class ScannerFailed(RuntimeError):
    """The scanner gave no verdict: the job is tried again, and ends as failed on the office's desk."""


def scan_content(
    context: TaskContext,
    sha256: str,
    take_verdict: Callable[[Context, int, Scan], AttachmentState | None],
    row_id: int,
) -> dict[str, Any]:
    """Have content scanned and its row take the verdict; without a verdict `ScannerFailed`."""
    path = make_files(context.settings).path(sha256)
    found = scan(context.settings.scan_command, path)
    with unit_of_work(context.sessions) as session:
        ctx = Context(session, context.settings, trusted=True)
        state = take_verdict(ctx, row_id, found)
    if state is AttachmentState.FAILED:
        raise ScannerFailed(found.note)
    return {"state": state}


@task("attachment.scan")
def scan_attachment(context: TaskContext, *, attachment_id: int) -> dict[str, Any]:
    """Ask the scanner about one file; nobody opens it before it has passed."""
    with context.sessions() as session:
        sha256 = session.get_one(Attachment, attachment_id).sha256
    return scan_content(context, sha256, service.take_verdict, attachment_id)


@task("attachment.sweep")
def sweep(context: TaskContext) -> dict[str, Any]:
    """Remove the content of files that were removed, and of uploads that came to nothing."""
    with unit_of_work(context.sessions) as session:
        removed = service.sweep(session, make_files(context.settings), utcnow())
    return {"removed": removed}
