"""The file of a piece of evidence: checked and cleaned like any other, scanned, opened by few."""

from __future__ import annotations

from typing import BinaryIO

from matchmaker.adapters.files import make_files
from matchmaker.adapters.scanner import Scan
from matchmaker.clock import utcnow
from matchmaker.errors import NotFound, Unavailable
from matchmaker.i18n import N_
from matchmaker.models import Evidence, EvidenceAttachment, EvidenceKind
from matchmaker.services.attachment import VERDICTS, too_large
from matchmaker.services.context import Context
from matchmaker.services.file_cleaning import Prepared
from matchmaker.services.file_kinds import refused
from matchmaker.settings import Settings
from matchmaker.workflows.attachment import AttachmentAction, AttachmentState

#: What a certificate can be.
CERTIFICATE_FAMILIES = ("pdf", "image")


def check_kind(kind: EvidenceKind, prepared: Prepared) -> None:
    """Raise `InvalidInput` if the file cannot be what it is said to be."""
    if kind is EvidenceKind.CERTIFICATE and prepared.kind.family not in CERTIFICATE_FAMILIES:
        text = N_("%(name)s is no certificate: attach the PDF, or a photograph or scan of it.")
        raise refused(text, name=prepared.name)


def store(settings: Settings, prepared: Prepared) -> str:
    """Keep the content; where it is kept."""
    if prepared.size > settings.attachment_bytes:
        raise too_large(settings, prepared.name)
    return make_files(settings).put(prepared.file).key


def attach(ctx: Context, evidence: Evidence, prepared: Prepared, key: str) -> EvidenceAttachment:
    """Write down the file of *evidence*, and have it scanned if there is a scanner."""
    row = EvidenceAttachment(
        evidence=evidence,
        name=prepared.name,
        kind=prepared.kind.code,
        size=prepared.size,
        sha256=key,
        removed_parts=prepared.removed,
    )
    ctx.session.add(row)
    ctx.session.flush()
    if ctx.settings.scan_command.strip():
        ctx.enqueue("evidence.scan", attachment_id=row.id)
    else:
        row.apply(AttachmentAction.SKIP)
    return row


def take_verdict(ctx: Context, attachment_id: int, found: Scan) -> AttachmentState | None:
    """Note what the scanner said; None if the file was taken back meanwhile."""
    row = ctx.session.get(EvidenceAttachment, attachment_id, with_for_update=True)
    if row is None:
        return None
    if row.state in (AttachmentState.RECEIVED, AttachmentState.FAILED):
        row.apply(VERDICTS[found.verdict])
        row.scan_note, row.scanned_at = found.note, utcnow()
    return row.state


def open_content(settings: Settings, evidence: Evidence) -> tuple[EvidenceAttachment, BinaryIO]:
    """The file of a piece that the actor may see, once it may be opened."""
    row = evidence.attachment
    if row is None:
        raise NotFound
    if not row.is_offered:
        raise Unavailable(N_("This file is held back until the virus scanner has passed it."))
    try:
        return row, make_files(settings).open(row.sha256)
    except FileNotFoundError as error:
        raise Unavailable(
            N_(
                "The content of this file cannot be found. The programme office has to look into it."
            )
        ) from error
