"""Grades come out as the model says, floors and caps hold, and every point shows its evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.assessment.grading import (
    facts_of,
    grade_of,
    grades,
    moves,
    plan_of,
    suggest_grade,
    value_class,
)
from matchmaker.assessment.intake import Intake
from matchmaker.assessment.points import DIFFERENT, FROM_ANSWER, NOT_SAID, BadPoints
from matchmaker.assessment.shipped import shipped_rubric
from tests.unit.assessment.examples import CHEST_CT, EXAMPLES

RUBRIC = shipped_rubric("grading")
SCREENING = shipped_rubric("screening")
CRITERIA = tuple(RUBRIC.criteria)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_worked_examples_come_out_exactly(name):
    intake, points, score, grade = EXAMPLES[name]

    found = suggest_grade(intake, RUBRIC)

    assert tuple(found.plain_points.values()) == points
    assert (found.score, found.grade) == (score, grade)


def test_a_device_to_be_approved_and_sold_is_a_flagship():
    intake = replace(CHEST_CT, formal_approval=True, target_stage="PoB")

    found = suggest_grade(intake, RUBRIC)

    assert (found.score, found.graded.by_score, found.grade) == (68, "G3", "G4")
    assert [floor.id for floor in found.graded.floors] == ["severe", "approval"]


def test_the_grade_ramp_follows_from_the_rubric():
    shown = [(g.id, g.score_min, g.score_max, g.stage, g.award.zh) for g in grades().values()]

    assert shown == [
        ("G1", 0, 29, "PoC", "新臺幣 2 萬至 5 萬元，另頒數位徽章"),
        ("G2", 30, 49, "PoC", "新臺幣 10 萬元"),
        ("G3", 50, 69, "PoC → PoS", "新臺幣 30 萬元"),
        ("G4", 70, 100, "PoC → PoS → PoB", "新臺幣 60 萬至 100 萬元，或轉介補助"),
    ]


def given_points(**points: int) -> dict[str, int]:
    return {**dict.fromkeys(CRITERIA, 0), **points}


@pytest.mark.parametrize(
    ("points", "facts", "grade", "floors"),
    [
        (given_points(), {}, "G1", []),
        (given_points(DF5=4), {}, "G3", ["severe"]),
        (given_points(DF5=3), {"formal_approval": True, "target_stage": "PoB"}, "G1", []),
        (given_points(DF5=4), {"formal_approval": True, "target_stage": "PoS"}, "G3", ["severe"]),
        (
            given_points(DF5=4),
            {"formal_approval": True, "target_stage": "PoB"},
            "G4",
            ["severe", "approval"],
        ),
        (given_points(), {"data_band": "C"}, "G2", ["data"]),
        (given_points(), {"data_band": "B"}, "G1", []),
        (given_points(), {"run_time": "edge"}, "G2", ["on_site"]),
        (given_points(), {"run_time": "realtime"}, "G2", ["on_site"]),
        (given_points(), {"run_time": "service"}, "G1", []),
        (dict.fromkeys(CRITERIA, 4), {"data_band": "C"}, "G4", ["severe", "data"]),
    ],
)
def test_floors_raise_the_grade(points, facts, grade, floors):
    found = grade_of(points, facts, RUBRIC)

    assert found.grade == grade
    assert [floor.id for floor in found.floors] == floors


def test_uncertain_data_come_first():
    assert grade_of(given_points(), {"data_band": "C"}, RUBRIC).first_milestone == "data"
    assert grade_of(given_points(), {"run_time": "edge"}, RUBRIC).first_milestone is None


def test_the_cap_of_the_owner_wins_over_floors():
    found = grade_of(given_points(DF5=4), {}, RUBRIC, cap="G2")

    assert (found.grade, found.by_score, found.cap) == ("G2", "G1", "G2")
    assert grade_of(given_points(), {}, RUBRIC, cap="G2").cap is None


@pytest.mark.parametrize(
    ("score_points", "grade"),
    [
        (given_points(DF1=4, DF4=3), "G1"),  # 27.5 becomes 28
        (given_points(DF1=4, DF4=4), "G2"),  # 30
        (given_points(DF1=4, DF2=4, DF4=4), "G3"),  # 50
        (given_points(DF1=4, DF2=4, DF3=4, DF6=4, DF7=1), "G3"),  # 67.5 becomes 68
        (given_points(DF1=4, DF2=4, DF3=4, DF6=4, DF7=2), "G4"),  # 70
    ],
)
def test_lower_bounds_decide(score_points, grade):
    assert grade_of(score_points, {}, RUBRIC).grade == grade


@pytest.mark.parametrize(
    "points", [{}, {**given_points(), "DF1": 5}, {**given_points(), "DF1": -1}]
)
def test_points_outside_the_scale_are_refused(points):
    with pytest.raises(BadPoints, match="DF1 needs 0 to 4 points"):
        grade_of(points, {}, RUBRIC)


POINTS = st.fixed_dictionaries({criterion: st.integers(0, 4) for criterion in CRITERIA})
FACTS = st.fixed_dictionaries(
    {
        "data_band": st.sampled_from([None, "A", "B", "C"]),
        "run_time": st.sampled_from([None, "offline", "service", "realtime", "edge"]),
        "formal_approval": st.sampled_from([None, False, True]),
        "target_stage": st.sampled_from([None, "PoC", "PoS", "PoB"]),
    }
)


@given(POINTS, FACTS, st.sampled_from(CRITERIA))
def test_more_points_never_make_an_easier_grade(points, facts, criterion):
    more = {**points, criterion: min(points[criterion] + 1, 4)}

    before, after = grade_of(points, facts, RUBRIC), grade_of(more, facts, RUBRIC)

    assert 0 <= before.score <= after.score <= 100
    assert before.by_score <= before.grade <= after.grade
    assert all(before.grade >= floor.grade for floor in before.floors)


@given(POINTS, FACTS, st.sampled_from(["G1", "G2", "G3", "G4"]))
def test_no_grade_is_above_its_cap(points, facts, cap):
    assert grade_of(points, facts, RUBRIC, cap=cap).grade == min(
        cap, grade_of(points, facts, RUBRIC).grade
    )


@given(POINTS, FACTS)
def test_a_move_leads_where_it_says(points, facts):
    now = grade_of(points, facts, RUBRIC).grade
    for move in moves(points, facts, RUBRIC):
        there = {**points, move.criterion: move.points}
        assert grade_of(there, facts, RUBRIC).grade == move.grade != now
        step = 1 if move.points > points[move.criterion] else -1
        short = {**points, move.criterion: move.points - step}
        assert grade_of(short, facts, RUBRIC).grade == now


def test_drivers_are_the_three_that_weigh_most():
    found = suggest_grade(CHEST_CT, RUBRIC)

    assert [(d.criterion, d.share) for d in found.drivers] == [
        ("DF5", 15.0),
        ("DF1", 10.0),
        ("DF2", 10.0),
    ]
    assert found.moves[0].grade == "G4"


def test_every_point_shows_what_it_rests_on():
    found = suggest_grade(CHEST_CT, RUBRIC)

    assert [e.shown("zh") for e in found.points["DF5"].evidence] == [
        "危及人身安全、健康、權益或鉅額財務"
    ]
    assert found.points["DF5"].why == FROM_ANSWER
    assert {c: p.said for c, p in found.points.items()} == dict.fromkeys(CRITERIA, True)


def test_nothing_said_leaves_everything_open():
    found = suggest_grade(Intake(), RUBRIC)

    assert [p.why for p in found.points.values()] == [NOT_SAID] * len(CRITERIA)
    assert [(p.low, p.points, p.high) for p in found.points.values()] == [
        (0, RUBRIC.criteria[c].assumed, 4) for c in CRITERIA
    ]
    assert (found.low, found.grade, found.high) == ("G1", "G2", "G4")
    assert facts_of(Intake(), RUBRIC) == dict.fromkeys(
        ("data_band", "formal_approval", "run_time", "target_stage")
    )


def test_an_answer_that_the_text_contradicts_is_moved_towards_it():
    intake = replace(CHEST_CT, harm="cheap", text="判斷錯誤會造成病人死亡。")

    point = suggest_grade(intake, RUBRIC).points["DF5"]

    assert (point.low, point.points, point.high, point.why) == (0, 1, 4, DIFFERENT)
    assert [e.quote for e in point.evidence] == ["cheap", "判斷錯誤會造成病人死亡。"]


@pytest.mark.parametrize(
    ("sc3", "sc4", "tier"),
    [(4, 3, "A"), (3, 3, "B"), (4, 2, "B"), (4, 0, "B"), (3, 1, "B"), (2, 2, "C"), (0, 0, "C")],
)
def test_the_award_tier_follows_from_value_and_ecosystem(sc3, sc4, tier):
    points = {**dict.fromkeys(SCREENING.criteria, 0), "SC3": sc3, "SC4": sc4}

    assert value_class(points, SCREENING, RUBRIC).id == tier


@pytest.mark.parametrize(
    ("grade", "tier", "amount", "path", "weeks"),
    [
        ("G1", "C", (15000, 37500), [("PoC", 100, 15000)], (8, 8)),
        ("G2", "B", (100000, 100000), [("PoC", 100, 100000)], (12, 12)),
        (
            "G3",
            "A",
            (375000, 375000),
            [("PoC", 40, 150000), ("PoS", 60, 225000)],
            (16, 20),
        ),
        (
            "G4",
            "B",
            (600000, 1000000),
            [("PoC", 25, 150000), ("PoS", 35, 210000), ("PoB", 40, 240000)],
            (20, 26),
        ),
    ],
)
def test_award_milestones_and_calendar(grade, tier, amount, path, weeks):
    classes = {row.id: row for row in RUBRIC.value_classes}

    plan = plan_of(grade, classes[tier], RUBRIC)

    assert (plan.amount, plan.weeks) == (amount, weeks)
    assert [(m.stage, m.share, m.amount[0]) for m in plan.milestones] == path
