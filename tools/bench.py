"""Measure the matcher on a folder of human-judged sets and print every set's figures.

    python tools/bench.py DIR [SET ...] [--cache FOLDER]

DIR holds one folder a set, ``convert.py`` (records, scores) and ``evaluate.py``; a set that comes as
record files with ``labels.csv`` brings an ``evaluate.py`` of its own. Sets with Chinese texts are
measured once more with the CC-CEDICT file in ``DIR/resources``, if there is one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from matchmaker.competency import has_cjk

METRICS = ("loss", "easy", "hard", "map", "mrr", "rp5", "NDCG@10")


def run(*command: str | Path) -> str:
    """Return what *command* prints; its error ends the program."""
    done = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr or done.stdout)
    return done.stdout


def rank(records: Path, output: Path, cache: Path, dictionary: Path | None) -> None:
    """Rank the records of a set; judged pairs alone where the set lists them all."""
    command: list[str | Path] = ["-m", "matchmaker", "rank", "--output", output, "--cache", cache]
    command += ["--teams", records / "teams.jsonl", "--problems", records / "problems.jsonl"]
    if (records / "pairs.csv").exists():
        command += ["--pairs", records / "pairs.csv"]
    if dictionary is not None:
        command += ["--dictionary", dictionary]
    run(*command)


def judged(folder: Path, output: Path, work: Path) -> Iterator[tuple[str, float]]:
    """Yield the name and value of each figure of a set."""
    if (folder / "labels.csv").exists():
        for note, extra in (("", []), (" documented dropped", ["--drop-documented"])):
            answer = work / "answer.json"
            run(folder / "evaluate.py", folder, output, "--json", answer, "--quiet", *extra)
            for name, row in json.loads(answer.read_text("utf-8")).items():
                if isinstance(row, dict) and "NDCG@10" in row:
                    yield f"NDCG@10 {name}{note}", row["NDCG@10"]["mean"]
        return
    back = work / "back.csv"
    run(folder.parent / "convert.py", "scores", output, back)
    answers = json.loads(run(folder.parent / "evaluate.py", folder, back, "--json"))
    for name, row in answers.items():
        if name.replace("_", " ").split()[0] in METRICS:
            yield name, row["value"]


def measure(folder: Path, cache: Path, dictionary: Path | None) -> dict[str, float]:
    """Convert, rank and evaluate one set."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        records = folder
        if not (folder / "labels.csv").exists():
            records = work / "records"
            run(folder.parent / "convert.py", "records", folder, records)
            kind = json.loads((folder / "dataset.json").read_text("utf-8"))["kind"]
            if kind != "graded_pairs":
                (records / "pairs.csv").unlink()  # Retrieval ranks everyone, not the judged alone.
        output = work / "scores.csv"
        rank(records, output, cache, dictionary)
        return {metric: round(value, 4) for metric, value in judged(folder, output, work)}


def is_chinese(folder: Path) -> bool:
    """Say whether any text of the set is Chinese."""
    files = [*folder.glob("items.jsonl"), *folder.glob("profiles.jsonl")]
    return any(has_cjk(text) for path in files for text in path.read_text("utf-8").splitlines())


def main() -> None:
    """Print one line a set and dictionary."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--cache", type=Path, default=Path(".vectors"))
    options = parser.parse_args()
    folders = sorted(path.parent for path in options.folder.glob("*/problems.jsonl"))
    folders += sorted(path.parent for path in options.folder.glob("*/judgements.jsonl"))
    found = next(options.folder.glob("resources/*cedict*.gz"), None)
    for folder in folders:
        if options.sets and folder.name not in options.sets:
            continue
        for dictionary in (None, found) if found and is_chinese(folder) else (None,):
            figures = measure(folder, options.cache, dictionary)
            name = folder.name + (" + CC-CEDICT" if dictionary else "")
            print(name, json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
