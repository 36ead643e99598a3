"""`matchmaker rank` and `matchmaker evaluate`: the matcher on files, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.common import say, tell_json
from matchmaker.cli.pairs import (
    check_known,
    read_judgements,
    read_pairs,
    read_scores,
    score_matrix,
)
from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_

if TYPE_CHECKING:
    from matchmaker.matching import MatchPipeline, MatchResult, ProblemDocument, TeamDocument
    from matchmaker.matching.evaluation import Estimate
    from matchmaker.matching.types import Pair

_STAGES = {
    "read": N_("Reading"),
    "encode": N_("Encoding"),
    "rank": N_("Ranking"),
    "explain": N_("Explaining"),
}
_EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUTPUT = click.Path(dir_okay=False, path_type=Path)
_MIN_SECONDS = 2.0


class CannotWrite(MatchmakerError):
    """A file that cannot be written."""

    code = "cannot_write"
    default = N_("%(path)s cannot be written: %(reason)s")


class ProgressBars:
    """One bar a stage on the error stream, for stages over two seconds on a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Move the bar of *stage* to *done* of *total*."""
        from tqdm import tqdm

        if stage != self._stage:
            self.close()
            self._stage = stage
            self._bar = tqdm(
                total=total,
                desc=say(_STAGES[stage]),
                delay=_MIN_SECONDS,
                disable=not sys.stderr.isatty(),
                leave=False,
            )
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take the current bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def record_options(command: Any) -> Any:
    """Add the options that both commands share."""
    for option in (
        click.option(
            "--cache",
            type=click.Path(file_okay=False, path_type=Path),
            help="Folder that keeps vectors, so that no text is encoded twice.",
        ),
        click.option(
            "--dictionary", type=_EXISTING, help="CC-CEDICT file that widens the lexicon."
        ),
        click.option("--problems", required=True, type=_EXISTING, help="Problem records."),
        click.option("--teams", required=True, type=_EXISTING, help="Team records."),
    ):
        command = option(command)
    return command


@click.command("rank")
@record_options
@click.option("--output", required=True, type=_OUTPUT, help="CSV file to write.")
@click.option("--top", type=click.IntRange(min=1), help="Keep the best N teams of each problem.")
@click.option("--pairs", type=_EXISTING, help="CSV file with the only pairs to write.")
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
    problem_documents, team_documents = _read(problems, teams)
    wanted = read_pairs(pairs) if pairs else None
    if wanted is not None:
        check_known(pairs or output, wanted, problem_documents, team_documents)
    pipeline = _pipeline(dictionary, cache, top if wanted is None else None)
    with _progress() as bars:
        result = pipeline.run(problem_documents, team_documents, progress=bars)
    if wanted is not None:
        result = _only(result, wanted, top)
    with _writing(output):
        with output.open("w", encoding="utf-8", newline="") as stream:
            result.write_csv(stream)
        written = [output]
        if explain:
            written.append(
                _explain(
                    result,
                    pipeline,
                    problem_documents,
                    team_documents,
                    output,
                    everything=top is not None or wanted is not None,
                )
            )
    _report(result, written, pipeline, as_json)


@click.command("evaluate")
@record_options
@click.option("--labels", required=True, type=_EXISTING, help="CSV: problem_id,team_id,rel.")
@click.option("--scores", type=_EXISTING, help="Measure these scores instead of ranking.")
@click.option(
    "--drop-documented", is_flag=True, help="Take pairs marked as documented out of the lists."
)
@click.option("--json", "as_json", is_flag=True, help="Print for a program to read.")
def evaluate_command(
    teams: Path,
    problems: Path,
    labels: Path,
    scores: Path | None,
    drop_documented: bool,
    dictionary: Path | None,
    cache: Path | None,
    as_json: bool,
) -> None:
    """Measure the matcher on labelled pairs, beside two baselines.

    Prints NDCG@5, NDCG@10, MRR and Recall@10 with 95 % intervals, over all problems and by
    language direction, and the paired difference to each baseline.
    """
    from matchmaker.matching.baselines import plain_embedding, sector_bm25
    from matchmaker.matching.evaluation import compare, evaluate

    problem_documents, team_documents = _read(problems, teams)
    judgements = read_judgements(labels, problem_documents, team_documents, drop_documented)
    pipeline = _pipeline(dictionary, cache, None)
    with _progress() as bars:
        if scores is not None:
            ours = score_matrix(read_scores(scores), problem_documents, team_documents)
        else:
            result = pipeline.run(problem_documents, team_documents, progress=bars)
            found = {(pair.problem_id, pair.team_id): pair.score for pair in result}
            ours = score_matrix(found, problem_documents, team_documents)
        methods = {
            "matcher": ours,
            "sector_bm25": sector_bm25(problem_documents, team_documents),
            "plain_embedding": plain_embedding(problem_documents, team_documents, pipeline.encoder),
        }
    tables = {name: evaluate(values, judgements) for name, values in methods.items()}
    for name in ("sector_bm25", "plain_embedding"):
        tables[f"matcher - {name}"] = compare(ours, methods[name], judgements)
    if as_json:
        tell_json(_plain(tables))
    else:
        _print_tables(tables)


def _read(problems: Path, teams: Path) -> tuple[list[ProblemDocument], list[TeamDocument]]:
    """Read both record files in order of id."""
    from matchmaker.records import read_problems, read_teams

    problem_rows = sorted(read_problems(problems), key=lambda record: record.id)
    team_rows = sorted(read_teams(teams), key=lambda record: record.id)
    return (
        [record.to_document() for record in problem_rows],
        [record.to_document() for record in team_rows],
    )


def _pipeline(dictionary: Path | None, cache: Path | None, top: int | None) -> MatchPipeline:
    """Build the matcher that the operator's settings and the options describe."""
    from matchmaker.competency import load_lexicon
    from matchmaker.matching import FileVectorCache, MatchConfig, MatchPipeline, make_encoder
    from matchmaker.settings import Settings

    settings = Settings.from_environ()
    return MatchPipeline(
        MatchConfig(top_n=top),
        encoder=make_encoder(
            settings.encoder, settings.model, multilingual=settings.model_multilingual
        ),
        cache=FileVectorCache(cache) if cache else None,
        lexicon=load_lexicon(dictionary=dictionary or settings.dictionary),
    )


@contextmanager
def _progress() -> Iterator[ProgressBars]:
    bars = ProgressBars()
    try:
        yield bars
    finally:
        bars.close()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(path=str(path), reason=error.strerror or str(error)) from error


def _only(result: MatchResult, wanted: Sequence[Pair], top: int | None) -> MatchResult:
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
    *,
    everything: bool,
) -> Path:
    """Write why beside *output* and return the file's path."""
    path = output.with_suffix(".explanations.jsonl")
    problem_by_id = {problem.id: problem for problem in problems}
    team_by_id = {team.id: team for team in teams}
    chosen = [pair for pair in result if everything or pair.rank <= EXPLAINED]
    with path.open("w", encoding="utf-8") as stream, _progress() as bars:
        for number, pair in enumerate(chosen):
            bars("explain", number, len(chosen))
            found = pipeline.explain(
                problem_by_id[pair.problem_id], team_by_id[pair.team_id], pair, result.reference
            )
            stream.write(json.dumps(found, ensure_ascii=False, sort_keys=True) + "\n")
    return path


EXPLAINED = 10


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


def _plain(tables: dict[str, dict[str, dict[str, Estimate]]]) -> dict[str, Any]:
    return {
        method: {
            name: {metric: estimate.to_dict() for metric, estimate in metrics.items()}
            for name, metrics in lists.items()
        }
        for method, lists in tables.items()
    }


def _print_tables(tables: dict[str, dict[str, dict[str, Estimate]]]) -> None:
    for method, lists in tables.items():
        metrics = list(next(iter(lists.values())))
        click.echo(f"\n{method}")
        click.echo(f"{'':8s}{'n':>5s} " + " ".join(f"{metric:>24s}" for metric in metrics))
        for name, row in lists.items():
            cells = " ".join(_cell(row[metric]) for metric in metrics)
            click.echo(f"{name:8s}{row[metrics[0]].n:5d} {cells}")


def _cell(estimate: Estimate) -> str:
    if not estimate.n:
        return f"{'-':>24s}"
    return f"{estimate.value:8.3f} [{estimate.low:6.3f},{estimate.high:6.3f}]"
