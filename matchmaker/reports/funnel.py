"""The funnel of a call: collected, coached, graded, published; by month, sector, region and size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from matchmaker.i18n import N_
from matchmaker.queries.problem_path import Path
from matchmaker.reports.groups import GROUPINGS, Grouping
from matchmaker.reports.table import Cell, Column, Table

STAGE_LABELS = {
    "collected": N_("Collected"),
    "coached": N_("Coached or accepted as it was"),
    "graded": N_("Graded"),
    "published": N_("Published"),
}
STAGES = tuple(STAGE_LABELS)
STAGE_RULES = {
    "collected": N_("Collected: submitted at least once, whatever became of it since."),
    "coached": N_(
        "Coached or accepted as it was: a broker was assigned, the office returned it with what "
        "is missing, or the screening took it on; a graded problem counts even without coaching."
    ),
    "graded": N_("Graded: an officer has signed a grade, also if it was changed later."),
    "published": N_("Published: teams could read it at some time."),
}
_COUNTED = N_(
    "Problems of the programme's calls; in-house calls are left out. A problem counts once in each "
    "stage, on the day it first got there; an import without that day counts on the day it came in."
)
_BY_MONTH = N_("Each problem counts in the month in which it first got to the stage, Taipei time.")
_BY_GROUP = N_(
    "Sector and region are the problem's, or its organization's where it says none; size is the "
    "organization's. Published of collected is the share of the group's own problems."
)
_STAGE_COLUMNS = tuple(Column(label, is_number=True) for label in STAGE_LABELS.values())


def counts(paths: Sequence[Path]) -> dict[str, int]:
    """How many problems got to each stage."""
    return {stage: sum(path.reached(stage) is not None for path in paths) for stage in STAGES}


def funnel_table(paths: Sequence[Path], targets: Mapping[str, int]) -> Table:
    """Each stage with its target and the share of it that is reached."""
    columns = (
        Column(N_("Stage")),
        Column(N_("Reached"), is_number=True),
        Column(N_("Target"), is_number=True),
        Column(N_("Of the target"), is_number=True),
    )
    rows = [
        (STAGE_LABELS[stage], number, targets.get(stage), share(number, targets.get(stage)))
        for stage, number in counts(paths).items()
    ]
    return Table("funnel", N_("Funnel against targets"), _COUNTED, columns, rows)


def share(part: float, whole: int | None) -> str | None:
    """A percentage in words; nothing of nothing has none."""
    return f"{100 * part / whole:.0f} %" if whole else None


def month_table(paths: Sequence[Path], zone: ZoneInfo) -> Table:
    """What came in and went on, month by month without a gap."""
    found = {stage: _months(paths, stage, zone) for stage in STAGES}
    months = _span([month for counter in found.values() for month in counter])
    rows: list[tuple[Cell, ...]] = [
        (month, *(found[stage][month] for stage in STAGES)) for month in months
    ]
    return Table("month", N_("By month"), _BY_MONTH, (Column(N_("Month")), *_STAGE_COLUMNS), rows)


def _months(paths: Sequence[Path], stage: str, zone: ZoneInfo) -> Counter[str]:
    return Counter(month_of(at, zone) for path in paths if (at := path.reached(stage)) is not None)


def month_of(moment: datetime, zone: ZoneInfo) -> str:
    """The month of a moment where the programme is, such as ``2026-03``."""
    return f"{moment.astimezone(zone):%Y-%m}"


def _span(months: Sequence[str]) -> list[str]:
    """Every month from the first to the last of *months*."""
    if not months:
        return []
    first, last = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (min(months), max(months)))
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1)]


def cumulative(table: Table, stage: str) -> list[tuple[str, int]]:
    """The sum up to each month of *table*, for drawing."""
    place, total, points = STAGES.index(stage) + 1, 0, []
    for row in table.rows:
        count = row[place]
        total += count if isinstance(count, int) else 0
        points.append((str(row[0]), total))
    return points


def group_table(paths: Sequence[Path], grouping: Grouping) -> Table:
    """How far the problems of each group got, the group with most problems first."""
    members: dict[str, list[Path]] = {}
    for path in paths:
        members.setdefault(grouping.key(path), []).append(path)
    ordered = sorted(members.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [(grouping.label(key), *_group_row(found)) for key, found in ordered]
    columns = (
        Column(grouping.noun),
        *_STAGE_COLUMNS,
        Column(N_("Published of collected"), is_number=True),
    )
    return Table(grouping.name, grouping.title, _BY_GROUP, columns, rows)


def _group_row(paths: Sequence[Path]) -> tuple[Cell, ...]:
    found = counts(paths)
    return (*found.values(), share(found["published"], found["collected"]))


def funnel_tables(paths: Sequence[Path], targets: Mapping[str, int], zone: ZoneInfo) -> list[Table]:
    """Everything about the funnel."""
    return [
        funnel_table(paths, targets),
        month_table(paths, zone),
        *(group_table(paths, grouping) for grouping in GROUPINGS),
    ]
