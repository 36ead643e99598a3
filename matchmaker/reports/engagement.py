"""The office's board of work under way as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from matchmaker.i18n import N_, Message
from matchmaker.models import CAUSE_LABELS, CAUSE_SIDE_LABELS, LIGHT_LABELS
from matchmaker.queries.engagement_board import Line
from matchmaker.reports.table import Column, Table, Words
from matchmaker.workflows.engagement import ENGAGEMENT_WORKFLOW


def board_table(lines: Iterable[Line], zone: ZoneInfo) -> Table:
    """*lines* of the board, with times in *zone*."""
    return Table(
        "engagements",
        N_("Work under way"),
        Message(N_("Times in the zone %(zone)s; overdue first."), {"zone": str(zone)}),
        (
            Column(N_("Number")),
            Column(N_("Problem")),
            Column(N_("Team")),
            Column(N_("Call")),
            Column(N_("State")),
            Column(N_("Next due")),
            Column(N_("Overdue")),
            Column(N_("Days the owner is silent"), is_number=True),
            Column(N_("Last light")),
            Column(N_("The blocker is with")),
            Column(N_("Mentor")),
            Column(N_("Cause of the early end")),
        ),
        [_row(line, zone) for line in lines],
    )


def _row(line: Line, zone: ZoneInfo) -> tuple[Words | Message | str | int | None, ...]:
    row = line.engagement
    due = f"{line.due_at.astimezone(zone):%Y-%m-%d %H:%M}" if line.due_at else None
    cause = Message(CAUSE_LABELS[row.stop_cause]) if row.stop_cause else None
    side = Message(CAUSE_SIDE_LABELS[line.blocker_side]) if line.blocker_side else None
    return (
        row.number,
        Words(row.problem.title("zh"), row.problem.title("en")),
        Words(row.team.name("zh"), row.team.name("en")),
        Words(row.call.name("zh"), row.call.name("en")),
        Message(ENGAGEMENT_WORKFLOW.labels[row.state].staff),
        due,
        Message(N_("Yes") if line.is_overdue else N_("No")),
        line.silent_days or None,
        Message(LIGHT_LABELS[line.light]) if line.light else None,
        side,
        row.mentor.name if row.mentor else None,
        cause,
    )
