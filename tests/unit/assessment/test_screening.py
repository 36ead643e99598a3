"""Screening follows its anchors, gates hold, and what is missing says what it would bring."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.assessment.intake import Intake
from matchmaker.assessment.reading import Evidence, Reader
from matchmaker.assessment.screening import (
    check_gates,
    screening_outcome,
    screening_total,
    suggest_screening,
)
from matchmaker.assessment.screening_rules import RULES
from matchmaker.assessment.shipped import shipped_rubric

RUBRIC = shipped_rubric("screening")
CRITERIA = tuple(RUBRIC.criteria)
POINTS = st.fixed_dictionaries({criterion: st.integers(0, 4) for criterion in CRITERIA})

#: A problem that leaves nothing to ask for.
COMPLETE = Intake.from_data(
    {
        "title": "布面瑕疵即時檢測",
        "text": "八條產線的布面瑕疵目前由檢驗員目視，漏檢率約 6%。",
        "who": "檢驗員十二人",
        "frequency": "每天三班",
        "today": "目視檢查，每班漏檢約三十件",
        "better": "即時標出瑕疵位置，由檢驗員確認",
        "must_not": "不得使產線停下來",
        "by_when": "六個月內",
        "metric": "漏檢率",
        "baseline": "6%",
        "target": "2% 以下",
        "measured_how": "三個月保留資料盲測",
        "data_band": "A",
        "label_status": "checked",
        "data_amount": "三萬張",
        "data_period": "2023 至 2025 年",
        "data_fields": "影像、瑕疵類別、位置",
        "sample_attached": True,
        "public_equivalent": "none",
        "personal": "none",
        "legal": "settled",
        "value": "large",
        "reuse": "association",
        "contact": True,
        "monthly_meeting": True,
        "mentor": True,
        "data_tools": True,
        "site": True,
        "calendar": True,
    }
)


def points_of(criterion: str, **answers: Any) -> int:
    return RULES[criterion](Reader(Intake.from_data(answers)), 0).points


DATA = {"data_fields": "a", "data_period": "b"}
NAMED = {"who": "a", "today": "b", "better": "c"}
CLEAR = {"metric": "a", "baseline": "b", "target": "c", "measured_how": "d"}
ALL_FOUR = {"mentor": True, "data_tools": True, "site": True, "calendar": True}
MEETING = {"contact": True, "monthly_meeting": True}


@pytest.mark.parametrize(
    ("criterion", "answers", "points"),
    [
        ("SC1", {}, 0),
        ("SC1", {"data_amount": "三萬張"}, 1),
        ("SC1", {"data_band": "C"}, 0),
        ("SC1", {"data_band": "C", "sample_attached": True}, 1),
        ("SC1", {"data_band": "B"}, 2),
        ("SC1", {"data_band": "B", "label_status": "none"}, 1),
        ("SC1", {"data_band": "B", "label_status": "none", "data_amount": "a"}, 2),
        ("SC1", {"data_band": "A"}, 3),
        ("SC1", {"data_band": "A", "label_status": "checked", **DATA}, 3),
        ("SC1", {"data_band": "A", "label_status": "checked", "sample_attached": True, **DATA}, 4),
        ("SC1", {"data_band": "B", "label_status": "checked", "sample_attached": True, **DATA}, 3),
        ("SC2", {}, 0),
        ("SC2", {"public_equivalent": "same"}, 0),
        ("SC2", {"public_equivalent": "variant"}, 2),
        ("SC2", {"public_equivalent": "none"}, 4),
        ("SC3", {"value": "convenience", **CLEAR}, 0),
        ("SC3", {"value": "saving"}, 1),
        ("SC3", {"value": "saving", "metric": "a"}, 2),
        ("SC3", {"value": "saving", **CLEAR}, 3),
        ("SC3", {"value": "large"}, 2),
        ("SC3", {"value": "large", **CLEAR}, 4),
        ("SC4", {"reuse": "one_off"}, 0),
        ("SC4", {"reuse": "several"}, 2),
        ("SC4", {"reuse": "several", "text": "公會願意推廣。"}, 3),
        ("SC4", {"reuse": "association"}, 4),
        ("SC5", {"text": "A wish."}, 0),
        ("SC5", {"who": "a"}, 1),
        ("SC5", NAMED, 2),
        ("SC5", {**NAMED, "metric": "a", "target": "b"}, 3),
        ("SC5", {**NAMED, **CLEAR}, 3),
        ("SC5", {**NAMED, **CLEAR, "must_not": "a"}, 4),
        ("SC5", CLEAR, 0),
        ("SC6", {}, 0),
        ("SC6", {"contact": False, **ALL_FOUR}, 0),
        ("SC6", {"contact": True}, 1),
        ("SC6", MEETING, 2),
        ("SC6", {"contact": True, "mentor": True, "site": True}, 2),
        ("SC6", {**MEETING, "mentor": True, "site": True}, 3),
        ("SC6", {"contact": True, **ALL_FOUR}, 4),
        ("SC6", {"data_contact": "王小姐"}, 1),
        ("SC7", {}, 0),
        ("SC7", {"personal": "none"}, 1),
        ("SC7", {"legal": "unchecked", "personal": "sensitive"}, 0),
        ("SC7", {"legal": "unchecked", "personal": "deidentified"}, 1),
        ("SC7", {"legal": "listed", "personal": "sensitive"}, 2),
        ("SC7", {"legal": "listed", "personal": "none"}, 3),
        ("SC7", {"legal": "settled", "personal": "personal"}, 3),
        ("SC7", {"legal": "settled", "personal": "deidentified"}, 4),
        ("SC7", {"legal": "settled", "personal": "none"}, 4),
    ],
)
def test_points_follow_the_answers(criterion, answers, points):
    assert points_of(criterion, **answers) == points


@pytest.mark.parametrize(
    "text",
    [
        "目前檢驗員每天目視三千件，希望漏檢率降到 2% 以下。",
        "Today an inspector looks at 3,000 parts a day. We want the miss rate down to 2 per cent.",
    ],
)
def test_a_clear_text_counts_without_the_guided_answers(text):
    point = RULES["SC5"](Reader(Intake(text=text)), 0)

    assert (point.low, point.points, point.high) == (2, 3, 4)
    assert all(evidence.quote in text for evidence in point.evidence)


def test_a_complete_problem_is_listed_with_full_points():
    found = suggest_screening(COMPLETE, RUBRIC)

    assert found.plain_points == dict.fromkeys(CRITERIA, 4)
    assert (found.low, found.total, found.high, found.outcome) == (100, 100, 100, "list")
    assert (found.failed_gates, found.missing, found.refused) == ((), (), ())


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"data_band": "C", "sample_attached": None}, "data"),
        ({"value": "convenience"}, "value"),
        ({"contact": False}, "commitment"),
        ({"personal": "sensitive", "legal": "unchecked"}, "privacy"),
        ({"who": "", "today": "", "better": "", "text": "", "title": ""}, "clarity"),
    ],
)
def test_one_failed_gate_is_enough_for_coaching(changes, gate):
    found = suggest_screening(replace(COMPLETE, **changes), RUBRIC)

    assert found.total >= RUBRIC.list_from
    assert [failed.id for failed in found.failed_gates] == [gate]
    assert found.outcome == "coach"


def test_a_promise_to_collect_data_opens_the_gate():
    intake = replace(COMPLETE, data_band="C", sample_attached=None, will_collect=True)

    assert suggest_screening(intake, RUBRIC).failed_gates == ()


def test_the_privacy_gate_concerns_only_data_about_people():
    points = dict.fromkeys(CRITERIA, 1)
    without, with_people, in_text = (
        check_gates(points, intake, RUBRIC)[-1]
        for intake in (
            Intake(personal="none"),
            Intake(personal="deidentified"),
            Intake(text="資料來自病歷。"),
        )
    )

    assert (without.gate.id, without.applies, without.passed) == ("privacy", False, True)
    assert (with_people.applies, with_people.passed) == (True, False)
    assert (in_text.applies, in_text.passed) == (True, False)


@pytest.mark.parametrize("use", ["surveillance", "profiling", "no_authority"])
def test_a_prohibited_use_is_refused_whatever_the_score(use):
    found = suggest_screening(replace(COMPLETE, prohibited_uses=(use,)), RUBRIC)

    assert (found.total, found.outcome) == (100, "decline")
    assert found.refused == (Evidence("prohibited_uses", use),)


@pytest.mark.parametrize("text", ["希望暗中評分員工。", "We would secretly score our staff."])
def test_a_suspicious_wording_is_only_pointed_out(text):
    found = suggest_screening(replace(COMPLETE, text=text), RUBRIC)

    assert [evidence.quote for evidence in found.warnings] == [text]
    assert (found.refused, found.outcome) == ((), "list")


def test_what_was_not_said_is_coached_and_what_was_said_is_declined():
    unsaid = suggest_screening(Intake(), RUBRIC)
    poor = suggest_screening(
        replace(
            COMPLETE,
            data_band="C",
            sample_attached=False,
            public_equivalent="same",
            value="convenience",
            reuse="one_off",
        ),
        RUBRIC,
    )

    assert (unsaid.low, unsaid.total, unsaid.high, unsaid.outcome) == (0, 0, 100, "coach")
    assert (poor.total, poor.high, poor.outcome) == (35, 35, "decline")


def test_what_is_missing_adds_up_to_what_could_be_gained():
    found = suggest_screening(Intake(), RUBRIC)

    assert sum(item.effect for item in found.missing) == 100
    assert all(item.effect > 0 for item in found.missing)
    first = found.missing[0]
    assert (first.field, first.criteria, first.effect, first.gate) == (
        "data_band",
        ("SC1",),
        15.0,
        "data",
    )
    assert first.advice.label("zh") == "說明資料可直接使用、需要整理，還是尚未確定。"
    assert [item.gate is None for item in found.missing] == sorted(
        item.gate is None for item in found.missing
    )
    assert {item.field: item.criteria for item in found.missing}["metric"] == ("SC3", "SC5")


@pytest.mark.parametrize("field", ["sample_attached", "legal", "reuse", "measured_how", "site"])
def test_filling_in_the_last_missing_field_brings_what_was_said(field):
    empty: Any = "" if field == "measured_how" else None
    intake = replace(COMPLETE, **{field: empty}, text="", title="")
    before = suggest_screening(intake, RUBRIC)
    item = {m.field: m for m in before.missing}[field]

    after = suggest_screening(replace(intake, **{field: getattr(COMPLETE, field)}), RUBRIC)

    weights = {c.id: c.weight for c in RUBRIC.criteria.values()}
    gained = sum(
        weights[c] * (after.plain_points[c] - before.plain_points[c]) / 4 for c in item.criteria
    )
    assert item.effect == gained > 0


@given(POINTS, st.sampled_from(CRITERIA))
def test_more_points_never_make_a_lower_total(points, criterion):
    more = {**points, criterion: min(points[criterion] + 1, 4)}

    assert 0 <= screening_total(points, RUBRIC) <= screening_total(more, RUBRIC) <= 100


@given(POINTS)
def test_an_outcome_needs_its_cut_and_its_gates(points):
    gates, total = check_gates(points, COMPLETE, RUBRIC), screening_total(points, RUBRIC)

    outcome = screening_outcome(total, gates, RUBRIC)

    passed = all(gate.passed for gate in gates)
    assert (outcome == "list") == (total >= 65 and passed)
    assert (outcome == "decline") == (total < 45)
    assert screening_outcome(total, gates, RUBRIC, refused=True) == "decline"
