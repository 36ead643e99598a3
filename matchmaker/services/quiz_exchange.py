"""Exchange the questions of the check as files: all rows, or none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from matchmaker.competency.quiz import quiz_bank
from matchmaker.i18n import N_
from matchmaker.models import QuizItem
from matchmaker.policies.quiz_item import may_edit_items
from matchmaker.queries import quiz_item as queries
from matchmaker.records_quiz import OptionRecord, QuizItemRecord
from matchmaker.services import quiz_item as service
from matchmaker.services.context import Context
from matchmaker.services.importing import Change, Outcome, import_file, refuse
from matchmaker.services.quiz_item import ItemValues
from matchmaker.workflows.quiz_item import QuizItemState

CODE = re.compile(r"QZ-[A-Z]{3}-[A-Z]{2,4}-[1-4]-[0-9]{2,4}")
_NAMES = frozenset(field.name for field in fields(ItemValues))


def import_items(
    ctx: Context, path: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> Outcome:
    """Bring in every question of a JSONL, CSV or XLSX file: all of them, or none."""
    ctx.require(may_edit_items)
    return import_file(ctx, path, QuizItemRecord, take_item, progress)


def take_item(ctx: Context, record: QuizItemRecord) -> Change:
    """Bring in one question: a new one waits for a second officer; drafts are rewritten."""
    if not CODE.fullmatch(record.id):
        raise refuse("id", N_("an id is written like QZ-FND-ML-2-01"))
    if not record.id.startswith(f"QZ-{record.competency}-{record.level}-"):
        raise refuse("id", N_("the id names another competency or level"))
    if record.id in quiz_bank():
        service.ensure_bank(ctx.session)
    values, row = _recorded(record), queries.find_by_code(ctx.session, record.id)
    if row is None:
        row = service.create(ctx, values, code=record.id)
        service.propose(ctx, row.id, version=row.version)
        return Change.CREATED
    if row.state is QuizItemState.DRAFT:
        service.check(values)
        return Change.UPDATED if service.fill(ctx, row, values) else Change.UNCHANGED
    if service.values_of(row) != values:
        raise refuse("id", N_("this question is no draft any more: give the new wording a new id"))
    return Change.UNCHANGED


def _recorded(record: QuizItemRecord) -> ItemValues:
    given = record.model_dump(exclude={"id", "state", "options", "key"})
    return ItemValues(
        **{name: value for name, value in given.items() if name in _NAMES},
        options=tuple((option.en, option.zh) for option in record.options),
        key=record.key - 1,
    )


def as_record(row: QuizItem) -> QuizItemRecord:
    """The question as files have it."""
    plain: dict[str, Any] = {name: getattr(row, name) for name in _NAMES - {"options", "key"}}
    return QuizItemRecord(
        id=row.code,
        **plain,
        options=[OptionRecord.model_validate(option) for option in row.options],
        key=row.key + 1,
        state=row.state.value,
    )
