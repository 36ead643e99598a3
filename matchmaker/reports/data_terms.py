"""The log of a data room as a table: who opened which file when, under which terms."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from matchmaker.i18n import N_, translate
from matchmaker.models import AttachmentDownload
from matchmaker.reports.exposure import BOM
from matchmaker.tabular import protect

COLUMNS = (
    N_("When (UTC)"),
    N_("Name"),
    N_("Account"),
    N_("File"),
    N_("SHA-256 of the file"),
    N_("Version of the terms"),
    N_("Acceptance"),
)


def downloads_csv(rows: Sequence[AttachmentDownload], locale: str) -> str:
    """*rows* as a table for a spreadsheet; for owner and office without acceptance its cell is empty."""
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    writer.writerow([translate(column, locale) for column in COLUMNS])
    for row in rows:
        names = [protect(row.user.name), row.user_id, protect(row.attachment.name)]
        terms = [row.sha256, row.terms_number or "", row.acceptance_id or ""]
        writer.writerow([row.at.isoformat(timespec="seconds"), *names, *terms])
    return buffer.getvalue()
