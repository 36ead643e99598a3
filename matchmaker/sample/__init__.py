"""The sample programme that ships: a bilingual call in every state, in the record files' own form.

It comes in through the same code as a file of a user, with its dates moved so that today is to
it what the day of writing was.
"""

from __future__ import annotations

import datetime as dt
import json
from importlib.resources import as_file, files
from typing import Any

from matchmaker.clock import utcnow
from matchmaker.record_values import Record
from matchmaker.records import ProblemRecord, read_lines
from matchmaker.records_programme import CallRecord
from matchmaker.services.context import Context
from matchmaker.services.importing import import_lines
from matchmaker.services.nouns import NOUNS

Lines = list[tuple[int, Record]]


def load(ctx: Context) -> None:
    """Bring the sample programme into the caller's transaction."""
    delay = utcnow().date() - _day_of_writing()
    calls: dict[str, CallRecord] = {}
    for noun in NOUNS:
        lines = [(line, _moved(record, delay)) for line, record in read(noun)]
        calls |= {record.id: record for _, record in lines if isinstance(record, CallRecord)}
        if noun == "problems":
            lines = _dated(lines, calls)
        import_lines(ctx, f"{noun}.jsonl", lines, NOUNS[noun].take)


def read(noun: str) -> Lines:
    """The sample's records of *noun* as written, with their line numbers."""
    with as_file(files(__package__) / "data" / f"{noun}.jsonl") as path:
        return read_lines(path, NOUNS[noun].record)


def _day_of_writing() -> dt.date:
    meta: dict[str, Any] = json.loads(
        (files(__package__) / "data" / "meta.json").read_text("utf-8")
    )
    return dt.date.fromisoformat(meta["as_of"])


def _moved(record: Record, delay: dt.timedelta) -> Record:
    """*record* with every moment moved by *delay*."""
    moments = {
        name: value + delay for name, value in record if isinstance(value, dt.date | dt.datetime)
    }
    return record.model_copy(update=moments)


def _dated(lines: Lines, calls: dict[str, CallRecord]) -> Lines:
    """Problems with the moments they came in and were published, spread over their call's days."""
    now = utcnow()
    dated: Lines = []
    for place, (line, record) in enumerate(lines, start=1):
        if isinstance(record, ProblemRecord) and record.call in calls:
            call = calls[record.call]
            days = min(now, call.closes_at) - call.opens_at
            submitted = call.opens_at + days * (place / len(lines)) * 0.8
            record = record.model_copy(
                update={"extra": _noted(record, submitted, submitted + days * 0.1)}
            )
        dated.append((line, record))
    return dated


def _noted(record: ProblemRecord, submitted: dt.datetime, published: dt.datetime) -> dict[str, Any]:
    noted = dict(record.extra)
    if record.state not in (None, "draft"):
        noted.setdefault("submitted_at", submitted.isoformat())
    if record.state in ("published", "solving", "evaluating", "closed"):
        noted.setdefault("published_at", published.isoformat())
    return noted
