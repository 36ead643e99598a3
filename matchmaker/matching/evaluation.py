"""Measure a ranking against graded labels, by language direction, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.matching.types import Matrix

Grades = npt.NDArray[np.int_]
RELEVANT = 2
N_BOOTSTRAP = 2000


def ndcg_at_k(grades: npt.ArrayLike, k: int) -> float:
    """Return the normalised discounted cumulative gain of the first *k*, gains being 2^grade - 1.

    Parameters
    ----------
    grades : array-like of int
        Grades in the order of the ranking, of all candidates.
    k : int
        How many places count.

    Returns
    -------
    float
        From 0 to 1; nan if nothing is relevant.

    Examples
    --------
    >>> [round(ndcg_at_k(grades, 2), 3) for grades in ([3, 1, 0], [3, 0, 1], [0, 3, 1])]
    [1.0, 0.917, 0.579]
    """
    gains = 2.0 ** np.asarray(grades, dtype=float) - 1
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = float(np.sort(gains)[::-1][:k] @ discount[: len(gains[:k])])
    return float(gains[:k] @ discount[: len(gains[:k])]) / ideal if ideal else float("nan")


def reciprocal_rank(grades: npt.ArrayLike) -> float:
    """Return 1 / place of the first relevant candidate; nan if there is none.

    Examples
    --------
    >>> reciprocal_rank([1, 0, 2, 3])
    0.3333333333333333
    """
    hits = np.flatnonzero(np.asarray(grades) >= RELEVANT)
    return 1 / (1 + int(hits[0])) if len(hits) else float("nan")


def recall_at_k(grades: npt.ArrayLike, k: int) -> float:
    """Return the share of the relevant candidates that is among the first *k*; nan if none is.

    Examples
    --------
    >>> recall_at_k([2, 0, 3, 2], 3)
    0.6666666666666666
    """
    hits = np.asarray(grades) >= RELEVANT
    return float(hits[:k].sum() / hits.sum()) if hits.any() else float("nan")


METRICS: Mapping[str, Callable[[Grades], float]] = {
    "ndcg@5": lambda grades: ndcg_at_k(grades, 5),
    "ndcg@10": lambda grades: ndcg_at_k(grades, 10),
    "mrr": reciprocal_rank,
    "recall@10": lambda grades: recall_at_k(grades, 10),
}
PRIMARY = "ndcg@10"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over problems with its 95 % bootstrap interval.

    Parameters
    ----------
    value, low, high : float
        Mean and interval; nan if nothing counted.
    n : int
        How many problems counted.
    """

    value: float
    low: float
    high: float
    n: int

    def to_dict(self) -> dict[str, float | int | None]:
        """Return plain data; nan becomes None."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        rounded = {k: None if np.isnan(v) else round(v, 4) for k, v in numbers.items()}
        return {**rounded, "n": self.n}


def bootstrap(values: npt.ArrayLike, *, seed: int = 0, n_draws: int = N_BOOTSTRAP) -> Estimate:
    """Return the mean of *values*, nan passed over, with a percentile interval.

    Examples
    --------
    >>> bootstrap([1.0, 1.0, float("nan")])
    Estimate(value=1.0, low=1.0, high=1.0, n=2)
    """
    kept = np.asarray(values, dtype=float)
    kept = kept[~np.isnan(kept)]
    if not len(kept):
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    draws = np.random.default_rng(seed).integers(0, len(kept), (n_draws, len(kept)))
    low, high = np.percentile(kept[draws].mean(axis=1), [2.5, 97.5])
    return Estimate(float(kept.mean()), float(low), float(high), len(kept))


@dataclass(frozen=True)
class Judgements:
    """What is known about which team suits which problem.

    Parameters
    ----------
    grades : ndarray of int of shape (n_problems, n_teams)
        0 not suitable to 3 proven; unlabelled pairs count as 0.
    problem_langs, team_langs : sequence of str
        Language of each.
    ignored : ndarray of bool, optional
        Pairs to take out of the lists.
    """

    grades: Grades
    problem_langs: Sequence[str]
    team_langs: Sequence[str]
    ignored: npt.NDArray[np.bool_] | None = None

    def lists(self) -> Iterator[tuple[str, npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
        """Yield the name, problems and teams of each list that is reported.

        "all" has mixed lists; "zh->en" the Chinese problems with English teams only, and so on.
        """
        problem_langs, team_langs = np.array(self.problem_langs), np.array(self.team_langs)
        yield "all", np.arange(len(problem_langs)), np.arange(len(team_langs))
        for left in ("zh", "en"):
            for right in ("zh", "en"):
                rows, columns = problem_langs == left, team_langs == right
                yield f"{left}->{right}", np.flatnonzero(rows), np.flatnonzero(columns)


def per_problem(scores: Matrix, judgements: Judgements) -> dict[str, dict[str, Matrix]]:
    """Return every metric of every list, one value a problem; ties go to the team listed first."""
    found: dict[str, dict[str, Matrix]] = {}
    for name, rows, columns in judgements.lists():
        ranked = [_ranked_grades(scores, judgements, row, columns) for row in rows]
        found[name] = {
            metric: np.array([measure(grades) for grades in ranked])
            for metric, measure in METRICS.items()
        }
    return found


def _ranked_grades(
    scores: Matrix, judgements: Judgements, row: int, columns: npt.NDArray[np.intp]
) -> Grades:
    if judgements.ignored is not None:
        columns = columns[~judgements.ignored[row, columns]]
    order = np.argsort(-scores[row, columns], kind="stable")
    return np.asarray(judgements.grades[row, columns[order]])


def evaluate(scores: Matrix, judgements: Judgements) -> dict[str, dict[str, Estimate]]:
    """Return every metric of every list with its interval.

    Parameters
    ----------
    scores : ndarray of shape (n_problems, n_teams)
        Higher is better; minus infinity for pairs without a score.
    judgements : Judgements
        The labels.

    Examples
    --------
    >>> known = Judgements(np.array([[3, 0]]), ["zh"], ["zh", "en"])
    >>> evaluate(np.array([[0.2, 0.9]]), known)["all"]["mrr"].value
    0.5
    """
    return {
        name: {metric: bootstrap(values) for metric, values in metrics.items()}
        for name, metrics in per_problem(scores, judgements).items()
    }


def compare(
    scores: Matrix, baseline: Matrix, judgements: Judgements
) -> dict[str, dict[str, Estimate]]:
    """Return the paired difference of every metric, *scores* minus *baseline*."""
    ours, theirs = per_problem(scores, judgements), per_problem(baseline, judgements)
    return {
        name: {metric: bootstrap(ours[name][metric] - theirs[name][metric]) for metric in METRICS}
        for name in ours
    }
