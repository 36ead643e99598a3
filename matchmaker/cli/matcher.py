"""What the commands that run the matcher on files share: options, records, progress."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.common import say
from matchmaker.i18n import N_

if TYPE_CHECKING:
    from matchmaker.matching import MatchPipeline, ProblemDocument, TeamDocument

_STAGES = {
    "read": N_("Reading"),
    "encode": N_("Encoding"),
    "rank": N_("Ranking"),
    "explain": N_("Explaining"),
    "prepare": N_("Preparing"),
    "solve": N_("Solving"),
    "remedy": N_("Looking for limits to relax"),
}
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
_MIN_SECONDS = 2.0


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
        click.option("--dictionary", type=EXISTING, help="CC-CEDICT file that widens the lexicon."),
        click.option("--problems", required=True, type=EXISTING, help="Problem records."),
        click.option("--teams", required=True, type=EXISTING, help="Team records."),
    ):
        command = option(command)
    return command


def read_documents(problems: Path, teams: Path) -> tuple[list[ProblemDocument], list[TeamDocument]]:
    """Read both record files in order of id."""
    from matchmaker.records import read_problems, read_teams

    problem_rows = sorted(read_problems(problems), key=lambda record: record.id)
    team_rows = sorted(read_teams(teams), key=lambda record: record.id)
    return (
        [record.to_document() for record in problem_rows],
        [record.to_document() for record in team_rows],
    )


def make_pipeline(dictionary: Path | None, cache: Path | None, top: int | None) -> MatchPipeline:
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
def show_progress() -> Iterator[ProgressBars]:
    """Show a bar for each stage of a run."""
    bars = ProgressBars()
    try:
        yield bars
    finally:
        bars.close()
