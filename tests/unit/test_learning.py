"""Learned weights are monotone, start from the prior, and are used only where they prove better."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from matchmaker.matching.learning import (
    Outcomes,
    PairwiseRanker,
    calibration,
    comparable,
    concordance,
    judge,
)

PRIOR = np.array([0.5, 0.5, 0.5])


def outcomes(weights, *, n_calls=4, n_problems=12, n_teams=12, noise=0.3, seed=0) -> Outcomes:
    """Past pairs whose success follows *weights*, with noise."""
    rng = np.random.default_rng(seed)
    n = n_calls * n_problems * n_teams
    X = rng.normal(size=(n, 3))
    success = (X @ np.asarray(weights) + noise * rng.normal(size=n) > 0).astype(float)
    problems = np.repeat(np.arange(n_calls * n_problems), n_teams)
    return Outcomes(X, success, problems, problems // n_problems)


@parametrize_with_checks([PairwiseRanker(), PairwiseRanker(alpha=0.5)])
def test_estimator_keeps_the_contract(estimator, check):
    check(estimator)


def test_without_comparable_outcomes_the_prior_decides():
    ranker = PairwiseRanker(prior=[0.7, 0.3]).fit([[1, 2], [3, 4]], [1, 1])

    np.testing.assert_allclose(ranker.coef_, [0.7, 0.3])


def test_alpha_must_be_positive():
    with pytest.raises(ValueError, match="alpha has to be above 0"):
        PairwiseRanker(alpha=0).fit([[1.0], [2.0]], [0, 1])


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_better_feature_never_lowers_a_score(seed):
    data = outcomes([1, -1, 0.2], n_calls=2, n_problems=3, n_teams=4, seed=seed)
    ranker = PairwiseRanker(prior=PRIOR, alpha=1).fit(data.X, data.y, data.problems)

    assert (ranker.coef_ >= 0).all()
    np.testing.assert_allclose(
        ranker.contributions(data.X).sum(1), ranker.predict(data.X), atol=1e-9
    )


def test_pairs_of_different_groups_are_not_compared():
    better, worse = comparable([1, 0, 1, 0], ["a", "a", "b", "b"])

    assert list(zip(better.tolist(), worse.tolist(), strict=True)) == [(0, 1), (2, 3)]


def test_concordance_counts_ties_half_and_leaves_out_groups_that_say_nothing():
    shares = concordance(
        np.array([2.0, 1.0, 1.0, 1.0, 5.0]), np.array([1, 0, 1, 0, 1]), np.array([1, 1, 2, 2, 3])
    )

    assert shares == {1: 1.0, 2: 0.5}


def test_better_weights_are_learned_and_used():
    verdict = judge(outcomes([2.0, 0.0, 0.1]), PRIOR)

    assert verdict.is_learned
    assert verdict.low > 0.01
    assert verdict.weights[0] > 4 * verdict.weights[1]
    assert verdict.card["reason"] == "better_on_held_out_calls"
    assert set(verdict.card["by_call"]) == {"0", "1", "2", "3"}
    assert verdict.card["calibration"]["expected_calibration_error"] < 0.15


def test_the_prior_stays_where_learning_gains_nothing():
    verdict = judge(outcomes([1.0, 1.0, 1.0]), PRIOR)

    assert not verdict.is_learned
    assert verdict.weights.tolist() == PRIOR.tolist()
    assert verdict.card["reason"] == "not_better_on_held_out_calls"


def test_the_prior_stays_on_noise():
    data = outcomes([0.0, 0.0, 0.0], noise=1.0)

    assert not judge(data, PRIOR).is_learned


@pytest.mark.parametrize("size", [{"n_calls": 1}, {"n_problems": 2}])
def test_too_little_data_changes_nothing(size):
    verdict = judge(outcomes([2.0, 0.0, 0.0], **size), PRIOR)

    assert not verdict.is_learned
    assert np.isnan(verdict.gain)
    assert verdict.card["reason"] == "too_little_data"


def test_the_same_data_give_the_same_verdict():
    first, second = (judge(outcomes([2.0, 0.0, 0.1]), PRIOR) for _ in range(2))

    assert first.card == second.card


def test_calibration_is_perfect_when_scores_tell_the_outcome():
    scores = np.tile([0.0, 1.0], 20)
    figures = calibration(scores, scores, np.repeat([1, 2], 20))

    assert figures["brier"] == 0
    assert figures["expected_calibration_error"] == 0
