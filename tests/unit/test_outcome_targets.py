"""What outcomes count towards the targets of a call: only what both sides confirm."""

from __future__ import annotations

from matchmaker.queries.outcome import Said
from matchmaker.reports.outcome import indicator_table


def said(owner: dict, team: dict, *, is_completed: bool = True) -> Said:
    return Said(is_completed, owner, team, asked=2, answered=2, lapsed=0)


WORK = [
    said({"jobs": 10, "in_use": "yes"}, {"jobs": 10, "in_use": "yes"}),
    said({"jobs": 2, "in_use": "yes"}, {"jobs": 5, "in_use": "pilot"}),
    said({}, {"jobs": 4, "investment": 2_500_000}),
    said({"investment": 30_000_000}, {"investment": 28_000_000}, is_completed=False),
    said({}, {}, is_completed=False),
]


def test_only_what_both_sides_confirm_counts_towards_a_target() -> None:
    targets = {"solutions": 6, "services": 4, "jobs": 40, "investment": 56}
    assert [row[1:] for row in indicator_table(WORK, targets).rows] == [
        (3, 0, 0, 6, "50 %"),
        (1, 0, 1, 4, "25 %"),
        (10, 4, "2 – 5", 40, "25 %"),
        (28, 2.5, 0, 56, "50 %"),
    ]


def test_without_targets_and_answers_nothing_is_made_up() -> None:
    assert [row[1:] for row in indicator_table([], {}).rows] == [(0, 0, 0, None, None)] * 4
