"""How far groups got: counted once in each stage, small numbers not to be worked out."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.queries.reach import STAGES, Pair
from matchmaker.reports.reach import hide_small, reach_tables, tallies
from matchmaker.reports.readiness import HIDDEN
from matchmaker.reports.suppression import SMALLEST


def pair(team: int, stage: str, *, kind="student", region="north", grade="G1", people=()) -> Pair:
    return Pair(team, kind, region, grade, STAGES.index(stage), frozenset(people))


def counts_of(name: str, pairs, genders=None):
    return next(tally for tally in tallies(pairs, genders or {}) if tally.name == name).counts


def test_a_team_counts_once_in_each_stage_it_got_to_with_any_problem() -> None:
    found = [pair(1, "recommended"), pair(1, "offered"), pair(2, "applied")]
    assert counts_of("kind", found)["student"] == [2, 2, 1, 0, 0, 0]
    assert counts_of("grade", found)["G1"] == [3, 2, 1, 0, 0, 0]


def test_people_count_under_what_they_declared_and_the_others_too() -> None:
    found = [pair(1, "completed", people={1, 2}), pair(2, "applied", people={1, 3})]
    counts = counts_of("gender", found, {1: "woman"})
    assert counts["woman"] == [1, 1, 1, 1, 1, 0]
    assert counts[""] == [2, 2, 1, 1, 1, 0]


def test_rates_are_beside_those_of_the_largest_group() -> None:
    found = [pair(n, "applied" if n < 30 else "recommended") for n in range(40)]
    found += [
        pair(n, "applied" if n < 110 else "recommended", kind="startup") for n in range(100, 120)
    ]
    rates = {table.name: table for table in reach_tables(found, {})}["kind-rates"]
    rows = [row for row in rates.rows if row[1] is not None]
    assert [row[1] for row in rows] == ["75 % (1.00)", "50 % (0.67 ▼)"]


def test_nothing_is_said_of_groups_too_small_for_rates() -> None:
    tables = {table.name: table for table in reach_tables([pair(1, "applied")], {})}
    assert tables["kind-rates"].rows == []
    assert tables["kind"].rows[0][1] == HIDDEN


NESTED = st.lists(
    st.lists(st.integers(0, 9), min_size=4, max_size=4).map(
        lambda steps: [sum(steps[place:]) for place in range(4)]
    ),
    min_size=2,
    max_size=5,
)


@given(NESTED)
@settings(max_examples=200, deadline=None)
def test_neither_counts_nor_differences_tell_small_numbers(counts) -> None:
    shown = hide_small(counts)
    for row, true in zip(shown, counts, strict=True):
        assert all(cell is None or cell == known for cell, known in zip(row, true, strict=True))
        left = [cell for cell in row if cell is not None]
        assert not any(0 < cell < SMALLEST for cell in left)
        assert not any(0 < a - b < SMALLEST for a, b in itertools.pairwise(left))
    for column in zip(*shown, strict=True):
        assert sum(cell is None for cell in column) != 1
