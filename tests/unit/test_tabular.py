from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from matchmaker.i18n import Message
from matchmaker.tabular import BadTable, protect, read_table, unprotect, write_table


@pytest.mark.parametrize("text", ["=1+1", "+1", "-x", "@sum", "\tx", "'=1", "''@x"])
def test_formulas_are_made_harmless_and_come_back(text: str) -> None:
    assert protect(text).startswith("'")
    assert unprotect(protect(text)) == text


@pytest.mark.parametrize("text", ["plain", "'quoted'", "", "1-2", "布料"])
def test_other_text_is_left_alone(text: str) -> None:
    assert protect(text) == unprotect(text) == text


def test_csv_is_written_with_a_byte_order_mark_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_table(path, ["id", "title"], [{"id": "1", "title": '=HYPERLINK("x")'}])

    content = path.read_bytes()

    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\n=" not in content
    assert b',"=' not in content


def test_xlsx_holds_text_and_not_formulas(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_table(path, ["id", "title"], [{"id": "1", "title": "=1+1"}])

    cell = openpyxl.load_workbook(path).worksheets[0]["B2"]

    assert cell.data_type == "s"
    assert [row for _, row in read_table(path)] == [{"id": "1", "title": "=1+1"}]


def test_numbers_and_dates_of_a_spreadsheet_become_plain(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(["id", "year", "deadline", "empty"])
    workbook.active.append(["a", 2024.0, dt.date(2026, 5, 1), None])
    workbook.save(path)

    assert list(read_table(path)) == [(2, {"id": "a", "year": 2024, "deadline": "2026-05-01"})]


def test_nested_values_are_json_in_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_table(path, ["id", "tags"], [{"id": "1", "tags": ["a", "b"]}], json_columns={"tags"})

    assert list(read_table(path, json_columns={"tags"})) == [(2, {"id": "1", "tags": ["a", "b"]})]


def test_bad_cells_become_messages_and_other_rows_are_still_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,tags\n1,[oops\n2,[],extra\n3,[]\n", encoding="utf-8")

    rows = list(read_table(path, json_columns={"tags"}))

    assert [isinstance(row, Message) for _, row in rows] == [True, True, False]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"id,id\n1,2\n"),
        ("a.csv", b"id,,x\n1,2,3\n"),
        ("a.csv", b'id\n"open\n'),
        ("a.csv", b"\xff\xfeid"),
        ("a.xlsx", b"no zip"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(BadTable, match=name):
        list(read_table(path))


def test_a_text_too_long_for_a_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="title"):
        write_table(tmp_path / "a.xlsx", ["title"], [{"title": "x" * 40_000}])
