"""A match run as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.i18n import N_, language_of, translate
from matchmaker.models import Band, Match, MatchExclusion, MatchRun
from matchmaker.queries.match_run import exclusions
from matchmaker.workflows.match import MATCH_WORKFLOW

BOM = "\ufeff"  # Without it Excel takes UTF-8 for the local code page.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

COLUMNS = (
    N_("Problem number"),
    N_("Problem"),
    N_("Team number"),
    N_("Team"),
    N_("State"),
    N_("Fit"),
    N_("Score"),
    N_("Evidence"),
    N_("Place among the problem's teams"),
    N_("Place among the team's problems"),
    N_("Must-haves met"),
    N_("Must-haves"),
    N_("Same score as the row above"),
    N_("Pinned"),
    N_("Reason"),
)
BANDS = {
    Band.STRONG: N_("Strong fit"),
    Band.GOOD: N_("Good fit"),
    Band.POSSIBLE: N_("Possible fit"),
    Band.WEAK: N_("Weak fit"),
}
CONFIDENCE = {
    "thin": N_("Thin profile"),
    "fair": N_("Fair profile"),
    "rich": N_("Rich profile"),
}
Because = Callable[[str, Mapping[str, Any]], str]


def run_csv(session: Session, run: MatchRun, locale: str, because: Because) -> str:
    """The ranked pairs of *run*, then what it left out; *because* puts a reason into words."""
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    writer.writerow([translate(column, locale) for column in COLUMNS])
    for row in (*_ranked(session, run, locale), *_left_out(session, run, locale, because)):
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is made harmless."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _ranked(session: Session, run: MatchRun, locale: str) -> Iterator[list[Any]]:
    statement = (
        sa.select(Match)
        .where(Match.run_id == run.id)
        .options(joinedload(Match.problem), joinedload(Match.team))
        .order_by(Match.problem_id, Match.problem_rank)
    )
    language = language_of(locale)
    before: tuple[int, float] | None = None
    for match in session.scalars(statement):
        is_tied, before = before == (match.problem_id, match.score), (match.problem_id, match.score)
        yield [
            match.problem_id,
            match.problem.title(language),
            match.team_id,
            match.team.name(language),
            translate(MATCH_WORKFLOW.labels[match.state].staff, locale),
            translate(BANDS[match.band], locale),
            round(match.score, 4),
            translate(CONFIDENCE[match.confidence], locale),
            match.problem_rank,
            match.team_rank,
            match.must_met,
            match.must_total,
            translate(N_("Yes"), locale) if is_tied else "",
            translate(N_("Yes"), locale) if match.pinned else "",
            match.reason,
        ]


def _left_out(
    session: Session, run: MatchRun, locale: str, because: Because
) -> Iterator[list[Any]]:
    for found in exclusions(session, run):
        yield [
            *_side(found, locale),
            translate(N_("Not ranked"), locale),
            *[""] * 9,
            because(found.reason, found.params),
        ]


def _side(found: MatchExclusion, locale: str) -> list[Any]:
    language = language_of(locale)
    problem = [found.problem.id, found.problem.title(language)] if found.problem else ["", ""]
    team = [found.team.id, found.team.name(language)] if found.team else ["", ""]
    return [*problem, *team]
