"""Ageing: what waits, for whom, since when, and how long each step took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from matchmaker.i18n import N_, Message
from matchmaker.queries.problem_path import Path
from matchmaker.reports.funnel import STAGE_LABELS
from matchmaker.reports.table import Cell, Column, Table, Words, rounded
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, ProblemState

#: Who has to act next in each state that waits for somebody.
WAITS_FOR = {
    ProblemState.SUBMITTED: N_("Programme office"),
    ProblemState.SCREENING: N_("Programme office"),
    ProblemState.RETURNED: N_("Owner"),
    ProblemState.GRADED: N_("Programme office"),
}
BUCKETS = (
    (7, N_("Up to 7 days")),
    (14, N_("8 to 14 days")),
    (30, N_("15 to 30 days")),
    (None, N_("More than 30 days")),
)
LONGEST = 25
STEPS = (("collected", "coached"), ("coached", "graded"), ("graded", "published"))
_AGE_RULE = N_(
    "Problems that wait for a next step, by full days: while they are to be screened, since they "
    "were last submitted; else since they got into their state, or, where that is not on record, "
    "since they came in. Late: not screened within %(days)s days (office settings)."
)
_OLDEST_RULE = N_("The %(count)s problems that have waited longest, counted as above.")
_STEP_RULE = N_(
    "Days from the first arrival at one stage to the first arrival at the next, of problems that "
    "have both on record; half of them took the median or less."
)


def days_waiting(path: Path, now: datetime) -> int:
    """Full days since the problem got into its state."""
    return max(0, (now - path.since) // timedelta(days=1))


def waiting(paths: Sequence[Path]) -> list[Path]:
    """The problems that wait for somebody, the longest first."""
    return sorted((path for path in paths if path.state in WAITS_FOR), key=lambda path: path.since)


def is_late(path: Path, now: datetime, due_days: int) -> bool:
    """Whether the office should have screened the problem by now."""
    open_states = (ProblemState.SUBMITTED, ProblemState.SCREENING)
    return path.state in open_states and days_waiting(path, now) > due_days


def age_table(paths: Sequence[Path], now: datetime, due_days: int) -> Table:
    """How many problems wait in each state, by how long."""
    columns = (
        Column(N_("State")),
        Column(N_("Waits for")),
        *(Column(label, is_number=True) for _limit, label in BUCKETS),
        Column(N_("Together"), is_number=True),
        Column(N_("Late"), is_number=True),
    )
    rows = [
        _age_row(state, [path for path in paths if path.state is state], now, due_days)
        for state in WAITS_FOR
    ]
    rule = Message(_AGE_RULE, {"days": due_days})
    return Table("age", N_("What waits, and how long"), rule, columns, rows)


def _age_row(
    state: ProblemState, paths: Sequence[Path], now: datetime, due_days: int
) -> tuple[Cell, ...]:
    buckets = [0] * len(BUCKETS)
    for path in paths:
        buckets[_bucket(days_waiting(path, now))] += 1
    late = sum(is_late(path, now, due_days) for path in paths)
    label = PROBLEM_WORKFLOW.labels[state].staff
    return (label, WAITS_FOR[state], *buckets, len(paths), late)


def _bucket(days: int) -> int:
    return next(
        place for place, (limit, _label) in enumerate(BUCKETS) if limit is None or days <= limit
    )


def oldest_table(paths: Sequence[Path], now: datetime) -> Table:
    """The problems that have waited longest."""
    columns = (
        Column(N_("Number"), is_number=True),
        Column(N_("Problem")),
        Column(N_("State")),
        Column(N_("Waits for")),
        Column(N_("Days"), is_number=True),
    )
    rows = [
        (
            path.problem_id,
            title_words(path),
            PROBLEM_WORKFLOW.labels[path.state].staff,
            WAITS_FOR[path.state],
            days_waiting(path, now),
        )
        for path in waiting(paths)[:LONGEST]
    ]
    rule = Message(_OLDEST_RULE, {"count": LONGEST})
    return Table("oldest", N_("Waiting longest"), rule, columns, rows)


def title_words(path: Path) -> Words:
    """The problem's title in each language, or in the other one."""
    return Words(zh=path.title_zh or path.title_en, en=path.title_en or path.title_zh)


def step_table(paths: Sequence[Path]) -> Table:
    """How long each step of the way took."""
    columns = (
        Column(N_("Step")),
        Column(N_("Problems"), is_number=True),
        Column(N_("Median days"), is_number=True),
        Column(N_("Longest, in days"), is_number=True),
    )
    rows = [_step_row(paths, before, after) for before, after in STEPS]
    return Table("steps", N_("How long the steps took"), _STEP_RULE, columns, rows)


def _step_row(paths: Sequence[Path], before: str, after: str) -> tuple[Cell, ...]:
    spans = [_days_between(path, before, after) for path in paths]
    found = [span for span in spans if span is not None]
    params = {"before": Message(STAGE_LABELS[before]), "after": Message(STAGE_LABELS[after])}
    label = Message(N_("%(before)s → %(after)s"), params)
    if not found:
        return label, 0, None, None
    return label, len(found), rounded(median(found)), max(found)


def _days_between(path: Path, before: str, after: str) -> int | None:
    if not {before, after} <= path.recorded:
        return None
    start, end = path.reached(before), path.reached(after)
    return None if start is None or end is None else max(0, (end - start) // timedelta(days=1))


def ageing_tables(paths: Sequence[Path], now: datetime, due_days: int) -> list[Table]:
    """Everything about ageing."""
    return [age_table(paths, now, due_days), oldest_table(paths, now), step_table(paths)]
