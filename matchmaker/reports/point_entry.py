"""Points as a table for the office."""

from __future__ import annotations

from collections.abc import Sequence

from matchmaker.i18n import N_
from matchmaker.models import POINT_RULES, PointEntry
from matchmaker.reports.table import Column, Table

_RULE = N_(
    "Each deed counts once, on its day in Taipei. Points have no effect on matching or selection."
)


def entries_table(entries: Sequence[PointEntry]) -> Table:
    """One line for each entry."""
    columns = (
        Column(N_("Day")),
        Column(N_("Name")),
        Column(N_("Kind")),
        Column(N_("Points earned"), is_number=True),
        Column(N_("State")),
        Column(N_("Reason")),
    )
    rows = [
        (
            entry.earned_on.isoformat(),
            entry.user.name,
            POINT_RULES[entry.kind].label,
            entry.points,
            _state(entry),
            entry.reason,
        )
        for entry in entries
    ]
    return Table("points", N_("Community points"), _RULE, columns, rows)


def _state(entry: PointEntry) -> str:
    if not entry.counts:
        return N_("Taken back") if entry.taken_back_by_id else N_("Undone")
    return N_("Counts") if entry.points else N_("Over a cap")
