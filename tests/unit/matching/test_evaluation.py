from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from matchmaker.matching import HashingEncoder
from matchmaker.matching.baselines import bm25, plain_embedding, sector_bm25
from matchmaker.matching.evaluation import (
    Judgements,
    bootstrap,
    compare,
    evaluate,
    ndcg_at_k,
    recall_at_k,
    reciprocal_rank,
)
from tests.unit.matching.builders import FABRIC, SALES, problem, team


def test_ndcg_agrees_with_the_library() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        grades = rng.integers(0, 4, 15)
        grades[0] = 1
        scores = -np.arange(15.0)
        expected = ndcg_score([2.0**grades - 1], [scores], k=10)
        assert ndcg_at_k(grades, 10) == pytest.approx(expected)


def test_metrics_without_anything_relevant_are_not_numbers() -> None:
    assert math.isnan(ndcg_at_k([0, 0], 5))
    assert math.isnan(reciprocal_rank([1, 0]))
    assert math.isnan(recall_at_k([1, 1], 5))


def test_lists_shorter_than_k_are_fine() -> None:
    assert ndcg_at_k([3], 10) == 1.0
    assert recall_at_k([3], 10) == 1.0


def test_the_interval_holds_the_mean_and_is_repeatable() -> None:
    values = np.random.default_rng(1).random(40)

    estimate = bootstrap(values)

    assert estimate == bootstrap(values)
    assert estimate.low < estimate.value < estimate.high
    assert bootstrap([]).to_dict() == {"value": None, "low": None, "high": None, "n": 0}


@pytest.fixture
def judgements() -> Judgements:
    grades = np.array([[3, 0, 2, 0], [0, 3, 0, 0]])
    return Judgements(grades, ["zh", "en"], ["zh", "zh", "en", "en"])


def test_directions_restrict_problems_and_teams(judgements: Judgements) -> None:
    scores = np.array([[0.9, 0.8, 0.1, 0.7], [0.1, 0.9, 0.5, 0.4]])

    found = evaluate(scores, judgements)

    assert set(found) == {"all", "zh->zh", "zh->en", "en->zh", "en->en"}
    assert found["zh->zh"]["mrr"].value == 1.0
    assert found["zh->en"]["mrr"].value == 0.5
    assert found["en->en"]["mrr"].n == 0


def test_ignored_pairs_leave_the_list() -> None:
    ignored = np.array([[True, False, False]])
    known = Judgements(np.array([[3, 0, 2]]), ["zh"], ["zh", "zh", "zh"], ignored)

    found = evaluate(np.array([[0.9, 0.5, 0.1]]), known)

    assert found["all"]["mrr"].value == 0.5


def test_comparing_a_ranking_with_itself_shows_no_difference(judgements: Judgements) -> None:
    scores = np.random.default_rng(2).random((2, 4))

    assert compare(scores, scores, judgements)["all"]["ndcg@10"].value == 0.0


def test_bm25_prefers_shared_rare_words() -> None:
    scores = bm25(["rare word"], ["a word", "a rare thing", "a thing", "a word word"])

    assert scores[0].argmax() == 1
    assert scores[0, 2] == 0


def test_the_sector_baseline_lifts_the_same_sector() -> None:
    asked = [problem("P1", "qq", sectors=["retail"])]
    offered = [team("A", "ww", sectors=["energy"]), team("B", "ww", sectors=["retail"])]

    scores = sector_bm25(asked, offered)

    assert scores[0, 1] > scores[0, 0]


def test_the_plain_baseline_is_the_cosine_of_raw_texts() -> None:
    scores = plain_embedding(
        [problem("P1", FABRIC)], [team("A", FABRIC), team("B", SALES)], HashingEncoder()
    )

    assert scores[0, 0] == pytest.approx(1)
    assert scores[0, 1] < 0.9
