"""Learning records as xAPI statements (ADL, version 1.0.3), for other learning systems.

A statement says who did what with which entry. People are named by an account number of this
site, never by name or address; the same step always has the same id, so taking statements in twice
adds nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from matchmaker.models import Enrolment, EnrolmentEvent, LearningResource
from matchmaker.workflows.enrolment import EnrolmentAction

VERSION = "1.0.3"
Events = Iterable[EnrolmentEvent]

_ADL = "http://adlnet.gov/expapi/verbs/"
_VERBS = {
    EnrolmentAction.ENROL: (f"{_ADL}registered", "registered", "報名"),
    EnrolmentAction.ATTEND: (f"{_ADL}attended", "attended", "出席"),
    EnrolmentAction.HAND_IN: ("https://w3id.org/xapi/dod-isd/verbs/submitted", "submitted", "繳交"),
    EnrolmentAction.ACCEPT: (f"{_ADL}passed", "passed", "通過"),
    EnrolmentAction.RETURN: (f"{_ADL}failed", "failed", "未通過"),
    EnrolmentAction.WITHDRAW: (f"{_ADL}terminated", "terminated", "中止"),
    EnrolmentAction.REVOKE: (f"{_ADL}voided", "voided", "作廢"),
}
_COURSE = "http://adlnet.gov/expapi/activities/course"


def statements(events: Events, base_url: str) -> list[dict[str, Any]]:
    """One statement for each step, and one that voids a result that was taken back."""
    found = []
    results: dict[int, str] = {}
    for event in events:
        statement = _statement(event, base_url)
        if event.action is EnrolmentAction.REVOKE:
            statement = _voiding(statement, results.get(event.enrolment_id, ""))
        elif event.action in (EnrolmentAction.ACCEPT, EnrolmentAction.RETURN):
            results[event.enrolment_id] = statement["id"]
        found.append(statement)
    return found


def _statement(event: EnrolmentEvent, base_url: str) -> dict[str, Any]:
    enrolment = event.enrolment
    verb, english, chinese = _VERBS[event.action]
    statement = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{base_url}/enrolment-events/{event.id}")),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": base_url, "name": str(enrolment.user_id)},
        },
        "verb": {"id": verb, "display": {"en": english, "zh-Hant-TW": chinese}},
        "object": _activity(enrolment.resource, base_url),
        "context": {"platform": "matchmaker"},
        "timestamp": event.created_at.isoformat(),
        "version": VERSION,
    }
    result = _result(event, enrolment)
    return statement | ({"result": result} if result else {})


def _activity(resource: LearningResource, base_url: str) -> dict[str, Any]:
    return {
        "objectType": "Activity",
        "id": f"{base_url}/learning/{resource.id}",
        "definition": {
            "type": _COURSE,
            "name": {"en": resource.title_en, "zh-Hant-TW": resource.title_zh},
        },
    }


def _result(event: EnrolmentEvent, enrolment: Enrolment) -> dict[str, Any]:
    """What came of it: attending completes what is not assessed, and nothing else."""
    if event.action is EnrolmentAction.ATTEND:
        return {"completion": not enrolment.resource.is_assessed}
    if event.action not in (EnrolmentAction.ACCEPT, EnrolmentAction.RETURN):
        return {}
    is_passed = event.action is EnrolmentAction.ACCEPT
    result: dict[str, Any] = {"success": is_passed, "completion": is_passed}
    if event.score is not None:
        points = {"raw": event.score, "min": 0, "max": 100, "scaled": event.score / 100}
        result["score"] = points
    return result


def _voiding(statement: dict[str, Any], voided_id: str) -> dict[str, Any]:
    """*statement* about an earlier one; only statements about activities name a platform."""
    kept = {key: value for key, value in statement.items() if key != "context"}
    return kept | {"object": {"objectType": "StatementRef", "id": voided_id}}
