"""Simulated people: each kind of evidence brings the error down to what the documents state."""

from __future__ import annotations

import pytest

from benchmarks.diagnosis import simulate

#: What docs/competency.md states: root mean square error in levels, from 300 people.
STATED = {
    "raw self-rating": 1.75,
    "self-rating": 0.90,
    "+ 0-2 artefacts": 0.80,
    "+ 5 questions": 0.63,
    "+ 8 questions": 0.58,
    "+ artefacts + 5 questions": 0.59,
    "+ mentor": 0.53,
    "+ one milestone": 0.51,
}


@pytest.fixture(scope="module")
def found():
    return simulate(30, seed=3)


@pytest.mark.parametrize("kind", STATED)
def test_errors_are_as_stated(found, kind):
    assert found[kind]["rmse"] == pytest.approx(STATED[kind], abs=0.09)


def test_the_likely_range_holds_what_it_says(found):
    for kind in STATED.keys() - {"raw self-rating"}:
        assert found[kind]["inside_the_range"] == pytest.approx(0.8, abs=0.06)


def test_few_levels_are_confirmed_above_the_truth_and_none_on_ones_own_word(found):
    assert found["self-rating"]["confirmed_above_truth"] == 0
    for kind in STATED.keys() - {"raw self-rating", "self-rating"}:
        assert found[kind]["confirmed_above_truth"] <= 0.1
