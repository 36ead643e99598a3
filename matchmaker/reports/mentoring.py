"""Hours of mentoring in the programme's calls: by mentor, by call, and by piece of work."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from matchmaker.i18n import N_, Message
from matchmaker.queries.mentoring import Load
from matchmaker.reports.table import Cell, Column, Name, Table, Words, rounded

_RULE = N_(
    "Meetings that the mentor has written down or confirmed and nobody has struck out. In-house "
    "calls are left out."
)
_SUMS = (
    Column(N_("Pieces of work"), is_number=True),
    Column(N_("Meetings"), is_number=True),
    Column(N_("Hours"), is_number=True),
)


def mentoring_tables(loads: Sequence[Load]) -> list[Table]:
    """The sums by mentor and by call, then each piece of work."""
    mentors = _sums(loads, lambda load: load.mentor.id, lambda load: _mentor(load))
    calls = _sums(loads, lambda load: load.engagement.call_id, lambda load: _call(load))
    return [
        Table("mentors", N_("By mentor"), _RULE, (Column(N_("Mentor")), *_SUMS), mentors),
        Table("calls", N_("By call"), _RULE, (Column(N_("Call")), *_SUMS), calls),
        _works(loads),
    ]


def _sums(
    loads: Sequence[Load], key: Callable[[Load], Hashable], name: Callable[[Load], Name]
) -> list[tuple[Cell, ...]]:
    """One row for each *key*, most minutes first."""
    groups: dict[Hashable, list[Load]] = {}
    for load in loads:
        groups.setdefault(key(load), []).append(load)
    ordered = sorted(groups.values(), key=lambda rows: -sum(row.minutes for row in rows))
    return [
        (
            name(rows[0]),
            len({row.engagement.id for row in rows}),
            sum(row.meetings for row in rows),
            hours(sum(row.minutes for row in rows)),
        )
        for rows in ordered
    ]


def hours(minutes: int) -> int | float:
    """Minutes as hours to one decimal."""
    return rounded(minutes / 60)


def _mentor(load: Load) -> Name:
    return load.mentor.name or Message(N_("Erased account"))


def _call(load: Load) -> Name:
    call = load.engagement.call
    return Words(call.name("zh"), call.name("en"))


def _works(loads: Sequence[Load]) -> Table:
    columns = (
        Column(N_("Number")),
        Column(N_("Problem")),
        Column(N_("Team")),
        Column(N_("Call")),
        Column(N_("Mentor")),
        Column(N_("Meetings"), is_number=True),
        Column(N_("Hours"), is_number=True),
    )
    rows = [_work(load) for load in loads]
    return Table("works", N_("By piece of work"), _RULE, columns, rows)


def _work(load: Load) -> tuple[Cell, ...]:
    work = load.engagement
    return (
        work.number,
        Words(work.problem.title("zh"), work.problem.title("en")),
        Words(work.team.name("zh"), work.team.name("en")),
        _call(load),
        _mentor(load),
        load.meetings,
        hours(load.minutes),
    )
