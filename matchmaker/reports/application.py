"""Applications as a table for the office."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from matchmaker.i18n import N_
from matchmaker.models import APPLICATION_ORIGIN_LABELS, Application, Call, Organization, Team
from matchmaker.reports.table import Column, Table, Words
from matchmaker.workflows.application import APPLICATION_WORKFLOW

_RULE = N_(
    "What teams handed in, the newest first, limited as the page was; times of the programme."
)


def applications_table(
    applications: Sequence[Application], flagged: Collection[int], zone: ZoneInfo
) -> Table:
    """One line for each application."""
    labels = (
        N_("Number"),
        N_("Team"),
        N_("Problem"),
        N_("Organization"),
        N_("Call"),
        N_("State"),
        N_("How it came about"),
        N_("Handed in"),
        N_("Near copy"),
    )
    rows = [
        (
            row.number,
            _names(row.team),
            Words(row.problem.title("zh"), row.problem.title("en")),
            _names(row.problem.organization),
            _names(row.call),
            APPLICATION_WORKFLOW.labels[row.state].staff,
            APPLICATION_ORIGIN_LABELS[row.origin],
            _moment(row.submitted_at, zone),
            N_("Yes") if row.id in flagged else N_("No"),
        )
        for row in applications
    ]
    columns = tuple(Column(label) for label in labels)
    return Table("applications", N_("Applications"), _RULE, columns, rows)


def _names(row: Team | Organization | Call) -> Words:
    return Words(row.name("zh"), row.name("en"))


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %z") if moment else "–"
