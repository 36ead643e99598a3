"""Each difficulty criterion gets its points from the answers, in steps that can be read off."""

from __future__ import annotations

from typing import Any

import pytest

from matchmaker.assessment.grading_rules import RULES, breadth_points
from matchmaker.assessment.intake import Intake
from matchmaker.assessment.points import FROM_TEXT, NOT_SAID
from matchmaker.assessment.reading import Reader
from matchmaker.competency import Requirement

ASSUMED = 2


def point(criterion: str, **answers: Any) -> tuple[int, int, int]:
    found = RULES[criterion](Reader(Intake.from_data(answers)), ASSUMED)
    return found.low, found.points, found.high


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ({"data_band": "A"}, 0),
        ({"data_band": "A", "label_status": "none"}, 1),
        ({"data_band": "A", "access": "on_site"}, 1),
        ({"data_band": "B"}, 2),
        ({"data_band": "B", "label_status": "checked", "access": "two_weeks"}, 1),
        ({"data_band": "B", "label_status": "checked", "access": "on_site"}, 2),
        ({"data_band": "B", "label_status": "none"}, 3),
        ({"data_band": "C"}, 4),
        ({"data_band": "C", "sample_attached": True}, 3),
    ],
)
def test_data_gap(answers, points):
    assert point("DF1", **answers)[1] == points


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ({"novelty": "ready"}, 0),
        ({"novelty": "known"}, 1),
        ({"novelty": "adapted"}, 2),
        ({"novelty": "research"}, 4),
        ({"novelty": "research", "pattern": "PT-AOI"}, 3),
        ({"pattern": "PT-AOI"}, 1),
        ({"title": "布面瑕疵檢測"}, 1),
    ],
)
def test_method_novelty(answers, points):
    assert point("DF2", **answers)[1] == points


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"run_time": "offline", "systems": "0"}, (0, 0, 0)),
        ({"run_time": "offline", "systems": "2+"}, (2, 2, 2)),
        ({"run_time": "service"}, (1, 1, 2)),
        ({"run_time": "service", "systems": "1"}, (2, 2, 2)),
        ({"run_time": "service", "systems": "2+"}, (3, 3, 3)),
        ({"run_time": "edge", "systems": "1"}, (3, 3, 3)),
        ({"run_time": "realtime", "systems": "2+"}, (4, 4, 4)),
        ({"run_time": "realtime", "systems": "0", "harm": "severe"}, (4, 4, 4)),
        ({"systems": "1"}, (1, 2, 3)),
        ({"systems": "0"}, (0, ASSUMED, 4)),
    ],
)
def test_integration(answers, expected):
    assert point("DF3", **answers) == expected


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ({"domain": "briefing"}, 0),
        ({"domain": "briefing", "requirements": [["IND-RET", 1, 1]]}, 0),
        ({"domain": "briefing", "requirements": [["IND-RET", 2, 1]]}, 1),
        ({"domain": "mentor", "requirements": [["IND-RET", 2, 1]]}, 2),
        ({"domain": "mentor", "requirements": [["IND-RET", 3, 1]]}, 3),
        ({"domain": "rare", "requirements": [["IND-RET", 5, 3]]}, 4),
        ({"requirements": [["IND-RET", 2, 1]]}, 1),
    ],
)
def test_domain_depth(answers, points):
    assert point("DF4", **answers)[1] == points


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ({"harm": "cheap"}, 0),
        ({"harm": "costly"}, 2),
        ({"harm": "costly", "formal_approval": True}, 3),
        ({"harm": "severe"}, 4),
        ({"harm": "severe", "formal_approval": True}, 4),
        ({"harm": "cheap", "text": "錯了會有罰款。"}, 1),
        ({"harm": "costly", "text": "Workers were injured last year."}, 3),
    ],
)
def test_assurance(answers, points):
    assert point("DF5", **answers)[1] == points


@pytest.mark.parametrize(
    ("levels", "points"),
    [
        ([], 0),
        ([3, 3], 0),
        ([3, 2, 2], 1),
        ([3, 3, 3], 2),
        ([3, 3, 3, 3], 2),
        ([3, 3, 3, 3, 2, 2], 3),
        ([3, 3, 3, 3, 3], 4),
        ([4], 4),
    ],
)
def test_breadth_counts_levels(levels, points):
    needs = [Requirement(f"C{n}", level, 2) for n, level in enumerate(levels)]

    assert breadth_points(needs) == points
    assert breadth_points([*needs, Requirement("NICE", 5, 1)]) == points


def test_breadth_is_read_from_requirements_then_pattern_then_text():
    confirmed = point("DF6", requirements=[["PER-CV", 4, 3]], pattern="PT-FOR")
    of_pattern = point("DF6", pattern="PT-MIM")
    of_text = point("DF6", text="以物件偵測與大型語言模型檢查表面瑕疵")

    assert confirmed == (4, 4, 4)
    assert of_pattern == (3, 4, 4)
    assert of_text[0] < of_text[2]
    assert point("DF6", requirements=[["IND-RET", 5, 3]]) == (0, ASSUMED, 4)


@pytest.mark.parametrize(("answer", "points"), [("nobody", 0), ("one_group", 2), ("many", 4)])
def test_change(answer, points):
    assert point("DF7", people_changed=answer) == (points, points, points)


@pytest.mark.parametrize("criterion", RULES)
def test_what_nobody_said_is_assumed_with_everything_possible(criterion):
    found = RULES[criterion](Reader(Intake()), ASSUMED)

    assert (found.low, found.points, found.high) == (0, ASSUMED, 4)
    assert (found.why, found.evidence) == (NOT_SAID, ())


@pytest.mark.parametrize(
    ("criterion", "text", "points"),
    [
        ("DF1", "目前只有紙本紀錄。", 4),
        ("DF1", "Everything is on paper.", 4),
        ("DF2", "目前尚無公認的方法。", 4),
        ("DF2", "There is no accepted method yet.", 4),
        ("DF3", "必須在兩秒內即時回應。", 3),
        ("DF3", "It must answer in real time.", 3),
        ("DF4", "只有兩位老師傅懂。", 4),
        ("DF5", "漏判會造成職災。", 4),
        ("DF5", "A mistake can lead to injury.", 4),
        ("DF7", "全公司都要改變做法。", 4),
        ("DF7", "Citizens will use it.", 4),
    ],
)
def test_texts_in_both_languages_are_read(criterion, text, points):
    found = RULES[criterion](Reader(Intake(text=text)), ASSUMED)

    assert (found.points, found.why) == (points, FROM_TEXT)
    assert [(e.field, e.quote) for e in found.evidence] == [("text", text)]
    assert found.low == points - 1
