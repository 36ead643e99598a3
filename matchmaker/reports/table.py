"""Figures as tables: the rule behind each stated, ready for a page, a CSV or a workbook."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matchmaker.i18n import Message, language_of, translate
from matchmaker.tabular import protect

BOM = "\ufeff"  # Without it Excel takes UTF-8 for the local code page.
SHEET_NAME = 31


@dataclass(frozen=True)
class Words:
    """Text that comes in both languages, rather than from the catalogue."""

    zh: str
    en: str


@dataclass(frozen=True)
class Together:
    """Several names that share one row."""

    parts: tuple[Message | Words | str, ...]


Name = Message | Words | Together | str
#: A cell: a name, a number, or nothing.
Cell = Name | int | float | None


@dataclass(frozen=True)
class Column:
    """The heading of a column."""

    label: Name
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """Some figures with their rule; a name in ``rows`` that is no message stays as it is."""

    name: str
    title: str
    #: What exactly is counted, in words.
    rule: Message | str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]


def said(cell: Cell, locale: str) -> str | int | float:
    """A cell as people read it."""
    if cell is None:
        return "–"
    if isinstance(cell, Words):
        return cell.zh if language_of(locale) == "zh" else cell.en
    if isinstance(cell, Together):
        comma = "、" if language_of(locale) == "zh" else ", "
        return comma.join(str(said(part, locale)) for part in cell.parts)
    return translate(cell, locale) if isinstance(cell, Message | str) else cell


def rounded(number: float) -> int | float:
    """A number to one decimal, without one that says nothing."""
    tidy = round(number, 1)
    return int(tidy) if tidy == int(tidy) else tidy


def as_csv(tables: Iterable[Table], locale: str) -> str:
    """All tables one below the other, each under its title and rule."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    for number, table in enumerate(tables):
        writer.writerows([[]] * (number > 0) + list(_lines(table, locale)))
    return BOM + stream.getvalue()


def as_xlsx(tables: Iterable[Table], locale: str) -> bytes:
    """A workbook with a sheet for each table."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    for table in tables:
        sheet = workbook.create_sheet(_sheet_name(translate(table.title, locale)))
        for line in _lines(table, locale):
            sheet.append(line)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:SHEET_NAME]


def _lines(table: Table, locale: str) -> Iterable[list[str | int | float]]:
    yield [protect(translate(table.title, locale))]
    yield [protect(translate(table.rule, locale))]
    yield [_safe(said(column.label, locale)) for column in table.columns]
    for row in table.rows:
        yield [_safe(said(cell, locale)) for cell in row]


def _safe(value: str | int | float) -> str | int | float:
    return protect(value) if isinstance(value, str) else value
