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
