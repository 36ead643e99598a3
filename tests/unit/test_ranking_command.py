from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from matchmaker.cli import cli, main

PROBLEMS = [
    {
        "id": "P1",
        "lang": "en",
        "title": "Inspect fabric",
        "text": "Find weaving defects",
        "sector": "textile",
    },
    {"id": "P2", "lang": "zh", "title": "預測門市麵包銷量", "text": "每日預測", "sector": "retail"},
]
TEAMS = [
    {"id": "T1", "lang": "en", "text": "We find weaving defects on fabric", "sector": "textile"},
    {"id": "T2", "lang": "zh", "text": "替零售門市預測銷量", "sector": "retail"},
    {"id": "T3", "lang": "en", "text": "We write chatbots for hotels"},
]


@pytest.fixture(autouse=True)
def _without_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_ENCODER", "hashing")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    paths = {name: tmp_path / f"{name}.jsonl" for name in ("problems", "teams")}
    for name, rows in (("problems", PROBLEMS), ("teams", TEAMS)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        paths[name].write_text("\n".join(lines), encoding="utf-8")
    paths["labels"] = tmp_path / "labels.csv"
    labels = "problem_id,team_id,rel,documented\nP1,T1,3,1\nP2,T2,2,0\n"
    paths["labels"].write_text(labels, encoding="utf-8")
    paths["output"] = tmp_path / "scores.csv"
    return paths


def run(command: str, files: dict[str, Path], *options: str) -> Result:
    arguments = [command, "--teams", str(files["teams"]), "--problems", str(files["problems"])]
    if command == "rank":
        arguments += ["--output", str(files["output"])]
    else:
        arguments += ["--labels", str(files["labels"])]
    return CliRunner().invoke(cli, [*arguments, *options], catch_exceptions=False)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_rank_writes_every_pair_in_descending_score(files: dict[str, Path]) -> None:
    result = run("rank", files)

    found = rows(files["output"])
    assert result.exit_code == 0
    assert files["output"].read_text().startswith("problem_id,team_id,score\n")
    assert len(found) == 6
    for problem in ("P1", "P2"):
        scores = [float(row["score"]) for row in found if row["problem_id"] == problem]
        assert scores == sorted(scores, reverse=True)
    assert [row["team_id"] for row in found if row["team_id"] != "T3"][::2] == ["T1", "T2"]


def test_rank_keeps_the_top(files: dict[str, Path]) -> None:
    run("rank", files, "--top", "1")

    assert [(r["problem_id"], r["team_id"]) for r in rows(files["output"])] == [
        ("P1", "T1"),
        ("P2", "T2"),
    ]


def test_rank_writes_only_the_listed_pairs_with_the_same_scores(
    files: dict[str, Path], tmp_path: Path
) -> None:
    run("rank", files)
    full = {(r["problem_id"], r["team_id"]): r["score"] for r in rows(files["output"])}
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("\ufeffproblem_id,team_id\nP1,T3\nP2,T1\nP1,T3\n", encoding="utf-8")

    run("rank", files, "--pairs", str(pairs))

    found = {(r["problem_id"], r["team_id"]): r["score"] for r in rows(files["output"])}
    assert found == {pair: full[pair] for pair in [("P1", "T3"), ("P2", "T1")]}


def test_rank_explains(files: dict[str, Path]) -> None:
    run("rank", files, "--top", "1", "--explain")

    lines = files["output"].with_suffix(".explanations.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["team_id"] for line in lines] == ["T1", "T2"]


def test_rank_tells_programs_what_it_did(files: dict[str, Path], tmp_path: Path) -> None:
    options = ("--json", "--cache", str(tmp_path / "cache"))

    first = json.loads(run("rank", files, *options).stdout)
    second = json.loads(run("rank", files, *options).stdout)

    assert first["pairs"] == 6
    assert first["texts_encoded"] > 0
    assert second["texts_encoded"] == 0
    assert second["fingerprint"] == first["fingerprint"]


def test_running_twice_writes_the_same_bytes(files: dict[str, Path]) -> None:
    run("rank", files)
    first = files["output"].read_bytes()
    run("rank", files)

    assert files["output"].read_bytes() == first


def test_evaluate_measures_beside_both_baselines(files: dict[str, Path]) -> None:
    found = json.loads(run("evaluate", files, "--json").stdout)

    assert set(found) == {
        "matcher",
        "sector_bm25",
        "plain_embedding",
        "matcher - sector_bm25",
        "matcher - plain_embedding",
    }
    assert found["matcher"]["all"]["ndcg@10"]["value"] == 1.0
    assert set(found["matcher"]) == {"all", "zh->zh", "zh->en", "en->zh", "en->en"}


def test_evaluate_prints_tables(files: dict[str, Path]) -> None:
    output = run("evaluate", files, "--drop-documented").stdout

    assert "ndcg@10" in output
    assert "zh->zh" in output


def test_evaluate_measures_given_scores(files: dict[str, Path], tmp_path: Path) -> None:
    scores = tmp_path / "mine.csv"
    scores.write_text("problem_id,team_id,score\nP1,T3,9\nP1,T1,1\n", encoding="utf-8")

    found = json.loads(run("evaluate", files, "--json", "--scores", str(scores)).stdout)

    assert found["matcher"]["en->en"]["mrr"]["value"] == 0.5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("problem_id\nP1\n", "team_id"),
        ("problem_id,team_id\nP1,T99\n", "T99"),
        ("problem_id,team_id\nP1\n", "line 2"),
    ],
)
def test_bad_pairs_are_one_clear_line(
    files: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    words: str,
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(content, encoding="utf-8")

    error = failing(files, capsys, "--pairs", str(pairs))

    assert words in error


def failing(files: dict[str, Path], capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Run rank, which has to end with exit status 1 and one line."""
    arguments: list[Any] = ["rank", "--teams", files["teams"], "--problems", files["problems"]]
    arguments += ["--output", files["output"], *options]
    with pytest.raises(SystemExit) as caught:
        main([str(argument) for argument in arguments])
    error = capsys.readouterr().err
    assert caught.value.code == 1
    assert error.count("\n") == 1
    return error


def test_bad_records_are_one_clear_line(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    files["teams"].write_text('{"id": "T1"}\n{oops\n', encoding="utf-8")

    error = failing(files, capsys)

    assert "teams.jsonl" in error
    assert "line 1" in error
    assert "line 2" in error
    assert not files["output"].exists()


def test_an_output_that_cannot_be_written_is_one_clear_line(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files["output"] = tmp_path / "no" / "such" / "folder.csv"

    assert "folder.csv" in failing(files, capsys)


def test_bad_usage_ends_with_two(files: dict[str, Path]) -> None:
    assert run("rank", files, "--top", "0").exit_code == 2
    assert CliRunner().invoke(cli, ["rank"]).exit_code == 2
