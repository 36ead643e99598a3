"""The files of an application: checked and cleaned like any other, kept with the version they belong to."""

from __future__ import annotations

from typing import BinaryIO

from matchmaker.adapters.files import make_files
from matchmaker.adapters.scanner import Scan
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, Unavailable
from matchmaker.i18n import N_, Message
from matchmaker.models import Application, ApplicationFile
from matchmaker.policies.application import may_edit_application
from matchmaker.queries import application as queries
from matchmaker.services.application_check import check_open, rules_for
from matchmaker.services.attachment import MAX_NOTE, VERDICTS, too_large
from matchmaker.services.context import Context
from matchmaker.services.file_cleaning import Prepared
from matchmaker.services.file_kinds import refused
from matchmaker.settings import Settings
from matchmaker.workflows.application import APPLICATION_WORKFLOW, REVISABLE_STATES
from matchmaker.workflows.attachment import AttachmentAction, AttachmentState


def find_writable(ctx: Context, application_id: int) -> Application:
    """The application, locked, if the actor may change its files as it stands."""
    application = queries.get_application(
        ctx.session, ctx.actor, application_id, lock=True, trusted=ctx.trusted
    )
    ctx.require(may_edit_application, application)
    if application.state not in REVISABLE_STATES:
        label = Message(APPLICATION_WORKFLOW.labels[application.state].public)
        text = N_("This application is in the state “%(state)s”: it cannot be changed any more.")
        raise InvalidTransition(text, state=label)
    check_open(ctx, application.problem)
    return application


def add(
    ctx: Context, application_id: int, prepared: Prepared, *, note: str = ""
) -> ApplicationFile:
    """Keep a checked file; the same content twice is one file."""
    application = find_writable(ctx, application_id)
    if len(note) > MAX_NOTE:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_NOTE})
        raise InvalidInput(fields={"note": [message]})
    if prepared.size > ctx.settings.attachment_bytes:
        raise too_large(ctx.settings, prepared.name)
    kept = queries.kept_files(ctx.session, application.id)
    stored = make_files(ctx.settings).put(prepared.file)
    twin = next((file for file in kept if file.sha256 == stored.key), None)
    if twin is not None:
        return twin  # A second click.
    most = rules_for(ctx, application).max_files
    if len(kept) >= most:
        text = N_("At most %(most)s files go with an application of this call. Remove one first.")
        raise refused(text, most=most)
    file = ApplicationFile(
        application=application,
        uploader_id=ctx.actor.id if ctx.actor else None,
        name=prepared.name,
        note=note,
        kind=prepared.kind.code,
        size=stored.size,
        sha256=stored.key,
        removed_parts=prepared.removed,
    )
    ctx.session.add(file)
    ctx.record("application:add_file", application, sha256=stored.key, size=stored.size)
    _begin_scan(ctx, file)
    return file


def _begin_scan(ctx: Context, file: ApplicationFile) -> None:
    if ctx.settings.scan_command.strip():
        ctx.enqueue("application.scan", file_id=file.id)
    else:
        file.apply(AttachmentAction.SKIP)


def take_verdict(ctx: Context, file_id: int, found: Scan) -> AttachmentState:
    """Note what the scanner said."""
    file = ctx.session.get_one(ApplicationFile, file_id, with_for_update=True)
    if file.state in (AttachmentState.RECEIVED, AttachmentState.FAILED):
        file.apply(VERDICTS[found.verdict])
        file.scan_note, file.scanned_at = found.note, utcnow()
    return file.state


def remove(ctx: Context, application_id: int, file_id: int) -> ApplicationFile:
    """Take a file out of what is being written; versions handed in before keep it."""
    application = find_writable(ctx, application_id)
    file = queries.file_of(ctx.session, ctx.actor, application.id, file_id, lock=True)
    if file.removed_at is None:
        file.removed_at = utcnow()
        ctx.record("application:remove_file", application, sha256=file.sha256)
    return file


def open_content(settings: Settings, file: ApplicationFile) -> BinaryIO:
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
