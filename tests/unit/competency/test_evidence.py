"""Answers and outcomes move an estimate the right way, by what they are worth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.competency.diagnosis import Case, effects, estimate, estimate_all
from matchmaker.competency.evidence import (
    Answer,
    Curve,
    Outcome,
    Rating,
    Result,
    weight,
    within_a_year,
)
from matchmaker.competency.parameters import parameters

CURVE = Curve(1.5, 1.75, 0.25, 0.97)
PIECES = st.one_of(
    st.builds(
        Rating,
        source=st.sampled_from(sorted(parameters().sources)),
        level=st.integers(0, 5).map(float),
        age_months=st.floats(0, 120),
        relevance=st.floats(0, 1),
    ),
    st.builds(Answer, curve=st.just(CURVE), is_correct=st.booleans(), age_months=st.floats(0, 60)),
    st.builds(
        Outcome,
        stage=st.sampled_from(["PoC", "PoS", "PoB"]),
        level=st.integers(1, 5),
        result=st.sampled_from(Result),
        share=st.sampled_from(["led", "main", "helped"]),
        importance=st.integers(1, 3),
        age_months=st.floats(0, 60),
    ),
)


def test_an_answer_gives_what_the_formula_gives():
    grid = parameters().grid
    success = 0.25 + 0.72 / (1 + np.exp(-1.5 * (grid - 1.75)))
    density = np.exp(-0.5 * ((grid - 1.4) / 1.2) ** 2) * success

    found = estimate([Answer(CURVE, True)])

    assert found.mean == pytest.approx(float(density @ grid / density.sum()), abs=1e-9)


def test_a_right_answer_raises_and_a_wrong_one_lowers():
    nothing = estimate([]).mean

    assert estimate([Answer(CURVE, False)]).mean < nothing < estimate([Answer(CURVE, True)]).mean


@pytest.mark.parametrize("share", ["led", "main", "helped"])
def test_results_are_in_order(share):
    means = [
        estimate([Outcome("PoC", 3, result, share)]).mean
        for result in (Result.FAILED, Result.PARTLY, Result.PASSED)
    ]

    assert means == sorted(means)
    assert len(set(means)) == 3


def test_who_led_is_told_more_by_the_result_than_who_helped():
    gains = [
        estimate([Outcome("PoS", 3, Result.PASSED, share)]).mean
        for share in ("helped", "main", "led")
    ]

    assert gains == sorted(gains)


def test_only_three_outcomes_of_a_year_count_in_full():
    outcomes = [Outcome("PoC", 2, Result.PASSED, "led", age_months=age) for age in (5, 1, 3, 2, 14)]

    found = within_a_year(outcomes)

    assert [(item.age_months, item.part) for item in found] == [
        (1, 1.0),
        (2, 1.0),
        (3, 1.0),
        (5, 0.5),
        (14, 1.0),
    ]


def test_a_half_life_halves_what_evidence_is_worth():
    assert weight(Rating("mentor", 3, age_months=12), 12) == pytest.approx(0.5)
    assert weight(Outcome("PoC", 3, Result.PASSED, "led", 3, 24), 24) == pytest.approx(0.4)


@given(st.lists(st.tuples(st.lists(PIECES, max_size=5), st.floats(6, 60)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_many_at_once_are_the_same_as_one_by_one(cases):
    found = estimate_all([Case(pieces, half_life) for pieces, half_life in cases])

    for (pieces, half_life), together in zip(cases, found, strict=True):
        alone = estimate(pieces, half_life_months=half_life)
        assert together.mean == pytest.approx(alone.mean, abs=1e-9)
        assert together.at_least == pytest.approx(alone.at_least, abs=1e-9)
        assert together.confirmed == alone.confirmed


@given(st.lists(PIECES, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_an_effect_is_the_mean_with_the_piece_less_the_mean_without(pieces):
    found = effects(pieces)

    assert len(found) == len(pieces)
    assert found[0] == pytest.approx(estimate(pieces).mean - estimate(pieces[1:]).mean, abs=1e-9)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Curve(0, 1, 0.25, 0.97),
        lambda: Curve(1, 1, 0.97, 0.25),
        lambda: Answer(CURVE, True, age_months=-1),
        lambda: Outcome("PoX", 3, Result.PASSED, "led"),
        lambda: Outcome("PoC", 3, Result.PASSED, "watched"),
        lambda: Outcome("PoC", 0, Result.PASSED, "led"),
        lambda: Outcome("PoC", 3, Result.PASSED, "led", importance=4),
        lambda: Outcome("PoC", 3, Result.PASSED, "led", age_months=-0.1),
        lambda: Outcome("PoC", 3, Result.PASSED, "led", part=1.5),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(ValueError, match=r"is |are |and "):
        make()


def test_contradicting_evidence_leaves_the_level_open():
    agreed = estimate([Rating("mentor", 4), Rating("artefact_e3", 4)])
    against = estimate([Rating("mentor", 5), Rating("artefact_e3", 0)])

    assert against.sd > 0
    assert agreed.high - agreed.low < against.high - against.low + 1
    assert 1 < against.mean < 4
    assert not math.isnan(against.mean)
