"""Agreement is what the textbook says; disagreements are found at two points or one grade."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from matchmaker.assessment.agreement import (
    agreement,
    criterion_agreement,
    disagreement,
    effects,
    grade_agreement,
    weighted_kappa,
)

GRADES = st.integers(1, 4)
PAIRS = st.lists(st.tuples(GRADES, GRADES), min_size=1, max_size=30)


@given(PAIRS)
def test_kappa_is_the_quadratic_weighted_one(pairs):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]

    found = weighted_kappa(first, second)

    if len({*first, *second}) == 1:
        assert math.isnan(found)
    else:
        known = cohen_kappa_score(first, second, weights="quadratic", labels=[1, 2, 3, 4])
        assert found == pytest.approx(known, abs=1e-9)
        assert found == pytest.approx(weighted_kappa(second, first))


@pytest.mark.parametrize(
    ("first", "second", "kappa"),
    [([1, 2, 3, 4], [1, 2, 3, 4], 1.0), ([1, 4, 1, 4], [4, 1, 4, 1], -1.0)],
)
def test_the_ends_of_the_scale(first, second, kappa):
    assert weighted_kappa(first, second) == pytest.approx(kappa)


def test_everything_reported_of_two_ratings():
    found = grade_agreement(["G1", "G2", "G3", "G4"], ["G1", "G3", "G3", "G2"])

    assert (found.count, found.exact, found.within_one, found.mean_difference) == (
        4,
        0.5,
        0.75,
        -0.25,
    )
    empty = agreement([], [])
    assert empty.count == 0
    assert math.isnan(empty.kappa)
    with pytest.raises(ValueError, match="1 ratings cannot be compared with 2"):
        agreement([1], [1, 2])


def test_agreement_by_criterion_takes_what_all_have():
    first = [{"DF1": 0, "DF2": 4, "DF9": 1}, {"DF1": 4, "DF2": 4, "DF9": 1}]
    second = [{"DF1": 0, "DF2": 0}, {"DF1": 4, "DF2": 4}]

    found = criterion_agreement(first, second)

    assert {c: a.exact for c, a in found.items()} == {"DF1": 1.0, "DF2": 0.5}
    assert criterion_agreement([], []) == {}


@pytest.mark.parametrize(
    ("second", "grade", "criteria", "grades", "discussed"),
    [
        ({"DF1": 2, "DF2": 2}, "G2", (), False, False),
        ({"DF1": 3, "DF2": 1}, "G2", (), False, False),
        ({"DF1": 4, "DF2": 2}, "G2", ("DF1",), False, True),
        ({"DF1": 0, "DF2": 0}, "G2", ("DF1", "DF2"), False, True),
        ({"DF1": 2, "DF2": 2}, "G3", (), True, True),
        ({"DF1": 2, "DF2": 2}, "G1", (), True, True),
    ],
)
def test_when_reviewers_must_talk(second, grade, criteria, grades, discussed):
    found = disagreement({"DF1": 2, "DF2": 2}, second, "G2", grade)

    assert (found.criteria, found.grades, bool(found)) == (criteria, grades, discussed)


def test_the_effect_of_each_criterion():
    ratings = [{"A": 0, "B": 2}, {"A": 4, "B": 2}, {"A": 4, "B": 4}, {"A": 0, "B": 0}]

    found = effects(ratings, {"A": 80, "B": 20})

    assert [(e.criterion, e.mean_share, e.spread) for e in found] == [
        ("A", 40.0, 40.0),
        ("B", 10.0, pytest.approx(50**0.5)),
    ]
    expected = np.corrcoef([0, 80, 80, 0], [10, 10, 20, 0])[0, 1]
    assert [e.correlation for e in found] == pytest.approx([expected, expected])
    assert effects([], {"A": 100}) == []
    assert math.isnan(effects(ratings[:1], {"A": 80, "B": 20})[0].correlation)
