"""Readiness in figures: who is counted together, what is hidden, what a spreadsheet gets."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.reports.groups import GROUPINGS
from matchmaker.reports.readiness import (
    HIDDEN,
    Standing,
    change_table,
    group_table,
    merged,
    side_table,
    stage_table,
)
from matchmaker.reports.suppression import SMALLEST
from matchmaker.reports.table import Together, as_csv, said

RUBRIC = shipped_rubric("readiness")
BY_REGION = next(grouping for grouping in GROUPINGS if grouping.name == "region")


def firm(region="central", stage="S2", overall=40.0, verified=False):
    sides = dict.fromkeys(RUBRIC.dimensions, overall)
    groups = dict.fromkeys(RUBRIC.groups, overall)
    return Standing("IND-MFG", region, "small", stage, overall, sides, groups, verified)


def test_stages_are_counted_apart_by_who_says_so():
    found = [firm()] * 5 + [firm(verified=True)] * 4 + [firm(stage="S4")] * 3
    rows = stage_table(found, RUBRIC).rows
    assert [row[1:] for row in rows] == [(0, 0), (5, 4), (0, 0), (3, 0)]


def test_a_single_firm_in_a_stage_is_hidden_with_others():
    seen = [firm(verified=True)] * 4 + [firm(stage="S4", verified=True)] * 3
    rows = stage_table([firm()] * 5 + [firm(stage="S4")] + seen, RUBRIC).rows
    assert [row[1:] for row in rows] == [(0, 0), (HIDDEN, HIDDEN), (0, 0), (HIDDEN, HIDDEN)]


def test_small_groups_are_counted_together():
    found = [firm("central")] * 5 + [firm("east", overall=10.0)] + [firm("south", overall=40.0)] * 2
    table = group_table(found, BY_REGION, RUBRIC)
    assert [said(row[0], "en") for row in table.rows] == [
        "Central Taiwan",
        "Southern Taiwan, Eastern Taiwan",
    ]
    assert table.rows[1][1:3] == (3, 30.0)
    assert isinstance(table.rows[1][0], Together)


def test_a_small_group_takes_the_next_smallest_with_it():
    found = [firm("central")] * 5 + [firm("south")] * 3 + [firm("east")]
    table = group_table(found, BY_REGION, RUBRIC)
    assert [row[1] for row in table.rows] == [5, 4]


@settings(max_examples=40)
@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(1, 9)))
def test_no_group_is_small_and_nobody_is_lost(sizes):
    groups = {key: [firm(key)] * size for key, size in sizes.items()}
    found = merged(groups)
    assert all(len(rows) >= SMALLEST for _keys, rows in found)
    shown = sum(len(rows) for _keys, rows in found)
    assert shown in (sum(sizes.values()), 0)
    assert shown or sum(sizes.values()) < SMALLEST


def test_means_need_enough_organizations():
    assert side_table([firm()] * 2, RUBRIC).rows == []
    rows = side_table([firm(overall=40.0), firm(overall=60.0), firm(overall=80.0)], RUBRIC).rows
    assert [row[1] for row in rows] == [60.0] * 8


def test_change_compares_the_first_check_with_the_newest():
    two = {1: [20.0, 40.0], 2: [30.0, 90.0, 50.0], 3: [10.0]}
    assert change_table(two).rows == []
    assert change_table({**two, 4: [40.0, 60.0]}).rows == [(3, 30.0, 50.0, 20.0)]


def test_a_spreadsheet_says_the_rule_in_the_readers_language():
    table = group_table([firm()] * 3, BY_REGION, RUBRIC)
    lines = list(csv.reader(io.StringIO(as_csv([table], "zh_Hant_TW")[1:])))
    assert lines[0] == ["依地區"]
    assert "少於 3 家的組別" in lines[1][0]
    assert lines[2][-4:] == ["尚未認識", "已有認知", "準備就緒", "擴大應用"]
    assert lines[3] == ["中部", "3", "40.0", "0", "3", "0", "0"]
