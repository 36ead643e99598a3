"""What waits, as a table for files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from matchmaker.i18n import N_, language_of, translate
from matchmaker.queries.waiting import Item
from matchmaker.queries.waiting_holder import Name
from matchmaker.reports.table import Cell, Column, Table, Words

_RULE = N_(
    "Everything that waits for somebody, the longest overdue first; times are of the programme’s "
    "time zone. Full days; below zero: still to come. Escalated: leads or the office were told."
)


def waiting_table(
    items: Sequence[Item],
    holders: Sequence[Name],
    escalated: Collection[tuple[str, int, datetime]],
    now: datetime,
    zone: ZoneInfo,
) -> Table:
    """One line for each thing."""
    columns = (
        Column(N_("What waits")),
        Column(N_("Where it belongs")),
        Column(N_("Waits for")),
        Column(N_("Since")),
        Column(N_("Due")),
        Column(N_("Days waiting"), is_number=True),
        Column(N_("Days overdue"), is_number=True),
        Column(N_("Escalated")),
    )
    rows = [
        (
            Words(_task(item, "zh_Hant_TW"), _task(item, "en")),
            Words(item.context("zh"), item.context("en")),
            Words(*holder) if isinstance(holder, tuple) else holder,
            _moment(item.since, zone),
            _moment(item.due_at, zone),
            (now - item.since) // timedelta(days=1),
            _days_over(item, now),
            N_("Yes") if item.key in escalated else N_("No"),
        )
        for item, holder in zip(items, holders, strict=True)
    ]
    return Table("waiting", N_("What waits"), _RULE, columns, rows)


def _task(item: Item, locale: str) -> str:
    return translate(item.task(language_of(locale)), locale)


def _days_over(item: Item, now: datetime) -> Cell:
    seconds = (now - item.due_at).total_seconds()
    return int(seconds / timedelta(days=1).total_seconds())


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %z")
