"""`matchmaker evaluate`: measure the matcher on labelled pairs, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.common import tell_json
from matchmaker.cli.matcher import (
    EXISTING,
    make_pipeline,
    read_documents,
    record_options,
    show_progress,
)
from matchmaker.cli.pairs import read_judgements, read_scores, score_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matchmaker.matching import MatchPipeline, ProblemDocument, TeamDocument
    from matchmaker.matching.evaluation import Estimate
    from matchmaker.matching.types import Matrix


@click.command("evaluate")
@record_options
@click.option("--labels", required=True, type=EXISTING, help="CSV: problem_id,team_id,rel.")
@click.option("--scores", type=EXISTING, help="Measure these scores instead of ranking.")
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
    from matchmaker.matching.evaluation import compare, evaluate

    problem_documents, team_documents = read_documents(problems, teams)
    judgements = read_judgements(labels, problem_documents, team_documents, drop_documented)
    pipeline = make_pipeline(dictionary, cache, None)
    methods = _scored(pipeline, problem_documents, team_documents, scores)
    ours = methods["matcher"]
    tables = {name: evaluate(values, judgements) for name, values in methods.items()}
    for name in ("sector_bm25", "plain_embedding"):
        tables[f"matcher - {name}"] = compare(ours, methods[name], judgements)
    if as_json:
        tell_json(_plain(tables))
    else:
        _print_tables(tables)


def _scored(
    pipeline: MatchPipeline,
    problems: Sequence[ProblemDocument],
    teams: Sequence[TeamDocument],
    given: Path | None,
) -> dict[str, Matrix]:
    """Score all pairs with the matcher, or take the scores *given*, and with both baselines."""
    from matchmaker.matching.baselines import plain_embedding, sector_bm25

    with show_progress() as bars:
        if given is not None:
            found = read_scores(given)
        else:
            result = pipeline.run(problems, teams, progress=bars)
            found = {(pair.problem_id, pair.team_id): pair.score for pair in result}
        return {
            "matcher": score_matrix(found, problems, teams),
            "sector_bm25": sector_bm25(problems, teams),
            "plain_embedding": plain_embedding(problems, teams, pipeline.encoder),
        }


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
