"""Small counts stay hidden, also from whoever can subtract."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.reports.suppression import SMALLEST, suppress

TABLES = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 8), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


def lines_of(table):
    return [list(row) for row in table] + [list(column) for column in zip(*table, strict=True)]


@settings(max_examples=40)
@given(TABLES)
def test_what_is_shown_is_true_and_never_small(counts):
    shown = suppress(counts)
    for row, kept in zip(counts, shown, strict=True):
        for count, cell in zip(row, kept, strict=True):
            assert cell is None or cell == count
            assert not (0 < count < SMALLEST and cell is not None)


@settings(max_examples=40)
@given(TABLES)
def test_no_sum_of_a_row_or_column_tells_a_small_count(counts):
    shown = suppress(counts)
    for line, kept in zip(lines_of(counts), lines_of(shown), strict=True):
        hidden = [count for count, cell in zip(line, kept, strict=True) if cell is None]
        if 0 < len(hidden) < len(line):
            assert len(hidden) > 1
            assert sum(hidden) >= SMALLEST or len(hidden) == len(line)


@settings(max_examples=40)
@given(TABLES)
def test_nothing_is_hidden_without_need(counts):
    if not any(0 < count < SMALLEST for row in counts for count in row):
        assert suppress(counts) == counts


def test_examples():
    assert suppress([[5, 1, 9, 4]]) == [[5, None, 9, None]]
    assert suppress([[0, 1, 9]]) == [[0, None, None]]
    assert suppress([[0, 2, 0]]) == [[None, None, None]]
    assert suppress([]) == []
