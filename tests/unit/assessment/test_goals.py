"""The usual goals of kinds of problem: complete, in both languages, offered where they fit."""

from __future__ import annotations

import pytest

from matchmaker.assessment.goals import GOAL_FIELDS, goal_for, suggest_patterns
from matchmaker.competency import has_cjk, load_taxonomy


@pytest.mark.parametrize("pattern", load_taxonomy().patterns)
def test_every_kind_of_problem_has_a_whole_goal_in_both_languages(pattern):
    chinese, english = goal_for(pattern, "zh"), goal_for(pattern, "en")
    assert all(has_cjk(getattr(chinese, field)) for field in GOAL_FIELDS)
    assert not any(has_cjk(getattr(english, field)) for field in GOAL_FIELDS)
    assert all(getattr(english, field) for field in GOAL_FIELDS)


def test_an_unknown_kind_has_none():
    assert goal_for("PT-XXX", "zh") is None


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("工人用肉眼找布料的刮痕和污漬", "PT-AOI"),
        (
            "Workers look for scratches on steel parts by eye; a camera should do surface inspection",
            "PT-AOI",
        ),
        ("門市每天叫貨靠店長經驗，需求預測不準，報廢太多", "PT-FOR"),
        ("Predictive maintenance of a spindle from vibration signals", "PT-PDM"),
        ("客戶寄來的 PDF 訂單要人工登打進 ERP", "PT-DOC"),
        ("Traffic flow at crossings and smart parking from street cameras", "PT-TRF"),
    ],
)
def test_the_likeliest_kind_comes_first(text, pattern):
    assert suggest_patterns(text)[0] == pattern


def test_a_text_about_nothing_of_the_kind_gets_none():
    assert suggest_patterns("") == ()
    assert suggest_patterns("我們想辦一場員工旅遊。 We plan an outing.") == ()
