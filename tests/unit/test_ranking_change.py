"""How two rankings of one team's problems differ."""

from __future__ import annotations

from matchmaker.queries.preview import SHOWN
from matchmaker.services.ranking_change import moves_between


def row(problem_id: int, score: float, part: float = 0.0, status: str = "missing"):
    return {
        "problem_id": problem_id,
        "score": score,
        "explanation": {
            "parts": [{"feature": "requirements", "contribution": part}],
            "requirements": [{"competency": "PER-CV", "status": status}],
        },
    }


def test_places_scores_parts_and_needs_are_compared():
    before = [row(1, 2.0), row(2, 1.0, 0.1)]
    after = [row(2, 2.5, 1.6, "met"), row(1, 2.0)]

    first, second = moves_between(before, after)

    assert first == {
        "problem": 2,
        "rank": [2, 1],
        "score": [1.0, 2.5],
        "parts": {"requirements": 1.5},
        "needs": {"PER-CV": ["missing", "met"]},
    }
    assert (second["problem"], second["rank"], second["parts"]) == (1, [1, 2], {})


def test_what_came_and_what_went_has_no_place_on_the_other_side():
    came, went = moves_between([row(1, 1.0)], [row(2, 1.0)])
    assert (came["problem"], came["rank"], came["score"]) == (2, [None, 1], [None, 1.0])
    assert (went["problem"], went["rank"], went["needs"]) == (1, [1, None], {})


def test_what_stays_is_no_news_nor_what_nobody_is_shown():
    far = [row(n, 5.0 - n / 100) for n in range(SHOWN)]
    before = [*far, row(90, 0.5), row(91, 0.4)]
    after = [*far, row(90, 0.4), row(91, 0.5)]
    assert moves_between(before, before) == []
    assert moves_between(before, after) == []
