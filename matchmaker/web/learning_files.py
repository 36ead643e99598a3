"""Files of the learning catalogue: one brought in, and the whole catalogue taken along."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Response
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, MatchmakerError, NotFound
from matchmaker.i18n import N_, Message
from matchmaker.records import BadRecords, write_records
from matchmaker.records_learning import LearningResourceRecord
from matchmaker.services.importing import Change, Outcome
from matchmaker.texts import clean_line
from matchmaker.web.i18n import say
from matchmaker.web.uploads import uploaded

KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}
#: So many bad rows are named on the page; the rest is counted.
SHOWN = 50


@contextmanager
def received() -> Iterator[Path]:
    """The file of the request, where it can be read under a name of its own kind."""
    file = uploaded("file")
    if file is None:
        raise InvalidInput(fields={"file": [Message(N_("Choose a file."))]})
    kind = Path(file.filename or "").suffix.lower().removeprefix(".")
    if kind not in KINDS:
        text = N_("Choose a file that ends in .csv, .xlsx or .jsonl.")
        raise InvalidInput(fields={"file": [Message(text)]})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"catalogue.{kind}"
        file.save(path)
        yield path


def faults(error: MatchmakerError) -> list[str]:
    """What is wrong with a file, each bad row by itself."""
    if isinstance(error, BadRecords):
        told = [say(row.located) for row in error.errors[:SHOWN]]
        more = len(error.errors) - len(told)
        return [*told, _("Further faults: %(count)s", count=more)] if more else told
    if isinstance(error, InvalidInput) and error.fields:
        return [say(message) for messages in error.fields.values() for message in messages]
    # Where the file lies on this machine is nobody's business.
    name = clean_line(file.filename or "") if (file := uploaded("file")) else ""
    return [say(Message(error.message.text, {**error.message.params, "path": name or ""}))]


def told(outcome: Outcome) -> str:
    """What a file changed."""
    counts = outcome.counts
    text: str = _(
        "Imported. New: %(new)s, changed: %(changed)s, as before: %(same)s",
        new=counts[Change.CREATED],
        changed=counts[Change.UPDATED],
        same=counts[Change.UNCHANGED],
    )
    return text


def as_file(records: Sequence[LearningResourceRecord], kind: str) -> Response:
    """*records* as a file to keep."""
    if kind not in KINDS:
        raise NotFound
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"catalogue.{kind}"
        write_records(path, records, LearningResourceRecord)
        response = Response(path.read_bytes(), mimetype=KINDS[kind])
    name = f"learning-catalogue.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
