"""How far a measure has come; months on the calendar; figures that differ."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.assessment.progress import differ, months_later, share_of_way

FIGURES = st.floats(-1e12, 1e12, allow_nan=False)


@given(FIGURES, FIGURES)
def test_the_way_goes_from_nothing_at_the_baseline_to_all_at_the_target(a: float, b: float) -> None:
    if abs(a - b) < 1e-300:
        return
    assert share_of_way(a, b, a) == 0
    assert share_of_way(a, b, b) == 1


@given(FIGURES, st.floats(0.1, 1e6), st.floats(-2, 3))
def test_up_and_down_are_alike(baseline: float, way: float, share: float) -> None:
    up = share_of_way(baseline, baseline + way, baseline + share * way)
    down = share_of_way(-baseline, -baseline - way, -baseline - share * way)
    assert up == down


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_figure_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        share_of_way(0, 1, bad)


def test_no_way_is_refused() -> None:
    with pytest.raises(ValueError, match="differ"):
        share_of_way(3, 3, 3)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-01-31", 0, "2026-01-31"),
        ("2026-10-15", 3, "2027-01-15"),
    ],
)
def test_months_follow_the_calendar(day: str, months: int, later: str) -> None:
    assert months_later(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(later)


@given(FIGURES, FIGURES)
def test_it_does_not_matter_who_is_named_first(a: float, b: float) -> None:
    assert differ(a, b) == differ(b, a)
    assert not differ(a, a)
