"""Texts are read sentence by sentence, negations count, and quotations are exact."""

from __future__ import annotations

import dataclasses
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.assessment.grading import suggest_grade
from matchmaker.assessment.intake import (
    FLAG_FIELDS,
    TEXT_FIELDS,
    BadIntake,
    Intake,
    questions,
)
from matchmaker.assessment.reading import Evidence, Reader, cues
from matchmaker.assessment.screening import suggest_screening
from matchmaker.assessment.shipped import shipped_rubric

GRADING, SCREENING = shipped_rubric("grading"), shipped_rubric("screening")
PHRASES = (
    "產線上每天漏檢三十件，",
    "目標降到 5% 以下。",
    "We have 12,000 labelled images；",
    "no patient data ",
    "誤判會造成職災！",
    "ＥＲＰ與MES串接\n",
    "  ",
    "e.g. v1.2. ",
    "臺灣機台，ﬁne 30%",
    "🙂\u202e<script>",
    "İstanbul ẞ",
)
TEXTS = st.lists(st.sampled_from(PHRASES) | st.text(max_size=12), max_size=8).map("".join)


def choices() -> dict[str, st.SearchStrategy[object]]:
    found: dict[str, st.SearchStrategy[object]] = {
        name: st.none() | st.booleans() for name in FLAG_FIELDS
    }
    for question in questions().values():
        values = [answer.value for answer in question.answers]
        if question.kind == "choice":
            found[question.field] = st.none() | st.sampled_from(values)
    return found


INTAKES = st.builds(
    Intake, **dict.fromkeys(("text", "title", "today", "metric", "target"), TEXTS), **choices()
)


@given(INTAKES)
@settings(max_examples=60, deadline=None)
def test_every_quotation_is_what_somebody_wrote_or_answered(intake):
    graded, screened = suggest_grade(intake, GRADING), suggest_screening(intake, SCREENING)

    for point in [*graded.points.values(), *screened.points.values()]:
        assert 0 <= point.low <= point.points <= point.high <= 4
        for evidence in point.evidence:
            stored = getattr(intake, evidence.field)
            if evidence.field in TEXT_FIELDS:
                assert evidence.quote
                assert evidence.quote in stored
            elif evidence.field in FLAG_FIELDS:
                assert evidence.quote == ("yes" if stored else "no")
            else:
                assert evidence.quote == stored
    assert graded.low <= graded.grade <= graded.high
    assert 0 <= screened.low <= screened.total <= screened.high <= 100


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("不會造成職災。", "harm", None),
        ("Nobody is injured, no injury is possible.", "harm", None),
        ("資料不含個資。", "personal", "none"),
        ("The file contains no personal data.", "personal", "none"),
        ("影像中的人臉已模糊處理。", "personal", "deidentified"),
        ("enterprise planning", "systems", None),
        ("We type it into the ERP.", "systems", "1"),
        ("每天要花三小時。", "baseline", True),
        ("現在很慢。", "baseline", None),
        ("Errors should fall to below 5 per cent.", "target", True),
        ("Errors should fall to below what they are.", "target", None),
    ],
)
def test_negations_boundaries_and_numbers(text, field, value):
    assert Reader(Intake(text=text)).read(field).value == value


def test_an_answer_comes_before_the_text():
    reading = Reader(Intake(text="漏判會造成職災。", harm="cheap")).read("harm")

    assert (reading.value, reading.answered) == ("cheap", True)
    assert reading.evidence == (Evidence("harm", "cheap"),)


def test_a_denied_flag_is_an_answer():
    reading = Reader(Intake(text="由單一窗口負責。", contact=False)).read("contact")

    assert (reading.value, reading.answered, reading.evidence) == (False, True, ())


def test_only_the_sentence_is_quoted():
    text = "工廠有三條線。漏判會造成職災！因此要快。"

    assert Reader(Intake(text=text)).hint("harm").evidence == (
        Evidence("text", "漏判會造成職災！"),
    )


def test_the_pattern_is_the_confirmed_one_else_the_one_the_text_names():
    text = "Students inspect parts; surface inspection is done by hand."

    assert Reader(Intake(text=text, pattern="PT-FOR")).pattern.value == "PT-FOR"
    found = Reader(Intake(text=text)).pattern
    assert (found.value, found.evidence) == ("PT-AOI", (Evidence("text", "surface inspection"),))
    assert not Reader(Intake(text="We look at photos.")).pattern.known


def test_every_cue_speaks_of_a_field_and_a_value_it_can_have():
    for field, rows in cues().items():
        for cue in rows:
            values = list(cue.value) if isinstance(cue.value, list) else [cue.value]
            if field in TEXT_FIELDS or field in FLAG_FIELDS:
                assert values == [True], field
            else:
                known = {answer.value for answer in questions()[field].answers}
                assert set(values) <= known, field


@given(INTAKES)
@settings(max_examples=40, deadline=None)
def test_answers_survive_being_stored(intake):
    assert Intake.from_data(intake.to_data()) == intake


def test_every_field_has_words_and_the_right_kind():
    names = [field.name for field in dataclasses.fields(Intake)]

    assert set(questions()) == set(names) - {"techniques", "requirements"}
    for question in questions().values():
        assert question.zh
        assert question.en
        assert bool(question.answers) == (question.kind in ("choice", "choices"))
        assert (question.kind == "flag") == (question.field in FLAG_FIELDS)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"harm": "huge"}, "The answer to harm cannot be used: huge"),
        ({"site": "yes"}, "The answer to site cannot be used: yes"),
        ({"title": 3}, "The answer to title cannot be used: 3"),
        ({"title": ["x"]}, r"The answer to title cannot be used: \['x'\]"),
        ({"requirements": [["PER-CV", 9, 3]]}, "The answer to requirements cannot be used"),
        ({"requirements": "PER-CV"}, "The answer to requirements cannot be used: PER-CV"),
        ({"requirements": [5]}, "The answer to requirements cannot be used: 5"),
        ({"prohibited_uses": "profiling"}, "The answer to prohibited_uses cannot be used"),
        ({"colour": "red", "age": 3}, r"The intake has no field age, colour\."),
    ],
)
def test_what_cannot_be_an_answer_is_refused_by_name(data, message):
    with pytest.raises(BadIntake, match=message):
        Intake.from_data(data)


@pytest.mark.parametrize("piece", ["1,", "erp ", ". ", "\nx", "不", "three hundred "])
def test_no_text_takes_long_to_read(piece):
    intake = Intake(text=(piece * 20_000)[:20_000])
    start = time.process_time()

    suggest_grade(intake, GRADING)
    suggest_screening(intake, SCREENING)

    assert time.process_time() - start < 5
