"""Read and write rows as CSV or XLSX tables that spreadsheet programs open without harm."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_, Message

TABLE_SUFFIXES = (".csv", ".xlsx")
# A cell that begins with one of these is run as a formula by spreadsheet programs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_XLSX_CELL = 32_767
_MAX_UNPACKED = 200_000_000


class BadTable(MatchmakerError):
    """A table that cannot be read or written as a whole."""

    code = "bad_table"
    default = N_("%(path)s is not a table that can be used: %(reason)s")


def protect(text: str) -> str:
    """Return *text* so that no spreadsheet program runs it; `unprotect` takes it back.

    Examples
    --------
    >>> protect("=1+1"), unprotect(protect("=1+1")), protect("'=x"), protect("plain")
    ("'=1+1", '=1+1', "''=x", 'plain')
    """
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def unprotect(text: str) -> str:
    """Return *text* as it was before `protect`."""
    is_protected = text.startswith("'") and text.lstrip("'").startswith(_FORMULA)
    return text[1:] if is_protected else text


def read_table(
    path: Path, *, json_columns: Collection[str] = ()
) -> Iterator[tuple[int, dict[str, Any] | Message]]:
    """Yield each row below the heading with its line number, empty cells left out.

    A cell of one of *json_columns* is parsed as JSON; one that cannot be yields a message in place
    of the row.

    Raises
    ------
    BadTable
        If the file is no table, or its heading names a column twice or leaves one empty.
    """
    lines = _xlsx_lines(path) if path.suffix.lower() == ".xlsx" else _csv_lines(path)
    heading: list[str] | None = None
    for number, cells in lines:
        if not any(cell not in (None, "") for cell in cells):
            continue
        if heading is None:
            heading = _heading(path, cells)
            continue
        yield number, _row(heading, cells, json_columns)
    if heading is None:
        raise BadTable(path=str(path), reason="it is empty")


def _heading(path: Path, cells: Sequence[Any]) -> list[str]:
    names = [str(cell).strip() if cell is not None else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(set(names)) < len(names) or "" in names:
        raise BadTable(path=str(path), reason="each column needs a name of its own")
    return names


def _row(
    heading: Sequence[str], cells: Sequence[Any], json_columns: Collection[str]
) -> dict[str, Any] | Message:
    if any(cell not in (None, "") for cell in cells[len(heading) :]):
        return Message(N_("more cells than the heading has columns"))
    row: dict[str, Any] = {}
    for name, cell in zip(heading, cells, strict=False):
        value = unprotect(cell) if isinstance(cell, str) else cell
        if value is None or value == "":
            continue
        if name in json_columns:
            try:
                value = json.loads(str(value))
            except ValueError:
                return Message(N_("%(column)s is not JSON"), {"column": name})
        row[name] = value
    return row


def _csv_lines(path: Path) -> Iterator[tuple[int, list[Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable(path=str(path), reason=str(error)) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    csv.field_size_limit(10_000_000)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadTable(path=str(path), reason=f"line {reader.line_num}: {error}") from error


def _xlsx_lines(path: Path) -> Iterator[tuple[int, list[Any]]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MAX_UNPACKED:
                raise BadTable(path=str(path), reason="it is too large when unpacked")
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, InvalidFileException) as error:
        raise BadTable(path=str(path), reason=str(error)) from error
    try:
        for number, cells in enumerate(workbook.worksheets[0].iter_rows(values_only=True), start=1):
            yield number, [_plain(cell) for cell in cells]
    finally:
        workbook.close()


def _plain(cell: Any) -> Any:
    """Return what a record can hold: whole numbers as such, moments in ISO form."""
    if isinstance(cell, dt.datetime):
        is_date = cell.time() == dt.time()
        return cell.date().isoformat() if is_date else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell


def write_table(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    json_columns: Collection[str] = (),
) -> None:
    """Write *rows* under a heading of *columns*, as CSV with a byte order mark or as XLSX."""
    lines = [[_cell(name, row.get(name), name in json_columns) for name in columns] for row in rows]
    if path.suffix.lower() == ".xlsx":
        _write_xlsx(path, columns, lines)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(lines)


def _cell(name: str, value: Any, is_json: bool) -> Any:
    if value is None:
        return ""
    if is_json or isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return protect(value) if isinstance(value, str) else value


def _write_xlsx(path: Path, columns: Sequence[str], lines: Sequence[Sequence[Any]]) -> None:
    from openpyxl import Workbook

    for line in lines:
        for name, cell in zip(columns, line, strict=True):
            if isinstance(cell, str) and len(cell) > _XLSX_CELL:
                reason = Message(
                    N_("%(name)s is longer than a cell holds; write CSV or JSONL"), {"name": name}
                )
                raise BadTable(path=str(path), reason=reason)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("records")
    for line in (columns, *lines):
        sheet.append(list(line))
    workbook.save(path)
