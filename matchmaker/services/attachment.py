"""Attach files to a problem and take them away; have them scanned; sweep what nobody needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.adapters.files import FolderFiles, make_files
from matchmaker.adapters.scanner import Scan, Verdict
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, NotFound, Unavailable
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    ApplicationFile,
    Attachment,
    AttachmentAccess,
    EvidenceAttachment,
    MilestoneFile,
    Problem,
)
from matchmaker.policies.attachment import may_manage_files, may_rescan
from matchmaker.policies.problem import visible_problems
from matchmaker.queries import attachment as queries
from matchmaker.services.context import Context
from matchmaker.services.file_cleaning import Prepared
from matchmaker.services.file_kinds import KINDS, refused
from matchmaker.settings import Settings
from matchmaker.workflows.attachment import AttachmentAction, AttachmentState
from matchmaker.workflows.problem import EDITABLE_STATES, PROBLEM_WORKFLOW, ProblemState

MAX_NOTE = 300
MAX_REASON = 500
MEGABYTE = 1024 * 1024
#: How long content that nobody needs stays: a backup that is being written may still need it.
GRACE = timedelta(days=1)
#: A description shorter than this leaves much to the files beside it.
SHORT_ZH, SHORT_EN = 200, 500
ENDED_STATES = (
    ProblemState.CLOSED,
    ProblemState.DECLINED,
    ProblemState.WITHDRAWN,
    ProblemState.ARCHIVED,
)
VERDICTS = {
    Verdict.CLEAN: AttachmentAction.PASS,
    Verdict.INFECTED: AttachmentAction.REJECT,
    Verdict.FAILED: AttachmentAction.FAIL,
}


def find_problem(ctx: Context, problem_id: int) -> Problem:
    """The problem, locked, if the actor may know of it."""
    known = sa.true() if ctx.trusted else visible_problems(ctx.actor)
    problem = ctx.session.scalar(
        sa.select(Problem).where(Problem.id == problem_id, known).with_for_update()
    )
    if problem is None:
        raise NotFound
    return problem


def check_may_add(ctx: Context, problem: Problem) -> None:
    """Raise unless the actor may attach something to *problem* as it stands."""
    ctx.require(may_manage_files, problem)
    if problem.state in ENDED_STATES:
        raise InvalidTransition(
            N_("This problem is in the state “%(state)s”: no file can be attached any more."),
            state=Message(PROBLEM_WORKFLOW.labels[problem.state].public),
        )


def add(
    ctx: Context,
    problem_id: int,
    prepared: Prepared,
    *,
    access: AttachmentAccess,
    note: str = "",
) -> Attachment:
    """Keep a checked file; the same content twice in one place is one file."""
    problem = find_problem(ctx, problem_id)
    check_may_add(ctx, problem)
    _check_access(ctx, problem, access)
    if len(note) > MAX_NOTE:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_NOTE})
        raise InvalidInput(fields={"note": [message]})
    kept = queries.kept_files(ctx.session, problem.id)
    stored = make_files(ctx.settings).put(prepared.file)
    for twin in kept:
        if (twin.sha256, twin.access) == (stored.key, access):
            return twin  # A second click.
    _check_limits(ctx.settings, prepared, kept)
    attachment = Attachment(
        problem=problem,
        uploader_id=ctx.actor.id if ctx.actor else None,
        access=access,
        name=prepared.name,
        note=note,
        kind=prepared.kind.code,
        size=stored.size,
        sha256=stored.key,
        has_text=prepared.has_text,
        removed_parts=prepared.removed,
    )
    ctx.session.add(attachment)
    facts = {"sha256": stored.key, "size": stored.size, "access": access.value}
    ctx.record("attachment:add", attachment, problem_id=problem.id, **facts)
    _begin_scan(ctx, attachment)
    return attachment


def _check_access(ctx: Context, problem: Problem, access: AttachmentAccess) -> None:
    """What everybody reads goes through screening with the text; the data room may grow later."""
    if ctx.trusted or may_rescan.allows(ctx.actor, problem):
        return  # The office is the screening.
    if access is AttachmentAccess.PUBLIC and problem.state not in (
        *EDITABLE_STATES,
        ProblemState.SUBMITTED,
        ProblemState.SCREENING,
        ProblemState.GRADED,
    ):
        text = N_(
            "The problem is published: a file for everybody would go past the screening. "
            "Put it into the data room, or ask the programme office."
        )
        raise InvalidInput(fields={"access": [Message(text)]})


def _check_limits(settings: Settings, prepared: Prepared, kept: Sequence[Attachment]) -> None:
    if prepared.size > settings.attachment_bytes:
        raise too_large(settings, prepared.name)
    if len(kept) >= settings.attachment_count:
        text = N_(
            "This problem has %(count)s files already, which is the most it may have. "
            "Remove one first, or put several into one ZIP."
        )
        raise refused(text, count=len(kept))
    total = prepared.size + sum(item.size for item in kept)
    if total > settings.attachment_total_bytes:
        text = N_(
            "With %(name)s the files of this problem would take %(total)s MB; %(max)s MB is the "
            "most. Remove one first, or attach a sample of the data."
        )
        limit = settings.attachment_total_bytes
        megabytes = -(-total // MEGABYTE)
        raise refused(text, name=prepared.name, total=megabytes, max=limit // MEGABYTE)


def too_large(settings: Settings, name: str = "") -> InvalidInput:
    """A file larger than what is taken, with what to do instead."""
    text = N_(
        "%(name)s is larger than %(max)s MB, the most that is taken, and was not kept. Attach a "
        "sample of the data, or split it; how teams get the whole goes into the terms."
    )
    named = name or Message(N_("The file"))
    return refused(text, name=named, max=settings.attachment_bytes // MEGABYTE)


def _begin_scan(ctx: Context, attachment: Attachment) -> None:
    """Have the file scanned; without a scanner it is offered, and the office reads that it was not."""
    if ctx.settings.scan_command.strip():
        ctx.enqueue("attachment.scan", attachment_id=attachment.id)
    else:
        attachment.apply(AttachmentAction.SKIP)


def rescan(ctx: Context, problem_id: int, attachment_id: int) -> Attachment:
    """The office has a file scanned again; until it has passed nobody opens it."""
    attachment = queries.get_attachment(
        ctx.session, ctx.actor, problem_id, attachment_id, lock=True
    )
    ctx.require(may_rescan, attachment.problem)
    if not ctx.settings.scan_command.strip():
        raise Unavailable(
            N_("No virus scanner is configured: set MATCHMAKER_SCAN_COMMAND, then try again.")
        )
    before = attachment.apply(AttachmentAction.RESCAN)
    ctx.record("attachment:rescan", attachment, before=before, after=attachment.state)
    ctx.enqueue("attachment.scan", attachment_id=attachment.id)
    return attachment


def take_verdict(ctx: Context, attachment_id: int, found: Scan) -> AttachmentState:
    """Note what the scanner said; a file removed meanwhile, or judged already, stays as it is."""
    attachment = ctx.session.get_one(Attachment, attachment_id, with_for_update=True)
    if attachment.state not in (AttachmentState.RECEIVED, AttachmentState.FAILED):
        return attachment.state
    before = attachment.apply(VERDICTS[found.verdict])
    attachment.scan_note, attachment.scanned_at = found.note, utcnow()
    ctx.record("attachment:scan", attachment, before=before, after=attachment.state)
    return attachment.state


def remove(ctx: Context, problem_id: int, attachment_id: int, *, reason: str = "") -> Attachment:
    """Take a file away; who has opened it stays on record, and its content goes with the next sweep."""
    attachment = queries.get_attachment(
        ctx.session, ctx.actor, problem_id, attachment_id, lock=True
    )
    ctx.require(may_manage_files, attachment.problem)
    if len(reason) > MAX_REASON:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_REASON})
        raise InvalidInput(fields={"reason": [message]})
    if attachment.problem.state not in EDITABLE_STATES and not reason.strip():
        message = Message(N_("Say why: the reason is kept on record."))
        raise InvalidInput(fields={"reason": [message]})
    before = attachment.apply(AttachmentAction.REMOVE)
    attachment.removed_at = utcnow()
    ctx.record("attachment:remove", attachment, before=before, reason=reason.strip())
    return attachment


def open_content(settings: Settings, attachment: Attachment) -> BinaryIO:
    """The content of a file that the actor may open."""
    try:
        return make_files(settings).open(attachment.sha256)
    except FileNotFoundError as error:
        raise Unavailable(
            N_(
                "The content of this file cannot be found. The programme office has to look into it."
            )
        ) from error


def media_type(
    attachment: Attachment | ApplicationFile | EvidenceAttachment | MilestoneFile,
) -> str:
    """What a browser is told the file is: never anything it would run."""
    kind = KINDS.get(attachment.kind)
    return kind.media_type if kind else "application/octet-stream"


def hides_words(problem: Problem, files: Sequence[Attachment]) -> list[Attachment]:
    """The files that may hold words no program can read, where the written text is short."""
    if len(problem.text_zh) >= SHORT_ZH or len(problem.text_en) >= SHORT_EN:
        return []
    return [item for item in files if item.has_text is False]


def sweep(session: Session, files: FolderFiles, now: datetime) -> int:
    """Remove content that no file needs any more; how much was removed."""
    needed = queries.keys_in_use(session)
    old = [key for key, kept_at in files.kept() if key not in needed and now - kept_at > GRACE]
    for key in old:
        files.remove(key)
    files.drop_unfinished(now - GRACE)
    return len(old)
