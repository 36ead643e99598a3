"""Rankers: from the features of a team-problem pair to one score, and from scores to an order."""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from matchmaker.matching.types import Matrix


class PriorRanker(RegressorMixin, BaseEstimator):
    """Score pairs by a weighted sum whose weights start from the programme office's.

    Fitting minimises the squared error on past outcomes plus ``alpha`` times the squared distance
    from ``prior``. Weights are never negative, so a better feature cannot lower a score, and
    without outcomes the prior decides alone.

    Parameters
    ----------
    prior : array-like of shape (n_features,), default=None
        Weights to start from; None means equal weights that add up to 1.
    alpha : float, default=1.0
        How much the prior counts against the outcomes.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
        Weight of each feature.
    n_features_in_ : int
        Number of features.

    Examples
    --------
    >>> PriorRanker(prior=[0.7, 0.3]).start().predict([[1.0, 2.0]]).round(6).tolist()
    [1.3]
    """

    def __init__(self, *, prior: npt.ArrayLike | None = None, alpha: float = 1.0) -> None:
        self.prior = prior
        self.alpha = alpha

    def start(self) -> Self:
        """Take the prior as it is, before there are outcomes to learn from."""
        self.coef_ = np.asarray(self.prior, dtype=np.float64)
        self.n_features_in_ = len(self.coef_)
        return self

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Learn the weights from the features `X` of past pairs and how well they went, `y`."""
        checked, y = validate_data(self, X, y, y_numeric=True, dtype=np.float64)
        n_features = checked.shape[1]
        prior = np.full(n_features, 1 / n_features) if self.prior is None else self.prior
        pull = np.sqrt(self.alpha)
        rows = np.vstack([checked, pull * np.eye(n_features)])
        target = np.concatenate([y, pull * np.asarray(prior, dtype=np.float64)])
        self.coef_, _ = nnls(rows, target)
        return self

    def contributions(self, X: npt.ArrayLike) -> Matrix:
        """Return the part each feature has in each score, shape (n_samples, n_features)."""
        check_is_fitted(self)
        checked = validate_data(self, X, reset=False, dtype=np.float64)
        return np.asarray(checked * self.coef_)

    def predict(self, X: npt.ArrayLike) -> Matrix:
        """Score the pairs; higher is a better match."""
        return np.asarray(self.contributions(X).sum(axis=1))


def best_first(scores: Matrix, top_n: int | None = None) -> npt.NDArray[np.intp]:
    """Return the positions of *scores* from best to worst, ties in the order given.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Minus infinity marks what is not ranked.
    top_n : int, optional
        How many positions to return at most.

    Examples
    --------
    >>> best_first(np.array([1.0, 3.0, 3.0, -np.inf]), 2).tolist()
    [1, 2]
    """
    candidates = np.flatnonzero(scores > -np.inf)
    if top_n is not None and 0 < top_n < len(candidates):
        values = scores[candidates]
        # Everything that ties with the last place stays in until the ties are put in order.
        floor = np.partition(values, len(values) - top_n)[len(values) - top_n]
        candidates = candidates[values >= floor]
    order = np.argsort(-scores[candidates], kind="stable")
    return candidates[order][:top_n]
