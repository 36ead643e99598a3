"""`matchmaker rank`: rank teams for problems on files, without a database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.common import say, tell_json
from matchmaker.cli.matcher import (
    EXISTING,
    make_pipeline,
    read_documents,
    record_options,
    show_progress,
)
from matchmaker.cli.pairs import check_known, read_pairs
from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_

if TYPE_CHECKING:
    from matchmaker.matching import MatchPipeline, MatchResult, ProblemDocument, TeamDocument
    from matchmaker.matching.types import Pair

# How many teams of each problem are explained if no number was asked for.
EXPLAINED = 10
_OUTPUT = click.Path(dir_okay=False, path_type=Path)


class CannotWrite(MatchmakerError):
    """A file that cannot be written."""

    code = "cannot_write"
    default = N_("%(path)s cannot be written: %(reason)s")


@click.command("rank")
@record_options
@click.option("--output", required=True, type=_OUTPUT, help="CSV file to write.")
@click.option("--top", type=click.IntRange(min=1), help="Keep the best N teams of each problem.")
@click.option("--pairs", type=EXISTING, help="CSV file with the only pairs to write.")
@click.option("--explain", is_flag=True, help="Also write why, one JSON object a line.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary for a program to read.")
def rank_command(
    teams: Path,
    problems: Path,
    output: Path,
    top: int | None,
    pairs: Path | None,
    explain: bool,
    dictionary: Path | None,
    cache: Path | None,
    as_json: bool,
) -> None:
    """Rank teams for problems, from record files to a CSV file.

    TEAMS and PROBLEMS are JSONL, CSV or XLSX. The output has the header problem_id,team_id,score
    and lists each problem's teams in descending score. With --explain, a file beside it that ends
    in .explanations.jsonl says why; without --top it covers the best ten of each problem.
    """
    problem_documents, team_documents = read_documents(problems, teams)
    wanted = read_pairs(pairs) if pairs else None
    if wanted is not None:
        check_known(pairs or output, wanted, problem_documents, team_documents)
    pipeline = make_pipeline(dictionary, cache, top if wanted is None else None)
    with show_progress() as bars:
        result = pipeline.run(problem_documents, team_documents, progress=bars)
    if wanted is not None:
        result = only(result, wanted, top)
    with _writing(output):
        with output.open("w", encoding="utf-8", newline="") as stream:
            result.write_csv(stream)
        written = [output]
        if explain:
            first = None if top is not None or wanted is not None else EXPLAINED
            written.append(
                _explain(result, pipeline, problem_documents, team_documents, output, first)
            )
    _report(result, written, pipeline, as_json)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(path=str(path), reason=error.strerror or str(error)) from error


def only(result: MatchResult, wanted: Sequence[Pair], top: int | None) -> MatchResult:
    """Keep the wanted pairs of a result, at most *top* of each problem."""
    import numpy as np

    row = {problem_id: number for number, problem_id in enumerate(result.problem_ids)}
    column = {team_id: number for number, team_id in enumerate(result.team_ids)}
    mask = np.zeros((len(row), len(column)), dtype=bool)
    for problem_id, team_id in wanted:
        mask[row[problem_id], column[team_id]] = True
    keep = mask[result.table.problem, result.table.team]
    if top is not None:
        seen: dict[int, int] = {}
        for position in np.flatnonzero(keep):
            problem = int(result.table.problem[position])
            seen[problem] = seen.get(problem, 0) + 1
            keep[position] = seen[problem] <= top
    return replace(result, table=result.table.take(keep))


def _explain(
    result: MatchResult,
    pipeline: MatchPipeline,
    problems: Sequence[ProblemDocument],
    teams: Sequence[TeamDocument],
    output: Path,
    first: int | None,
) -> Path:
    """Write why beside *output*, for the *first* teams of each problem; return the file's path."""
    path = output.with_suffix(".explanations.jsonl")
    problem_by_id = {problem.id: problem for problem in problems}
    team_by_id = {team.id: team for team in teams}
    chosen = [pair for pair in result if first is None or pair.rank <= first]
    with path.open("w", encoding="utf-8") as stream, show_progress() as bars:
        for number, pair in enumerate(chosen):
            bars("explain", number, len(chosen))
            found = pipeline.explain(
                problem_by_id[pair.problem_id], team_by_id[pair.team_id], pair, result.reference
            )
            stream.write(json.dumps(found, ensure_ascii=False, sort_keys=True) + "\n")
    return path


def _report(
    result: MatchResult, written: Sequence[Path], pipeline: MatchPipeline, as_json: bool
) -> None:
    """Say what was written and what was left out, with the reasons."""
    reasons: dict[str, int] = {}
    for exclusion in result.exclusions:
        reasons[str(exclusion.reason)] = reasons.get(str(exclusion.reason), 0) + 1
    if as_json:
        tell_json(
            {
                "files": [str(path) for path in written],
                "pairs": len(result),
                "problems": len(result.problem_ids),
                "teams": len(result.team_ids),
                "exclusions": [
                    {"problem_id": e.problem_id, "team_id": e.team_id, "reason": str(e.reason)}
                    for e in result.exclusions
                ],
                "fingerprint": result.fingerprint,
                "config": dict(result.config),
                "texts_encoded": pipeline.encoder.n_encoded,
                "texts_reused": pipeline.encoder.n_reused,
            }
        )
        return
    text = N_("%(count)s pairs written to %(path)s.")
    click.echo(say(text, count=len(result), path=str(written[0])), err=True)
    for reason, count in sorted(reasons.items()):
        text = N_("Not ranked, %(reason)s: %(count)s.")
        click.echo(say(text, reason=reason, count=count), err=True)
