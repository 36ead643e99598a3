"""The shortage map: demand against supply, by level and group, without telling on anybody."""

from __future__ import annotations

import pytest

from matchmaker.competency import load_taxonomy
from matchmaker.competency.shortage import Able, Need, balances, pool, scarcest
from matchmaker.queries.talent import Participant
from matchmaker.reports.participation import GENDERS, participation_tables
from matchmaker.reports.readiness import HIDDEN
from matchmaker.reports.shortage import (
    NOBODY,
    Market,
    drawn,
    group_table,
    label,
    level_table,
    shortage_table,
    shortage_tables,
    uncovered_table,
)

CV, DL, PRD = "PER-CV", "FND-DL", "DEC-PRD"
MFG, CENTRAL = "IND-MFG", "central"
GROUPS = frozenset({MFG, CENTRAL})
SURE = (1.0, 1.0, 1.0, 1.0, 0.5, 0.0)
HALF = (1.0, 0.9, 0.7, 0.5, 0.1, 0.0)


def market() -> Market:
    needs = [
        Need(CV, 3, 3, GROUPS),
        Need(CV, 4, 2),
        Need(CV, 2, 1, GROUPS),
        Need(DL, 3, 3, GROUPS),
        Need(PRD, 3, 2),
    ]
    people = [Able(CV, SURE, GROUPS), Able(CV, HALF), Able(CV, HALF), Able(DL, SURE, GROUPS)]
    return Market(needs, people, [(CV, 3), (DL, 2)])


def test_demand_counts_the_level_and_above_and_supply_adds_probabilities() -> None:
    found = balances(market().needs, market().people, level=3)
    assert list(found) == list(load_taxonomy().competencies)
    cv = found[CV]
    assert (cv.n_needs, cv.demand, cv.n_people, cv.supply) == (2, 5, 3, 2.0)
    assert cv.ratio == 2.5
    assert found[PRD].ratio is None
    assert balances(market().needs, market().people, level=4)[CV].demand == 2
    central = balances(market().needs, market().people, level=3, group=CENTRAL)[CV]
    assert (central.demand, central.n_people, central.supply) == (3, 1, 1.0)


def test_people_taken_together_count_the_same() -> None:
    pooled = pool(market().people)
    assert len(pooled) == 3
    for group in (None, CENTRAL):
        alike = (
            balances(market().needs, p, level=3, group=group) for p in (pooled, market().people)
        )
        assert next(alike) == next(alike)


def test_the_scarcest_comes_first_and_what_nobody_asks_for_not_at_all() -> None:
    found = scarcest(balances(market().needs, market().people, level=3).values())
    assert [balance.competency for balance in found] == [PRD, DL, CV]


def test_supply_of_one_or_two_people_is_hidden_with_everything_that_tells_it() -> None:
    rows = {row[0]: row[1:] for row in shortage_table(market(), 3).rows}
    assert rows == {
        label(PRD): (1, 2, 0, 0, NOBODY, 0),
        label(DL): (1, 3, HIDDEN, HIDDEN, HIDDEN, 0),
        label(CV): (2, 5, 3, 2, 2.5, 1),
    }
    shades = {row.label: row.cells for row in drawn(market(), 3, [MFG, "IND-FOD"])}
    assert shades[label(DL)] == [(None, HIDDEN), (None, None)]
    assert shades[label(PRD)] == [(None, None), (None, None)]


def test_levels_groups_and_missing_courses() -> None:
    levels = [(row[0], row[1], row[3]) for row in level_table(market()).rows]
    assert levels[:4] == [
        (label(DL), "L1", 3),
        (label(DL), "L2", 3),
        (label(DL), "L3", 3),
        (label(CV), "L1", 6),
    ]
    assert [row[0] for row in uncovered_table(market(), 3).rows] == [label(PRD), label(DL)]
    by_sector = group_table(market(), 3, "sector", "", "", {MFG: label(MFG)})
    assert [(row[1], row[3]) for row in by_sector.rows] == [(label(DL), 3), (label(CV), 3)]


def test_filters_leave_what_is_counted_under_all_of_them() -> None:
    left = market().within([MFG, CENTRAL], "PER")
    assert [(need.competency, need.level) for need in left.needs] == [(CV, 3), (CV, 2)]
    assert len(left.people) == 1
    assert market().within([]).needs == market().needs
    assert shortage_table(market().within(["IND-FOD"]), 3).rows == []


def test_nothing_at_all_makes_empty_tables() -> None:
    assert [table.rows for table in shortage_tables(Market([], []), 3)] == [[], [], [], [], []]


@pytest.mark.parametrize("women", [0, 1, 2, 3, 4, 9])
def test_no_small_count_by_gender_is_shown_or_can_be_worked_out(women: int) -> None:
    people = [Participant(g, "lead", "student", CENTRAL, 2) for g in ("woman",) * women]
    people += [Participant("man", "member", "startup", "", 0) for _ in range(8)]
    people += [Participant("", "member", "student", CENTRAL, 3) for _ in range(7)]
    people += [Participant("another", "solver", "", "", 1)]
    for table in participation_tables(people):
        assert len(table.columns) == 1 + len(GENDERS)
        for row in table.rows:
            counts = [cell for cell in row[1:] if isinstance(cell, int)]
            assert not [cell for cell in counts if 0 < cell < 3], (table.name, row)
            assert row.count(HIDDEN) != 1, (table.name, row)


def test_each_person_counts_once_in_the_line_that_fits() -> None:
    people = [Participant("woman", "lead", "student", CENTRAL, 2)] * 5
    people += [Participant("", "organization", "", "", 0)] * 4
    part, kind, _region, level = participation_tables(people)
    assert part.rows[0][1:] == (5, 0, 0, 0)
    assert part.rows[3][1:] == (0, 0, 0, 4)
    assert sum(row[1] for row in kind.rows if isinstance(row[1], int)) == 5
    assert [row[1] for row in level.rows] == [0, 0, 5, 0, 0, 0]
