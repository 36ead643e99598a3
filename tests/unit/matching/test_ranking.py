from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

from matchmaker.matching import Band, Confidence, MatchConfig, PriorRanker
from matchmaker.matching.ranking import best_first
from matchmaker.matching.result import BANDS
from matchmaker.matching.scoring import Scorer


@parametrize_with_checks([PriorRanker()])
def test_the_ranker_keeps_the_library_contract(estimator: BaseEstimator, check: object) -> None:
    check(estimator)  # type: ignore[operator]  # The decorator gives a callable.


def test_the_prior_decides_before_there_are_outcomes() -> None:
    ranker = PriorRanker(prior=[2.0, 1.0]).start()

    assert ranker.predict([[1, 1], [0, 2]]).tolist() == [3.0, 2.0]


def test_outcomes_pull_the_weights_and_alpha_holds_them() -> None:
    rng = np.random.default_rng(0)
    X = rng.random((200, 2))
    y = 3 * X[:, 0]

    free = PriorRanker(prior=[1, 1], alpha=1e-6).fit(X, y)
    held = PriorRanker(prior=[1, 1], alpha=1e6).fit(X, y)

    assert free.coef_ == pytest.approx([3, 0], abs=1e-3)
    assert held.coef_ == pytest.approx([1, 1], abs=1e-2)


def test_weights_are_never_negative() -> None:
    X = np.random.default_rng(1).random((50, 2))

    assert (PriorRanker(alpha=1e-3).fit(X, -5 * X[:, 0]).coef_ >= 0).all()


scores = st.lists(st.sampled_from([-np.inf, 0.0, 1.0, 1.5, 2.0]), max_size=30)


@given(scores, st.none() | st.integers(1, 35))
def test_best_first_is_a_stable_descending_order(values: list[float], top_n: int | None) -> None:
    found = best_first(np.array(values), top_n).tolist()

    ranked = sorted((i for i, v in enumerate(values) if v > -np.inf), key=lambda i: (-values[i], i))
    assert found == ranked[:top_n]


SCORES = st.floats(-5, 8)
LEVELS = [Confidence.THIN, Confidence.FAIR, Confidence.RICH]


@given(SCORES)
def test_the_thinner_the_profile_the_wider_the_range(score: float) -> None:
    scorer = Scorer(MatchConfig())
    band = BANDS[int(scorer.bands(np.array([score]), np.zeros(1, dtype=bool))[0])]

    places = [
        [BANDS.index(found) for found in scorer.band_range(score, band, level)] for level in LEVELS
    ]

    for low, high in places:
        assert high <= BANDS.index(band) <= low  # The best band is the first.
    lows, highs = zip(*places, strict=True)
    assert list(lows) == sorted(lows, reverse=True)
    assert list(highs) == sorted(highs)


def test_what_keeps_a_pair_off_the_top_keeps_its_range_off_it() -> None:
    scorer = Scorer(MatchConfig())

    assert scorer.band_range(2.7, Band.GOOD, Confidence.THIN) == (Band.GOOD, Band.GOOD)
    assert scorer.band_range(2.7, Band.STRONG, Confidence.THIN) == (Band.GOOD, Band.STRONG)
    assert scorer.band_range(-99.0, Band.WEAK, Confidence.THIN) == (Band.WEAK, Band.WEAK)
