"""Learning records for other systems: what each step says, and what it never says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from matchmaker.models import Enrolment, EnrolmentEvent, LearningResource, User
from matchmaker.reports.learning_record import statements
from matchmaker.workflows.enrolment import EnrolmentAction as A

BASE = "https://matchmaker.example"


def told(*actions: A, score: int | None = None, is_assessed: bool = True):
    resource = LearningResource(
        id=7, title_zh="課", title_en="Course", is_assessed=is_assessed, teaches=[], languages=[]
    )
    user = User(id=3, name="Somebody Known", email="known@example.com")
    enrolment = Enrolment(id=5, user_id=3, user=user, resource=resource)
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    events = [
        EnrolmentEvent(
            id=n, enrolment_id=5, enrolment=enrolment, action=action, created_at=at, score=score
        )
        for n, action in enumerate(actions, start=1)
    ]
    return statements(events, BASE)


def test_a_passed_course_says_so_with_its_points():
    registered, submitted, passed = told(A.ENROL, A.HAND_IN, A.ACCEPT, score=80)

    assert registered["verb"]["id"] == "http://adlnet.gov/expapi/verbs/registered"
    assert "result" not in registered
    assert submitted["verb"]["display"]["zh-Hant-TW"] == "繳交"
    assert passed["result"] == {
        "success": True,
        "completion": True,
        "score": {"raw": 80, "min": 0, "max": 100, "scaled": 0.8},
    }
    assert passed["object"]["id"] == f"{BASE}/learning/7"
    assert passed["timestamp"] == "2026-03-01T08:00:00+00:00"
    assert (passed["version"], passed["context"]) == ("1.0.3", {"platform": "matchmaker"})


def test_nobody_is_named_and_the_same_step_has_the_same_id():
    once, again = told(A.ENROL), told(A.ENROL)
    assert once == again
    assert once[0]["actor"]["account"] == {"homePage": BASE, "name": "3"}
    text = json.dumps(told(A.ENROL, A.ATTEND, A.WITHDRAW), ensure_ascii=False)
    assert "Somebody Known" not in text
    assert "known@example.com" not in text


def test_attending_completes_only_what_is_not_assessed():
    assert told(A.ATTEND)[0]["result"] == {"completion": False}
    assert told(A.ATTEND, is_assessed=False)[0]["result"] == {"completion": True}


def test_a_result_taken_back_voids_the_statement_that_gave_it():
    passed, voided = told(A.ACCEPT, A.REVOKE)
    assert voided["verb"]["id"] == "http://adlnet.gov/expapi/verbs/voided"
    assert voided["object"] == {"objectType": "StatementRef", "id": passed["id"]}
    assert "context" not in voided
