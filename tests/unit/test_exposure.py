"""Exposure says how seen each group is against how numerous it is."""

from __future__ import annotations

import math

import pytest

from matchmaker.matching.exposure import exposure

GROUPS = {"A": "capital", "B": "south", "C": "south", "D": "east"}


def test_shares_and_ratio():
    rows = {row.group: row for row in exposure([("A", 1), ("B", 2), ("A", 3), ("C", 30)], GROUPS)}

    attention = {"capital": 1 + 1 / math.log2(4), "south": 1 / math.log2(3), "east": 0.0}
    total = sum(attention.values())
    assert list(rows) == ["capital", "east", "south"]
    for group, value in attention.items():
        assert rows[group].share_of_exposure == pytest.approx(value / total)
    assert rows["capital"].ratio == pytest.approx(attention["capital"] / total / 0.25)
    assert rows["south"].share_of_pool == 0.5
    assert (rows["capital"].n_in_top, rows["south"].n_in_top, rows["east"].n_in_top) == (2, 1, 0)


def test_nobody_ranked():
    assert [row.ratio for row in exposure([], GROUPS)] == [0, 0, 0]


def test_no_pool():
    assert exposure([], {}) == []
