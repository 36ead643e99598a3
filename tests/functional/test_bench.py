"""`matchmaker bench` on small judged sets: what it runs, prints and refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matchmaker.cli import main
from matchmaker.cli.bench import Figure

CONVERT = """
import json, shutil, sys
from pathlib import Path
kind, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
if kind == "scores":
    shutil.copy(source, target)
else:
    target.mkdir()
    rows = [json.loads(line) for line in open(source / "judgements.jsonl", encoding="utf-8")]
    with open(target / "problems.jsonl", "w") as problems, open(target / "teams.jsonl", "w") as teams:
        for row in rows:
            problems.write(json.dumps({"id": row["p"], "text": row["text"]}) + "\\n")
            teams.write(json.dumps({"id": row["t"], "text": row["text"]}) + "\\n")
    (target / "pairs.csv").write_text("problem_id,team_id\\n" + f"{rows[0]['p']},{rows[0]['t']}\\n")
"""
# Tells how many pairs were scored and whether the first is the right one.
EVALUATE = """
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[2])))
value = float(rows[0]["problem_id"][1:] == rows[0]["team_id"][1:])
print(json.dumps({"mrr": {"value": value, "low": 0.5, "high": 1.0}, "p5": {"value": len(rows)},
                  "loss_by_item": {"value": float(len(rows)), "low": None, "high": None}}))
"""
OWN = """
import json, sys
dropped = "--drop-documented" in sys.argv
row = {"NDCG@10": {"mean": 0.5 if dropped else 0.9, "lo": 0.4, "hi": 1.0}}
json.dump({"all": row}, open(sys.argv[sys.argv.index("--json") + 1], "w"))
"""
TEXTS = ["find weaving defects with cameras", "forecast sales of bread for stores"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two sets as they come: judged pairs with programs beside them, and record files with labels."""
    monkeypatch.setenv("MATCHMAKER_ENCODER", "hashing")
    monkeypatch.setenv("LANG", "C.UTF-8")
    for name, text in (("convert.py", CONVERT), ("evaluate.py", EVALUATE)):
        (tmp_path / name).write_text(text)
    for name, kind in (("lr_bench", "graded_pairs"), ("drcd_zh_tw", "retrieval")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "dataset.json").write_text(json.dumps({"kind": kind}))
        rows = [json.dumps({"p": f"P{n}", "t": f"T{n}", "text": t}) for n, t in enumerate(TEXTS)]
        (tmp_path / name / "judgements.jsonl").write_text("\n".join(rows))
    own = tmp_path / "bilingual"
    own.mkdir()
    for name, letter in (("problems", "P"), ("teams", "T")):
        rows = [json.dumps({"id": f"{letter}{n}", "text": t}) for n, t in enumerate(TEXTS)]
        (own / f"{name}.jsonl").write_text("\n".join(rows))
    (own / "labels.csv").write_text("problem_id,team_id,rel\nP0,T0,3\n")
    (own / "evaluate.py").write_text(OWN)
    return tmp_path


@pytest.fixture
def bench(folder: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*options: Any) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["bench", str(folder), "--cache", str(folder / "kept"), *map(str, options)])
        return (int(ended.value.code or 0), *capfd.readouterr())

    return run


def test_every_set_is_measured_beside_its_targets(bench: Callable[..., Any]) -> None:
    status, out, _err = bench("--json")
    found = {(row["set"], row["name"]): row for row in json.loads(out)}

    assert status == 0
    assert found["drcd_zh_tw", "mrr"]["value"] == 1.0
    assert (
        found["drcd_zh_tw", "mrr"] | {"target": 0.94, "is_met": True} == found["drcd_zh_tw", "mrr"]
    )
    assert found["drcd_zh_tw", "loss_by_item"]["value"] == 4.0  # Everyone is ranked ...
    assert found["lr_bench", "loss_by_item"]["value"] == 1.0  # ... or the judged pairs alone.
    assert found["lr_bench", "loss_by_item"]["is_met"] is False
    assert ("lr_bench", "p5") not in found
    assert found["bilingual", "NDCG@10 all"]["is_met"] is True
    assert found["bilingual", "NDCG@10 all documented dropped"]["value"] == 0.5


def test_people_read_a_line_a_figure_and_a_sum(bench: Callable[..., Any]) -> None:
    status, out, _err = bench("--set", "bilingual")

    assert status == 0
    first, second, last = out.splitlines()
    assert first.split() == [
        "bilingual",
        "NDCG@10",
        "all",
        "0.900",
        "[0.400,",
        "1.000]",
        "reaches",
        "0.88",
    ]
    assert second.endswith("misses 0.72")
    assert last == "Targets reached: 1 of 2."


def test_a_chinese_set_is_measured_with_the_dictionary_too(
    bench: Callable[..., Any], folder: Path
) -> None:
    import gzip

    (folder / "drcd_zh_tw" / "items.jsonl").write_text('{"text": "布料"}', "utf-8")
    (folder / "resources").mkdir()
    with gzip.open(folder / "resources" / "cedict.txt.gz", "wt", encoding="utf-8") as stream:
        stream.write("蕁麻 荨麻 [qian2 ma2] /nettle/\n")

    _status, out, _err = bench("--set", "drcd_zh_tw", "--json")

    assert {row["set"] for row in json.loads(out)} == {"drcd_zh_tw", "drcd_zh_tw with CC-CEDICT"}


def test_a_set_that_is_not_there_is_named(bench: Callable[..., Any]) -> None:
    status, _out, err = bench("--set", "nothing")

    assert status == 1
    assert "There is no judged set nothing in" in err


def test_a_program_that_fails_is_one_clear_line(bench: Callable[..., Any], folder: Path) -> None:
    (folder / "convert.py").write_text("raise SystemExit('no such set')")

    status, _out, err = bench("--set", "lr_bench")

    assert status == 1
    assert err.strip().endswith("convert.py failed: no such set")


@pytest.mark.parametrize(
    ("name", "value", "target", "expected"),
    [
        ("loss", 0.2, 0.19, False),
        ("loss", 0.19, 0.19, True),
        ("map", 0.4, 0.36, True),
        ("x", 1, None, None),
    ],
)
def test_a_loss_is_good_when_small(
    name: str, value: float, target: float | None, expected: bool | None
) -> None:
    assert Figure("s", name, value, None, None, target).is_met is expected
