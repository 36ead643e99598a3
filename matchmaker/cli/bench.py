"""`matchmaker bench`: measure the matcher on a folder of judged sets, beside what it should reach."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from matchmaker.cli.common import say, tell, tell_json
from matchmaker.cli.matcher import make_pipeline, read_documents
from matchmaker.cli.pairs import read_pairs
from matchmaker.cli.ranking import only
from matchmaker.errors import Unavailable
from matchmaker.i18n import N_

METRICS = ("loss", "easy", "hard", "map", "mrr", "rp5")
DROPPED = "documented dropped"
WITH_DICTIONARY = "with CC-CEDICT"
#: What each figure should reach: at most this for a loss, at least this for everything else.
TARGETS = {
    ("gold_reviewer", "loss_by_profile"): 0.19,
    ("gold_reviewer", "easy_by_profile"): 0.90,
    ("gold_reviewer", "hard_by_profile"): 0.62,
    ("lr_bench", "loss_by_item"): 0.17,
    ("bilingual", "NDCG@10 all"): 0.88,
    ("bilingual", "NDCG@10 zh->en"): 0.78,
    ("bilingual", "NDCG@10 en->zh"): 0.72,
    ("bilingual", f"NDCG@10 all {DROPPED}"): 0.72,
    ("jobtitle_zh", "map"): 0.36,
    (f"jobtitle_zh {WITH_DICTIONARY}", "map"): 0.41,
    (f"xquad_en_zh {WITH_DICTIONARY}", "mrr zh->en"): 0.82,
    ("drcd_zh_tw", "mrr"): 0.94,
    ("skill_tech", "mrr"): 0.58,
}


@dataclass(frozen=True)
class Figure:
    """One measured figure of one set."""

    set: str
    name: str
    value: float
    low: float | None
    high: float | None
    target: float | None

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        is_loss = self.name.startswith("loss")
        return self.value <= self.target if is_loss else self.value >= self.target


@click.command("bench")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--set", "sets", multiple=True, help="Measure only this set; may be given again.")
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".vectors"),
    show_default=True,
    help="Folder that keeps vectors, so that no text is encoded twice.",
)
@click.option("--json", "as_json", is_flag=True, help="Print for a program to read.")
def bench_command(folder: Path, sets: tuple[str, ...], cache: Path, as_json: bool) -> None:
    """Measure the matcher, as it ships, on every judged set in FOLDER.

    A set is a folder with problems.jsonl, teams.jsonl, labels.csv and an evaluate.py of its own, or
    with judgements.jsonl; convert.py and evaluate.py in FOLDER then turn it into records and judge
    the scores. These programs are run: name only folders you trust. Sets with Chinese texts are
    measured once more with the CC-CEDICT file in FOLDER/resources, if there is one.
    """
    found = _sets(folder, sets)
    dictionary = next(folder.glob("resources/*cedict*.gz"), None)
    figures: list[Figure] = []
    for path in found:
        for used in (None, dictionary) if dictionary and _is_chinese(path) else (None,):
            measured = list(measure(path, cache, used))
            figures += measured
            if not as_json:
                _show(measured)
    if as_json:
        tell_json([{**asdict(figure), "is_met": figure.is_met} for figure in figures])
    else:
        _sum_up(figures)


def _sets(folder: Path, wanted: tuple[str, ...]) -> list[Path]:
    paths = [*folder.glob("*/problems.jsonl"), *folder.glob("*/judgements.jsonl")]
    found = {path.parent.name: path.parent for path in sorted(paths)}
    missing = [name for name in wanted if name not in found]
    if missing or not found:
        raise Unavailable(
            N_("There is no judged set %(name)s in %(folder)s."),
            name=", ".join(missing),
            folder=str(folder),
        )
    return [path for name, path in sorted(found.items()) if not wanted or name in wanted]


def _is_chinese(folder: Path) -> bool:
    """Whether any text of the set is Chinese."""
    from matchmaker.competency import has_cjk

    files = [*folder.glob("items.jsonl"), *folder.glob("profiles.jsonl")]
    return any(has_cjk(path.read_text("utf-8")) for path in files)


def measure(folder: Path, cache: Path, dictionary: Path | None) -> Iterator[Figure]:
    """Convert, rank and evaluate one set."""
    name = f"{folder.name} {WITH_DICTIONARY}" if dictionary else folder.name
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        records = _records(folder, work)
        _rank(records, work / "scores.csv", cache, dictionary)
        for metric, value, low, high in _judged(folder, work):
            yield Figure(name, metric, value, low, high, TARGETS.get((name, metric)))


def _records(folder: Path, work: Path) -> Path:
    """The set as record files; with the judged pairs alone where those are all that is asked for."""
    if (folder / "labels.csv").exists():
        return folder
    records = work / "records"
    _run(folder.parent / "convert.py", "records", folder, records)
    if json.loads((folder / "dataset.json").read_text("utf-8"))["kind"] != "graded_pairs":
        (records / "pairs.csv").unlink()  # Retrieval ranks everyone, not the judged alone.
    return records


def _rank(records: Path, output: Path, cache: Path, dictionary: Path | None) -> None:
    problems, teams = read_documents(records / "problems.jsonl", records / "teams.jsonl")
    result = make_pipeline(dictionary, cache, None).run(problems, teams)
    if (records / "pairs.csv").exists():
        result = only(result, read_pairs(records / "pairs.csv"), None)
    with output.open("w", encoding="utf-8", newline="") as stream:
        result.write_csv(stream)


def _judged(folder: Path, work: Path) -> Iterator[tuple[str, float, float, float]]:
    """Name, value and interval of each figure of a set."""
    scores = work / "scores.csv"
    if (folder / "labels.csv").exists():
        for note, extra in (("", []), (f" {DROPPED}", ["--drop-documented"])):
            answer = work / "answer.json"
            _run(folder / "evaluate.py", folder, scores, "--json", answer, "--quiet", *extra)
            for name, row in json.loads(answer.read_text("utf-8")).items():
                found = row["NDCG@10"]
                yield f"NDCG@10 {name}{note}", found["mean"], found["lo"], found["hi"]
        return
    back = work / "back.csv"
    _run(folder.parent / "convert.py", "scores", scores, back)
    answers = json.loads(_run(folder.parent / "evaluate.py", folder, back, "--json"))
    for name, row in answers.items():
        if name.replace("_", " ").split()[0] in METRICS:
            yield name, row["value"], row["low"], row["high"]


def _run(*command: str | Path) -> str:
    """What a program of the folder prints; its error is told in one line."""
    done = subprocess.run(  # noqa: S603 -- the operator names the folder
        [sys.executable, *map(str, command)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        why = (done.stderr or done.stdout).strip().rsplit("\n", 1)[-1]
        raise Unavailable(N_("%(program)s failed: %(why)s"), program=str(command[0]), why=why)
    return done.stdout


def _show(figures: list[Figure]) -> None:
    for figure in figures:
        interval = "" if figure.low is None else f" [{figure.low:.3f}, {figure.high:.3f}]"
        verdict = ""
        if figure.target is not None:
            words = N_("reaches %(target)s") if figure.is_met else N_("misses %(target)s")
            verdict = "  " + say(words, target=figure.target)
        click.echo(f"{figure.set:32s} {figure.name:32s} {figure.value:.3f}{interval}{verdict}")


def _sum_up(figures: list[Figure]) -> None:
    aimed = [figure for figure in figures if figure.target is not None]
    met = sum(bool(figure.is_met) for figure in aimed)
    tell(N_("Targets reached: %(met)s of %(count)s."), met=met, count=len(aimed))
