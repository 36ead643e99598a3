"""The learned grader speaks only with enough problems and only if it beats the rules."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.assessment.learned import (
    MIN_PROBLEMS,
    RIDGE,
    Example,
    fit,
    leave_one_out,
    suggest_learned,
    verdict,
)

CRITERIA = ("DF1", "DF2")


def made(count: int, *, rules_right: bool, vectors: bool = False) -> list[Example]:
    """Problems whose grade follows from DF1 alone; the rules see it or miss it."""
    rng = np.random.default_rng(3)
    found = []
    for number in range(count):
        grade = 1 + number % 4
        points = {"DF1": grade, "DF2": int(rng.integers(0, 5))}
        suggested = grade if rules_right else 1 + int(rng.integers(0, 4))
        vector = tuple(rng.normal(size=24) + grade) if vectors else ()
        found.append(Example(points, suggested, grade, vector))
    return found


def test_ridge_is_the_closed_form():
    examples = made(20, rules_right=False)
    grader = fit(examples)

    X = np.array([[e.points[c] for c in CRITERIA] for e in examples], dtype=float)
    y = np.array([e.grade for e in examples], dtype=float)
    centred = X - X.mean(axis=0)
    expected = np.linalg.inv(centred.T @ centred + RIDGE * np.eye(2)) @ centred.T @ (y - y.mean())
    np.testing.assert_allclose(grader.weights, expected)
    assert grader.intercept == pytest.approx(y.mean() - X.mean(axis=0) @ expected)


def test_it_is_used_where_it_beats_the_rules():
    examples = made(MIN_PROBLEMS, rules_right=False)

    found = verdict(examples)

    assert found.use
    assert found.learned_kappa > 0.9 > 0.5 > found.rules_kappa
    assert suggest_learned(examples, {"DF1": 4, "DF2": 0}) == 4


@pytest.mark.parametrize("count", [MIN_PROBLEMS, MIN_PROBLEMS * 2])
def test_rules_that_are_right_stay_alone(count):
    examples = made(count, rules_right=True)

    assert not verdict(examples).use
    assert suggest_learned(examples, {"DF1": 4, "DF2": 0}) is None


def test_too_few_problems_teach_nothing():
    assert not verdict(made(MIN_PROBLEMS - 1, rules_right=False)).use
    assert not verdict([]).use
    assert not verdict(made(1, rules_right=False)).use
    with pytest.raises(ValueError, match="nothing to learn from"):
        fit([])
    with pytest.raises(ValueError, match="two problems or more"):
        leave_one_out(made(1, rules_right=True))


def test_leaving_one_out_does_not_see_the_answer():
    examples = made(60, rules_right=True)
    odd = Example({"DF1": 4, "DF2": 0}, 4, 1)

    with_odd = leave_one_out([*examples, odd])

    assert with_odd[-1] == fit(examples).predict(odd.points) == 4


def test_embeddings_help_where_points_do_not():
    examples = [
        Example({"DF1": 0, "DF2": 0}, e.suggested, e.grade, e.vector)
        for e in made(MIN_PROBLEMS, rules_right=False, vectors=True)
    ]
    grader = fit(examples)

    assert grader.components.shape == (24, 16)
    assert verdict(examples).learned_kappa > 0.8
    with pytest.raises(ValueError, match="the embedding needs 24 numbers, not 0"):
        grader.predict(examples[0].points)


def test_predictions_stay_within_the_grades():
    grader = fit(made(40, rules_right=True))

    assert grader.predict({"DF1": 400, "DF2": 0}) == 4
    assert grader.predict({"DF1": -400, "DF2": 0}) == 1
