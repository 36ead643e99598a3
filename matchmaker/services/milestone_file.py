"""The files of a milestone: checked and cleaned like any other, kept with the version they belong to."""

from __future__ import annotations

from typing import BinaryIO

from matchmaker.adapters.files import make_files
from matchmaker.adapters.scanner import Scan
from matchmaker.clock import utcnow
from matchmaker.errors import Unavailable
from matchmaker.i18n import N_
from matchmaker.models import MilestoneFile
from matchmaker.queries import milestone as queries
from matchmaker.services.attachment import MAX_NOTE, VERDICTS, too_large
from matchmaker.services.context import Context
from matchmaker.services.file_cleaning import Prepared
from matchmaker.services.file_kinds import refused
from matchmaker.services.milestone_submission import find_writable
from matchmaker.services.reasons import limited
from matchmaker.settings import Settings
from matchmaker.workflows.attachment import AttachmentAction, AttachmentState

MAX_FILES = 20


def add(
    ctx: Context, engagement_id: int, milestone_id: int, prepared: Prepared, *, note: str = ""
) -> MilestoneFile:
    """Keep a checked file; the same content twice is one file."""
    milestone = find_writable(ctx, engagement_id, milestone_id)
    said = limited(note, "note", maximum=MAX_NOTE)
    if prepared.size > ctx.settings.attachment_bytes:
        raise too_large(ctx.settings, prepared.name)
    kept = queries.kept_files(ctx.session, milestone.id)
    stored = make_files(ctx.settings).put(prepared.file)
    twin = next((file for file in kept if file.sha256 == stored.key), None)
    if twin is not None:
        return twin  # A second click.
    if len(kept) >= MAX_FILES:
        raise refused(
            N_("At most %(most)s files go with a milestone. Remove one first."), most=MAX_FILES
        )
    file = MilestoneFile(
        milestone=milestone,
        uploader_id=ctx.actor.id if ctx.actor else None,
        name=prepared.name,
        note=said,
        kind=prepared.kind.code,
        size=stored.size,
        sha256=stored.key,
        removed_parts=prepared.removed,
    )
    ctx.session.add(file)
    ctx.record("milestone:add_file", milestone, sha256=stored.key, size=stored.size)
    _begin_scan(ctx, file)
    return file


def _begin_scan(ctx: Context, file: MilestoneFile) -> None:
    if ctx.settings.scan_command.strip():
        ctx.enqueue("milestone.scan", file_id=file.id)
    else:
        file.apply(AttachmentAction.SKIP)


def take_verdict(ctx: Context, file_id: int, found: Scan) -> AttachmentState:
    """Note what the scanner said."""
    file = ctx.session.get_one(MilestoneFile, file_id, with_for_update=True)
    if file.state in (AttachmentState.RECEIVED, AttachmentState.FAILED):
        file.apply(VERDICTS[found.verdict])
        file.scan_note, file.scanned_at = found.note, utcnow()
    return file.state


def remove(ctx: Context, engagement_id: int, milestone_id: int, file_id: int) -> MilestoneFile:
    """Take a file out of what is being written; versions handed in before keep it."""
    milestone = find_writable(ctx, engagement_id, milestone_id)
    file = queries.file_of(ctx.session, ctx.actor, milestone, file_id, lock=True)
    if file.removed_at is None:
        file.removed_at = utcnow()
        ctx.record("milestone:remove_file", milestone, sha256=file.sha256)
    return file


def open_content(settings: Settings, file: MilestoneFile) -> BinaryIO:
    """The content of a file that the actor may see, once it may be opened."""
    if not file.is_offered:
        raise Unavailable(N_("This file is held back until the virus scanner has passed it."))
    try:
        return make_files(settings).open(file.sha256)
    except FileNotFoundError as error:
        raise Unavailable(
            N_(
                "The content of this file cannot be found. The programme office has to look into it."
            )
        ) from error
