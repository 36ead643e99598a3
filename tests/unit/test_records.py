from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.records import (
    BadRecords,
    ProblemRecord,
    TeamRecord,
    UnreadableFile,
    read_problems,
    read_teams,
    write_records,
)

PROBLEM: dict[str, Any] = {
    "id": "P1",
    "lang": "zh-Hant",
    "title": "布料瑕疵檢測",
    "text": "以相機檢查",
    "translations": {"en": {"title": "Fabric inspection"}},
    "sector": "textile",
    "region": "彰化",
    "techniques": ["影像辨識"],
    "grade": "G2",
    "requirements": [{"competency": "PER-CV", "level": 3, "importance": 3}],
    "capacity": 2,
    "deadline": "2026-12-31",
    "data": {"rows": 3000},
    "name": "織造公司",
    "organization": "織造股份有限公司",
    "contact": {"name": "王小明", "email": "ming@example.com"},
    "extra": {"anything": [1, None]},
}
TEAM: dict[str, Any] = {
    "id": "T1",
    "text": "We inspect fabric",
    "documents": [{"title": "Looms", "text": "Found defects", "year": 2024, "lang": "en"}],
    "competencies": [{"competency": "PER-CV", "level": 4, "source": "mentor"}],
    "sectors": ["textile"],
    "kind": "startup",
    "members": [{"email": "a@b.tw", "role": "lead"}],
    "public": True,
}


def write(path: Path, *rows: Any) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def faults(path: Path) -> dict[int, str]:
    with pytest.raises(BadRecords) as caught:
        read_problems(path)
    return {error.line: str(error.message) for error in caught.value.errors}


def test_full_records_are_read(tmp_path: Path) -> None:
    (problem,) = read_problems(write(tmp_path / "p.jsonl", PROBLEM))
    (team,) = read_teams(write(tmp_path / "t.jsonl", TEAM))

    assert problem.requirements[0].importance == 3
    assert team.documents[0].year == 2024
    assert team.team_kind == "startup"


def test_a_byte_order_mark_and_blank_lines_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(
        '\ufeff{"id": "P1", "title": "a"}\r\n\r\n{"id": "P2", "text": "b"}\r\n', "utf-8"
    )

    assert [record.id for record in read_problems(path)] == ["P1", "P2"]


def test_every_bad_row_is_named_and_none_is_used(tmp_path: Path) -> None:
    path = write(
        tmp_path / "p.jsonl",
        {"id": "P1", "title": "fine"},
        "{not json",
        {"id": "P1", "title": "again"},
        {"id": "P3", "title": "x", "colour": "red"},
        {"id": "P4", "title": "x", "requirements": [{"competency": "PER-XX", "level": 3}]},
        {"id": "P5", "title": "x", "requirements": [{"competency": "PER-CV", "level": 6}]},
        {
            "id": "P6",
            "title": "x",
            "requirements": [{"competency": "PER-CV", "level": 1, "importance": 0}],
        },
        {"id": "P7"},
        {"title": "no id"},
        "[1, 2]",
        {"id": "P11", "title": "x" * 1_000_001},
        '{"id": "P12", "title": "x", "title": "y"}',
        '{"id": "P13", "title": "x", "capacity": NaN}',
        {"id": "P14", "title": 5},
    )

    found = faults(path)

    assert sorted(found) == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
    for line, words in {
        2: "not JSON",
        3: "P1",
        4: "unknown key colour",
        5: "PER-XX",
        6: "requirements[0].level is 6",
        7: "requirements[0].importance is 0",
        8: "nothing to read",
        9: "id is missing",
        10: "object",
        11: "1 MB",
        12: "twice",
        13: "not a number",
        14: "title must be text",
    }.items():
        assert words in found[line]


def test_another_encoding_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(
        b'{"id": "P1", "title": "a"}\n' + '{"id": "P2", "title": "瑕疵"}'.encode("big5")
    )

    assert faults(path) == {2: "not UTF-8"}


def test_a_long_list_of_faults_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path / "p.jsonl", *["{"] * 50)

    with pytest.raises(BadRecords) as caught:
        read_problems(path)

    assert len(caught.value.errors) == 50
    assert "\n" not in str(caught.value)
    assert "p.jsonl" in str(caught.value)


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.jsonl"):
        read_problems(tmp_path / "none.jsonl")


def test_control_characters_are_taken_out() -> None:
    assert ProblemRecord(id="P1", title="a\x00b\x07").title == "ab"


@pytest.mark.parametrize("key", ["title", "text", "documents", "competencies"])
def test_one_kind_of_content_is_enough_for_a_team(key: str) -> None:
    content = {"title": "a", "text": "a", **{k: TEAM[k] for k in ("documents", "competencies")}}

    assert TeamRecord.model_validate({"id": "T1", key: content[key]}).id == "T1"


def test_a_competency_is_listed_once(tmp_path: Path) -> None:
    row = {"id": "T1", "competencies": [TEAM["competencies"][0]] * 2}

    with pytest.raises(BadRecords, match="PER-CV"):
        read_teams(write(tmp_path / "t.jsonl", row))


def test_what_the_matcher_gets_of_a_problem() -> None:
    document = ProblemRecord.model_validate(PROBLEM).to_document()

    assert [form.lang for form in document.document.forms] == ["zh", "en"]
    assert document.sectors == ("textile",)
    assert document.requirements[0].competency == "PER-CV"
    assert document.is_open


@pytest.mark.parametrize("state", ["closed", "withdrawn", "archived", "declined"])
def test_a_closed_problem_is_not_open(state: str) -> None:
    assert not ProblemRecord.model_validate({**PROBLEM, "state": state}).to_document().is_open


def test_names_and_addresses_do_not_reach_the_matcher() -> None:
    problem = {**PROBLEM, "text": "織造公司的王小明 ming@example.com 要檢查布料"}
    team = {**TEAM, "name": "LoomSight", "text": "LoomSight (a@b.tw) inspects"}

    seen = repr(ProblemRecord.model_validate(problem).to_document())
    seen += repr(TeamRecord.model_validate(team).to_document())

    for secret in ("織造公司", "王小明", "@", "LoomSight", "彰化", "startup"):
        assert secret not in seen
    assert "檢查布料" in seen


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx"])
def test_records_come_back_as_they_were_written(suffix: str, tmp_path: Path) -> None:
    problem, team = ProblemRecord.model_validate(PROBLEM), TeamRecord.model_validate(TEAM)
    write_records(tmp_path / f"p{suffix}", [problem], ProblemRecord)
    write_records(tmp_path / f"t{suffix}", [team], TeamRecord)

    assert read_problems(tmp_path / f"p{suffix}") == [problem]
    assert read_teams(tmp_path / f"t{suffix}") == [team]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_any_title_survives_a_table(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    path = tmp_path_factory.mktemp("table") / "p.csv"
    record = ProblemRecord(id="P1", title=title, text="x")
    write_records(path, [record], ProblemRecord)

    assert read_problems(path) == [record]
