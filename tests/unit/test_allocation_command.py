from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from matchmaker.cli import cli, main

SCORES = "problem_id,team_id,score\nP1,A,9\nP1,B,8\nP2,A,8\nP2,B,3\n"


@pytest.fixture(autouse=True)
def _in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scores.csv").write_text(SCORES, encoding="utf-8-sig")
    return tmp_path


def arguments(folder: Path, constraints: Any) -> list[str]:
    text = constraints if isinstance(constraints, str) else json.dumps(constraints)
    (folder / "c.json").write_text(text, encoding="utf-8")
    names = {"--scores": "scores.csv", "--constraints": "c.json", "--output": "a.csv"}
    return ["allocate", *(x for key, name in names.items() for x in (key, str(folder / name)))]


def run(folder: Path, constraints: Any, *options: str) -> Result:
    line = [*arguments(folder, constraints), *options]
    return CliRunner().invoke(cli, line, catch_exceptions=False)


def placed(folder: Path) -> list[list[str]]:
    with (folder / "a.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_writes_the_best_allocation(folder: Path) -> None:
    result = run(folder, {})

    assert result.exit_code == 0
    assert placed(folder) == [
        ["problem_id", "team_id", "score"],
        ["P1", "B", "8"],
        ["P2", "A", "8"],
    ]
    assert f"2 of 2 places filled, written to {folder / 'a.csv'}." in result.stderr
    assert "Total fit 16; proven: nothing better keeps the limits." in result.stderr


def test_keeps_every_kind_of_limit(folder: Path) -> None:
    constraints = {
        "objective": "fair",
        "rounds": 2,
        "demand": {"P1": 2},
        "default_demand": 1,
        "at_least": {"P1": 1},
        "default_at_least": 0,
        "capacity": {"A": 2},
        "default_capacity": 1,
        "bans": [["P1", "B"]],
        "pins": [{"problem_id": "P2", "team_id": "B"}],
        "minimum": 5,
        "floors": [{"name": "South", "problems": ["P1", "P2"], "at_least": 2}],
        "problems": ["P3"],
        "time_limit": 10,
    }

    result = run(folder, constraints, "--json")

    summary = json.loads(result.stdout)
    assert placed(folder)[1:] == [["P1", "A", "9"], ["P2", "B", "3"]]
    assert summary["feasible"] is True
    assert summary["is_optimal"] is True
    assert (summary["total"], summary["worst_fit"], summary["places_wanted"]) == (12.0, 3.0, 4)
    assert summary["problems_without_team"] == ["P3"]
    assert [stage["name"] for stage in summary["stages"]] == ["served", "filled", "worst", "total"]


def test_tells_what_to_relax_and_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    constraints = {"pins": [["P1", "A"], ["P2", "A"]]}

    words = run(folder, constraints)
    facts = json.loads(run(folder, constraints, "--json").stdout)
    monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
    chinese = run(folder, constraints)

    assert (words.exit_code, chinese.exit_code) == (1, 1)
    assert "Let team A take on 2 instead of 1 problems at a time." in words.stderr
    assert "團隊 A 同時承接的命題數，由 1 改為 2。" in chinese.stderr
    assert not facts["feasible"]
    changes = [remedy["changes"] for remedy in facts["remedies"]]
    assert [len(change) for change in changes] == [1, 1, 1]
    raised = next(c for (c,) in changes if c["limit"] == "capacity")
    assert (raised["team_id"], raised["now"], raised["needed"]) == ("A", 1, 2)
    assert not (folder / "a.csv").exists()


@pytest.mark.parametrize(
    ("constraints", "words"),
    [
        ("[1]", "it is not a JSON object"),
        ("{", "Expecting property name"),
        ({"bann": []}, "bann is not a key of a constraints file"),
        ({"objective": "best"}, "objective must be one of: total, fill, fair"),
        ({"rounds": 0}, "rounds must be a whole number"),
        ({"demand": 2}, "demand must give a whole number for each id"),
        ({"capacity": {"A": True}}, "capacity must give a whole number for each id"),
        ({"default_demand": -1}, "default_demand must be a whole number"),
        ({"minimum": "high"}, "minimum must be a number"),
        ({"bans": [["P1"]]}, "bans must be a list of [problem, team]"),
        ({"pins": "P1"}, "pins must be a list of [problem, team]"),
        ({"problems": [1]}, "problems must be a list of ids"),
        ({"floors": [{"name": "x"}]}, "floors must be a list of {name, problems, at_least}"),
        (
            {"floors": [{"name": "x", "problems": [1], "at_least": 1}]},
            "floors must be a list of {name, problems, at_least}",
        ),
        ({"demand": {"<script>": 1}}, "A limit names <script>"),
    ],
)
def test_a_bad_constraints_file_is_one_clear_line(
    folder: Path, capsys: pytest.CaptureFixture[str], constraints: Any, words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments(folder, constraints))

    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert words in told
    assert told.count("\n") == 1


def test_an_output_that_cannot_be_written_is_one_clear_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = arguments(folder, {})
    line[-1] = str(folder / "no" / "a.csv")

    with pytest.raises(SystemExit) as ended:
        main(line)

    assert ended.value.code == 1
    assert "cannot be written: No such file or directory" in capsys.readouterr().err
