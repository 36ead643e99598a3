"""Learn weights from what became of past pairs, and use them only where they prove better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.base import BaseEstimator
from sklearn.isotonic import IsotonicRegression
from sklearn.utils.validation import check_is_fitted, validate_data

from matchmaker.matching.types import Matrix

Groups = npt.ArrayLike
ALPHAS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
#: What the learned order must gain on held-out calls, as a share of correctly ordered pairs.
MARGIN = 0.01
#: With less than this nothing can be said of a call that was not seen.
MIN_CALLS, MIN_PROBLEMS = 3, 10
BOOTSTRAPS = 2000


class PairwiseRanker(BaseEstimator):
    """Weigh features so that better pairs of the same problem come before worse ones.

    Minimises the logistic loss over all pairs of samples of one group with different outcomes,
    plus ``alpha / 2`` times the squared distance of the weights from ``prior``. Weights are never
    negative, so a better feature cannot lower a score, and without outcomes the prior decides.

    Parameters
    ----------
    prior : array-like of shape (n_features,), default=None
        Weights to start from; None means equal weights that add up to 1.
    alpha : float, default=10.0
        How much the prior counts; above 0.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
        Weight of each feature.
    n_features_in_ : int
        Number of features.

    Notes
    -----
    The loss is that of Burges et al. (2005), "Learning to rank using gradient descent", with a
    linear score; the pull towards a prior is Gaussian maximum a posteriori estimation.

    Examples
    --------
    >>> ranker = PairwiseRanker(prior=[0.5, 0.5], alpha=1.0)
    >>> ranker = ranker.fit([[1, 0], [0, 1], [1, 0], [0, 1]], [1, 0, 1, 0], groups=[1, 1, 2, 2])
    >>> bool(ranker.coef_[0] > 0.5 > ranker.coef_[1])
    True
    """

    def __init__(self, *, prior: npt.ArrayLike | None = None, alpha: float = 10.0) -> None:
        self.prior = prior
        self.alpha = alpha

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike, groups: Groups | None = None) -> Self:
        """Learn the weights.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features of past pairs on their common scale.
        y : array-like of shape (n_samples,)
            How well each pair went; higher is better.
        groups : array-like of shape (n_samples,), optional
            The problem each pair belongs to; only pairs of one problem are compared. By default
            all belong to one.
        """
        checked, outcomes = validate_data(self, X, y, y_numeric=True, dtype=np.float64)
        if self.alpha <= 0:
            raise ValueError(f"alpha has to be above 0, not {self.alpha}")
        n_features = checked.shape[1]
        prior = (
            np.full(n_features, 1 / n_features)
            if self.prior is None
            else np.asarray(self.prior, dtype=float)
        )
        better, worse = comparable(outcomes, np.zeros(len(outcomes)) if groups is None else groups)
        gaps = checked[better] - checked[worse]
        found = minimize(
            _loss,
            prior,
            args=(gaps, prior, self.alpha),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None)] * n_features,
        )
        self.coef_ = np.asarray(found.x)
        return self

    def contributions(self, X: npt.ArrayLike) -> Matrix:
        """Return the part each feature has in each score, shape (n_samples, n_features)."""
        check_is_fitted(self)
        return np.asarray(validate_data(self, X, reset=False, dtype=np.float64) * self.coef_)

    def predict(self, X: npt.ArrayLike) -> Matrix:
        """Score the pairs; higher is a better match."""
        return np.asarray(self.contributions(X).sum(axis=1))


def _loss(weights: Matrix, gaps: Matrix, prior: Matrix, alpha: float) -> tuple[float, Matrix]:
    margins = gaps @ weights
    value = np.logaddexp(0, -margins).sum() + alpha / 2 * np.sum((weights - prior) ** 2)
    # 1 / (1 + exp(m)) without overflow.
    slope = -gaps.T @ np.exp(-np.logaddexp(0, margins)) + alpha * (weights - prior)
    return float(value), slope


def comparable(
    y: npt.ArrayLike, groups: Groups
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return positions of the better and the worse sample of every comparable pair.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Outcomes.
    groups : array-like of shape (n_samples,)
        Only samples of the same group are compared.

    Examples
    --------
    >>> better, worse = comparable([1, 0, 2], ["a", "a", "b"])
    >>> better.tolist(), worse.tolist()
    ([0], [1])
    """
    outcomes, names = np.asarray(y), np.asarray(groups)
    better: list[npt.NDArray[np.intp]] = [np.empty(0, dtype=np.intp)]
    worse: list[npt.NDArray[np.intp]] = [np.empty(0, dtype=np.intp)]
    for name in np.unique(names):
        members = np.flatnonzero(names == name)
        rows, columns = np.nonzero(outcomes[members][:, None] > outcomes[members][None, :])
        better.append(members[rows])
        worse.append(members[columns])
    return np.concatenate(better), np.concatenate(worse)


def concordance(scores: Matrix, y: Matrix, groups: npt.NDArray[Any]) -> dict[Any, float]:
    """Share of comparable pairs that *scores* put in the right order, for each group that has any.

    A tie counts one half. Groups whose outcomes are all equal say nothing and are left out.
    """
    shares: dict[Any, float] = {}
    for name in np.unique(groups):
        members = np.flatnonzero(groups == name)
        better, worse = comparable(y[members], np.zeros(len(members)))
        if len(better):
            gaps = scores[members][better] - scores[members][worse]
            shares[name.item()] = float(np.mean((gaps > 0) + 0.5 * (gaps == 0)))
    return shares


@dataclass(frozen=True)
class Outcomes:
    """What became of past pairs.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Features of each pair on their common scale, as the run that ranked it had them.
    y : ndarray of shape (n_samples,)
        How well the pair went, in [0, 1].
    problems, calls : ndarray of shape (n_samples,)
        The problem and the call each pair belongs to.
    """

    X: Matrix
    y: Matrix
    problems: npt.NDArray[Any]
    calls: npt.NDArray[Any]

    def part(self, rows: npt.NDArray[np.bool_]) -> Outcomes:
        """Return only the samples at *rows*."""
        return Outcomes(self.X[rows], self.y[rows], self.problems[rows], self.calls[rows])


@dataclass(frozen=True)
class Verdict:
    """Whether learned weights may replace the prior, and on what grounds.

    Attributes
    ----------
    is_learned : bool
        Whether they may.
    weights : ndarray of shape (n_features,)
        The learned weights if they may, else the prior.
    alpha : float or None
        The pull towards the prior that did best on held-out calls.
    gain, low, high : float
        Gain in correctly ordered pairs of held-out calls and its 95 % interval; nan if nothing
        could be held out.
    card : dict
        The model card: data, procedure, figures by call, calibration, and the reason.
    """

    is_learned: bool
    weights: Matrix
    alpha: float | None
    gain: float
    low: float
    high: float
    card: Mapping[str, Any]


def judge(
    outcomes: Outcomes,
    prior: npt.ArrayLike,
    *,
    alphas: Sequence[float] = ALPHAS,
    margin: float = MARGIN,
    random_state: int = 0,
) -> Verdict:
    """Learn from *outcomes* and decide whether the result may be used.

    Each call is held out in turn; the weights for it are learned from the other calls alone, the
    pull towards the prior included, so the figures are of calls the weights have never seen.

    Parameters
    ----------
    outcomes : Outcomes
        What became of past pairs.
    prior : array-like of shape (n_features,)
        The weights in use.
    alphas : sequence of float
        Pulls towards the prior to choose from.
    margin : float
        The lower end of the gain's interval must be above this.
    random_state : int
        Seed of the bootstrap.

    Returns
    -------
    Verdict
        With the prior's weights unless the learned ones gain at least *margin*.
    """
    start = np.asarray(prior, dtype=np.float64)
    n_calls, n_problems = len(np.unique(outcomes.calls)), len(np.unique(outcomes.problems))
    if n_calls < MIN_CALLS or n_problems < MIN_PROBLEMS:
        card = _card(outcomes, start, {}, reason="too_little_data")
        return Verdict(False, start, None, np.nan, np.nan, np.nan, card)
    scores = np.empty(len(outcomes.y))
    for call in np.unique(outcomes.calls):
        held = outcomes.calls == call
        ranker = _fit(outcomes.part(~held), start, _best_alpha(outcomes.part(~held), start, alphas))
        scores[held] = ranker.predict(outcomes.X[held])
    gain, low, high = _paired_gain(outcomes, scores, outcomes.X @ start, random_state)
    is_learned = low > margin
    alpha = _best_alpha(outcomes, start, alphas)
    weights = _fit(outcomes, start, alpha).coef_ if is_learned else start
    figures = {
        "gain": gain,
        "low": low,
        "high": high,
        "alpha": alpha,
        "margin": margin,
        "by_call": _by_call(outcomes, scores, outcomes.X @ start),
        "calibration": calibration(scores, outcomes.y, outcomes.calls),
    }
    reason = "better_on_held_out_calls" if is_learned else "not_better_on_held_out_calls"
    return Verdict(
        is_learned,
        weights,
        alpha,
        gain,
        low,
        high,
        _card(outcomes, weights, figures, reason=reason),
    )


def rescaled(weights: Matrix, prior: Matrix) -> Matrix:
    """Return *weights* with the sum of *prior*: the order stays, and bands keep their meaning.

    Examples
    --------
    >>> rescaled(np.array([3.0, 1.0]), np.array([0.5, 0.5])).tolist()
    [0.75, 0.25]
    """
    total = float(weights.sum())
    return weights * (float(prior.sum()) / total) if total > 0 else prior.copy()


def _fit(outcomes: Outcomes, prior: Matrix, alpha: float) -> PairwiseRanker:
    return PairwiseRanker(prior=prior, alpha=alpha).fit(outcomes.X, outcomes.y, outcomes.problems)


def _best_alpha(outcomes: Outcomes, prior: Matrix, alphas: Sequence[float]) -> float:
    """Return the pull that orders held-out calls best; with one call, the strongest."""
    calls = np.unique(outcomes.calls)
    if len(calls) < 2:
        return max(alphas)
    means = {}
    for alpha in alphas:
        shares: list[float] = []
        for call in calls:
            held = outcomes.calls == call
            scores = _fit(outcomes.part(~held), prior, alpha).predict(outcomes.X[held])
            shares.extend(concordance(scores, outcomes.y[held], outcomes.problems[held]).values())
        means[alpha] = np.mean(shares) if shares else 0.0
    # Of equals the strongest pull: it changes least.
    return max(alphas, key=lambda alpha: (round(float(means[alpha]), 9), alpha))


def _paired_gain(
    outcomes: Outcomes, learned: Matrix, prior: Matrix, random_state: int
) -> tuple[float, float, float]:
    """Return the mean gain over problems, and its percentile bootstrap interval.

    Whole calls are drawn, then problems within them: the problems of a call have officers, teams
    and a year in common, and counting them as independent would make the interval too narrow.
    """
    after = concordance(learned, outcomes.y, outcomes.problems)
    before = concordance(prior, outcomes.y, outcomes.problems)
    call_of = dict(zip(outcomes.problems.tolist(), outcomes.calls.tolist(), strict=True))
    by_call: dict[Any, list[float]] = {}
    for name in after:
        by_call.setdefault(call_of[name], []).append(after[name] - before[name])
    if not by_call:
        return np.nan, np.nan, np.nan
    calls = [np.array(gains) for gains in by_call.values()]
    rng = np.random.default_rng(random_state)
    means = [_redrawn(calls, rng) for _ in range(BOOTSTRAPS)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(np.concatenate(calls).mean()), float(low), float(high)


def _redrawn(calls: Sequence[Matrix], rng: np.random.Generator) -> float:
    """The mean gain over as many calls drawn with replacement, each with its problems drawn anew."""
    drawn = [calls[place] for place in rng.integers(0, len(calls), len(calls))]
    return float(
        np.concatenate([gains[rng.integers(0, len(gains), len(gains))] for gains in drawn]).mean()
    )


def _by_call(outcomes: Outcomes, learned: Matrix, prior: Matrix) -> dict[str, dict[str, float]]:
    figures = {}
    for call in np.unique(outcomes.calls):
        held = outcomes.calls == call
        after = concordance(learned[held], outcomes.y[held], outcomes.problems[held])
        before = concordance(prior[held], outcomes.y[held], outcomes.problems[held])
        if after:
            figures[str(call)] = {
                "learned": float(np.mean(list(after.values()))),
                "prior": float(np.mean(list(before.values()))),
            }
    return figures


def calibration(
    scores: Matrix, y: Matrix, calls: npt.NDArray[Any], *, bins: int = 5
) -> dict[str, Any]:
    """Say how well scores tell the chance of success, each call judged by the others.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Held-out scores.
    y : ndarray of shape (n_samples,)
        Outcomes in [0, 1].
    calls : ndarray of shape (n_samples,)
        The call of each sample; at least two.
    bins : int
        Of equal size, for the table and the error.

    Returns
    -------
    dict
        ``brier`` and ``expected_calibration_error`` (both 0 at best), and a ``table`` of mean
        predicted and observed outcome for each bin.
    """
    predicted = np.empty(len(y))
    for call in np.unique(calls):
        held = calls == call
        isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        predicted[held] = isotonic.fit(scores[~held], y[~held]).predict(scores[held])
    table = [
        {
            "n": len(rows),
            "predicted": float(predicted[rows].mean()),
            "observed": float(y[rows].mean()),
        }
        for rows in np.array_split(np.argsort(predicted, kind="stable"), bins)
        if len(rows)
    ]
    error = sum(row["n"] * abs(row["predicted"] - row["observed"]) for row in table) / len(y)
    return {
        "brier": float(np.mean((predicted - y) ** 2)),
        "expected_calibration_error": float(error),
        "table": table,
    }


def _card(
    outcomes: Outcomes, weights: Matrix, figures: Mapping[str, Any], *, reason: str
) -> dict[str, Any]:
    return {
        "reason": reason,
        "n_pairs": len(outcomes.y),
        "n_problems": len(np.unique(outcomes.problems)),
        "n_calls": len(np.unique(outcomes.calls)),
        "procedure": "pairwise logistic, weights not negative, pulled to the prior; each call held out in turn",
        "weights": np.round(weights, 6).tolist(),
        **figures,
    }
