"""Scores, stages and next steps of the readiness check."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.assessment.readiness import readiness
from matchmaker.assessment.shipped import shipped_rubric

RUBRIC = shipped_rubric("readiness")
ORDER = ["S1", "S2", "S3", "S4"]
ANSWERS = st.fixed_dictionaries(
    {item: st.one_of(st.none(), st.integers(0, 4)) for item in RUBRIC.items}
)


def alike(score, **others):
    """Every question answered alike, but for whole sides or single questions."""
    answers = dict.fromkeys(RUBRIC.items, score)
    for key, other in others.items():
        answers |= {item: other for item in RUBRIC.items if item.startswith(key)}
    return answers


@pytest.mark.parametrize(
    ("answers", "overall", "stage", "cap", "held_back"),
    [
        (alike(None), 0, "S1", "G1", ()),
        (alike(0), 0, "S1", "G1", ()),
        (alike(1, N1=0), 23.75, "S1", "G1", ()),
        (alike(1), 25, "S2", "G2", ()),
        (alike(2, N1=1), 48.75, "S2", "G2", ()),
        (alike(2), 50, "S3", "G3", ()),
        (alike(3, D=1), 65, "S2", "G2", ("D",)),  # The data side has a floor of its own: 40.
        (alike(3, D=1, D1=3, D2=3, D3=1), 70, "S3", "G3", ()),
        (alike(3, O=0), 60, "S2", "G2", ("O",)),
        (alike(3), 75, "S4", "G4", ()),
        (alike(4, T=1), 85, "S3", "G3", ("T",)),
        (alike(4, T=0), 80, "S2", "G2", ("T",)),
        (alike(4), 100, "S4", "G4", ()),
    ],
)
def test_stages_follow_score_and_floors(answers, overall, stage, cap, held_back):
    result = readiness(answers, RUBRIC)
    assert (result.overall, result.stage.id, result.cap) == (overall, stage, cap)
    assert result.held_back_by == held_back


def test_sides_are_twenty_five_times_the_mean():
    result = readiness(alike(2, D1=4, D2=None), RUBRIC)
    assert dict(result.sides) == {"N": 50, "D": 50, "T": 50, "W": 50, "O": 50}
    assert readiness(alike(2, N1=3), RUBRIC).sides["N"] == 56.25


def test_groups_are_those_of_the_survey():
    groups = readiness(alike(0, N=4, O=2, O1=4), RUBRIC).groups
    assert groups == {"strategy": pytest.approx(91.67, abs=0.01), "talent": 50, "technology": 0}


def test_the_unknown_comes_first_then_the_weakest():
    result = readiness(alike(3, T4=None, O3=0, W=1), RUBRIC)
    steps = [step.item.id for step in result.next_steps]
    assert steps[:6] == ["T4", "O3", "W1", "W2", "W3", "W4"]
    first, second = result.next_steps[:2]
    assert first.score is None
    assert first.goal == RUBRIC.items["T4"].answers[1]
    assert second.goal == RUBRIC.items["O3"].answers[1]
    assert second.action.zh == "請一位同仁參加計畫的免費講座或 AI 入門課。"


def test_the_best_has_nothing_left_to_do():
    assert readiness(alike(4), RUBRIC).next_steps == ()


def test_every_answer_has_advice_in_both_languages():
    for score in (None, 0, 1, 2, 3):
        for step in readiness(alike(score), RUBRIC).next_steps:
            assert step.action != step.goal  # The goal only stands in where advice is missing.
            assert step.action.en.isascii() or "“" in step.action.en
            assert any("\u4e00" <= sign <= "\u9fff" for sign in step.action.zh)


@settings(max_examples=40)
@given(ANSWERS)
def test_scores_stay_in_range_and_caps_follow_stages(answers):
    result = readiness(answers, RUBRIC)
    assert all(0 <= side <= 100 for side in result.sides.values())
    assert ORDER.index(result.stage.id) <= ORDER.index(result.by_score.id)
    assert bool(result.held_back_by) == (result.stage is not result.by_score)
    assert result.cap == RUBRIC.stages[result.stage.id].cap
    assert len(result.next_steps) == sum((score or 0) < 4 for score in answers.values())


@settings(max_examples=40)
@given(ANSWERS, st.sampled_from(list(RUBRIC.items)))
def test_a_better_answer_never_lowers_the_stage(answers, item):
    before = readiness(answers, RUBRIC)
    after = readiness({**answers, item: min(4, (answers[item] or 0) + 1)}, RUBRIC)
    assert after.overall >= before.overall
    assert ORDER.index(after.stage.id) >= ORDER.index(before.stage.id)
