"""Answers that make sense, and how two answers stand to each other."""

from __future__ import annotations

import pytest

from matchmaker.assessment.outcomes import BY_KEY, QUESTIONS, Verdict, is_answer, verdict


@pytest.mark.parametrize(
    ("key", "value", "makes_sense"),
    [
        ("reached", "yes", True),
        ("reached", "maybe", False),
        ("reached", True, False),
        ("value", "x" * 2000, True),
        ("value", "x" * 2001, False),
        ("value", 3, False),
        ("jobs", 0, True),
        ("jobs", True, False),
        ("jobs", 1.5, False),
        ("jobs", -1, False),
        ("saved", 10**12, True),
        ("saved", 10**12 + 1, False),
        ("figure", -2.5, True),
        ("figure", float("inf"), False),
        ("figure", float("nan"), False),
        ("figure", "2", False),
    ],
)
def test_what_answers_a_question(key: str, value: object, makes_sense: bool) -> None:
    assert is_answer(BY_KEY[key], value) is makes_sense


@pytest.mark.parametrize(
    ("key", "owner", "team", "expected"),
    [
        ("saved", None, None, Verdict.NONE),
        ("saved", 0, None, Verdict.ONE),
        ("saved", None, 0, Verdict.ONE),
        ("saved", 0, 0, Verdict.SAME),
        ("saved", 100, 90, Verdict.SAME),
        ("saved", 100, 89, Verdict.DIFFER),
        ("in_use", "yes", "pilot", Verdict.DIFFER),
        ("in_use", "yes", "yes", Verdict.SAME),
        ("value", "much", "little", Verdict.SAME),
    ],
)
def test_how_two_answers_stand(key: str, owner: object, team: object, expected: Verdict) -> None:
    assert verdict(BY_KEY[key], owner, team) is expected


def test_every_question_has_a_name_of_its_own() -> None:
    assert len(BY_KEY) == len(QUESTIONS)
