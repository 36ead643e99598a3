"""A grader learned from problems that people graded, used only where it beats the rules.

Ridge regression on the suggested points and the first principal components of the problem's
embedding, rounded to grades. Leave-one-out decides: unless its quadratic weighted kappa with the
people's grades is above that of the rules, the rules stand alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.assessment.agreement import weighted_kappa

Floats = NDArray[np.float64]

#: Fewer graded problems than this teach nothing that would last.
MIN_PROBLEMS = 60
N_COMPONENTS = 16
RIDGE = 10.0


@dataclass(frozen=True, slots=True)
class Example:
    """A problem that people graded.

    Attributes
    ----------
    points : Mapping[str, int]
        0 to 4 by criterion, as the rules suggested them.
    suggested, grade : int
        The grade, 1 to 4, that the rules and the people gave.
    vector : sequence of float, optional
        The embedding of its text; all examples have one of the same length, or none.
    """

    points: Mapping[str, int]
    suggested: int
    grade: int
    vector: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the learned grader is used, and the figures that decide it.

    Attributes
    ----------
    use : bool
    count : int
        How many graded problems there are.
    learned_kappa, rules_kappa : float
        Leave-one-out, and of the rules on the same problems; nan with no problems.
    """

    use: bool
    count: int
    learned_kappa: float
    rules_kappa: float


@dataclass(frozen=True, slots=True)
class LearnedGrader:
    """A fitted grader; see `fit`."""

    criteria: tuple[str, ...]
    mean: Floats
    components: Floats
    weights: Floats
    intercept: float

    def predict(self, points: Mapping[str, int], vector: Sequence[float] = ()) -> int:
        """The grade, 1 to 4, of a problem with these points and this embedding.

        Raises
        ------
        ValueError
            If the embedding has another length than those learned from.
        """
        row = _row(points, self.criteria)
        if len(vector) != len(self.mean):
            raise ValueError(f"the embedding needs {len(self.mean)} numbers, not {len(vector)}")
        seen = np.concatenate([row, (np.asarray(vector) - self.mean) @ self.components])
        return _rounded(float(seen @ self.weights + self.intercept))


def fit(examples: Sequence[Example]) -> LearnedGrader:
    """Learn from *examples* by ridge regression (penalty `RIDGE`) on points and components.

    Raises
    ------
    ValueError
        If there are no examples.
    """
    if not examples:
        raise ValueError("there is nothing to learn from")
    criteria = tuple(examples[0].points)
    points = np.array([_row(example.points, criteria) for example in examples])
    vectors = np.array([list(example.vector) for example in examples], dtype=float)
    mean, components = _components(vectors)
    seen = np.hstack([points, (vectors - mean) @ components])
    target = np.array([example.grade for example in examples], dtype=float)
    weights, intercept = _ridge(seen, target)
    return LearnedGrader(criteria, mean, components, weights, intercept)


def _row(points: Mapping[str, int], criteria: Sequence[str]) -> Floats:
    return np.array([points[criterion] for criterion in criteria], dtype=float)


def _components(vectors: Floats) -> tuple[Floats, Floats]:
    """Their mean, and the directions in which they differ most, as columns."""
    mean = vectors.mean(axis=0)
    kept = min(N_COMPONENTS, len(vectors) - 1, vectors.shape[1])
    _, _, directions = np.linalg.svd(vectors - mean, full_matrices=False)
    return mean, directions[:kept].T


def _ridge(seen: Floats, target: Floats) -> tuple[Floats, float]:
    centre, level = seen.mean(axis=0), float(target.mean())
    shifted = seen - centre
    gram = shifted.T @ shifted + RIDGE * np.eye(shifted.shape[1])
    weights = np.linalg.solve(gram, shifted.T @ (target - level))
    return weights, level - float(centre @ weights)


def _rounded(value: float) -> int:
    return int(min(max(np.floor(value + 0.5), 1), 4))


def leave_one_out(examples: Sequence[Example]) -> list[int]:
    """The grade each example gets from a grader that has not seen it.

    Raises
    ------
    ValueError
        With fewer than two examples.
    """
    if len(examples) < 2:
        raise ValueError("leaving one out takes two problems or more")
    found = []
    for number, example in enumerate(examples):
        others = [*examples[:number], *examples[number + 1 :]]
        found.append(fit(others).predict(example.points, example.vector))
    return found


def verdict(examples: Sequence[Example], *, minimum: int = MIN_PROBLEMS) -> Verdict:
    """Whether a learned grader may speak: enough problems, and better than the rules.

    Parameters
    ----------
    examples : sequence of Example
    minimum : int
        How many there must be.
    """
    nan = float("nan")
    if len(examples) < 2:
        return Verdict(False, len(examples), nan, nan)
    grades = [example.grade for example in examples]
    learned = weighted_kappa(grades, leave_one_out(examples))
    rules = weighted_kappa(grades, [example.suggested for example in examples])
    better = bool(learned > rules)  # False if either is not defined.
    return Verdict(better and len(examples) >= minimum, len(examples), learned, rules)


def suggest_learned(
    examples: Sequence[Example], points: Mapping[str, int], vector: Sequence[float] = ()
) -> int | None:
    """The grade, 1 to 4, that the examples suggest; None unless they beat the rules."""
    return fit(examples).predict(points, vector) if verdict(examples).use else None
