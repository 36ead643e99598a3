"""An allocation as a table for a spreadsheet."""

from __future__ import annotations

from sqlalchemy.orm import Session

from matchmaker.i18n import N_
from matchmaker.models import PLACE_OUTCOME_LABELS, Allocation, AllocationPlace
from matchmaker.queries.allocation_place import all_places
from matchmaker.queries.allocation_reason import BECAUSE_WORDS, Because
from matchmaker.reports.table import Cell, Column, Table, Words

RULE = N_(
    "Every candidate of every problem, best fit first: the fit counted with, from 0 to 100, its "
    "parts, and what the allocation proposes."
)
COLUMNS = (
    Column(N_("Problem number")),
    Column(N_("Problem")),
    Column(N_("Team number")),
    Column(N_("Team")),
    Column(N_("Application number")),
    Column(N_("Proposal")),
    Column(N_("Turn among the reserves"), is_number=True),
    Column(N_("Fit"), is_number=True),
    Column(N_("Matcher’s score"), is_number=True),
    Column(N_("Reviewers’ score"), is_number=True),
    Column(N_("Place among the problem's teams"), is_number=True),
    Column(N_("Place among the team's problems"), is_number=True),
    Column(N_("Locked")),
    Column(N_("Why not placed")),
)


def places_table(session: Session, allocation: Allocation) -> Table:
    """All candidates of *allocation*."""
    rows = [_row(place) for place in all_places(session, allocation)]
    return Table("places", N_("Allocation"), RULE, COLUMNS, rows)


def _row(place: AllocationPlace) -> tuple[Cell, ...]:
    return (
        place.problem_id,
        Words(place.problem.title("zh"), place.problem.title("en")),
        place.team_id,
        Words(place.team.name("zh"), place.team.name("en")),
        place.application_id,
        PLACE_OUTCOME_LABELS[place.outcome],
        place.turn,
        place.score,
        place.match_score,
        place.review_score,
        place.rank,
        place.team_rank,
        N_("Yes") if place.is_locked else "",
        BECAUSE_WORDS[Because(place.because)] if place.because else "",
    )
