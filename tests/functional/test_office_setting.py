"""Settings of the office over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.models import SETTINGS, AuditEvent, Role
from matchmaker.services import office_setting
from tests.factories import Factory

Login = Callable[..., FlaskClient]
DEFAULTS = {key: str(item.default) for key, item in SETTINGS.items() if not item.is_flag} | {
    "grading_needs_panel": "y"
}


def test_only_the_office_comes_here(make: Factory, login: Login, client: FlaskClient) -> None:
    assert client.get("/office/settings").status_code == 302
    refused = login(make.user()).get("/office/settings")
    assert refused.status_code == 403
    assert "The settings are the programme office" in refused.text
    for role in (Role.REVIEWER, Role.MENTOR, Role.ASSOCIATION):
        assert login(make.user(role)).post("/office/settings").status_code == 403
    for role in (Role.OFFICER, Role.ADMINISTRATOR):
        assert login(make.user(role)).get("/office/settings").status_code == 200


def test_a_change_works_at_once_and_is_on_the_record(
    make: Factory, login: Login, session: Session
) -> None:
    browser = login(make.officer())
    assert office_setting.value(session, "screening_due_days") == 14
    data = {**DEFAULTS, "version": "0", "screening_due_days": "10", "readiness_caps_grade": "y"}
    done = browser.post(
        "/office/settings", data={**data, "reason": "New year"}, follow_redirects=True
    )
    assert "Saved." in done.text
    session.rollback()
    assert office_setting.value(session, "screening_due_days") == 10
    assert office_setting.value(session, "readiness_caps_grade") is True
    assert office_setting.value(session, "grading_needs_panel") is True
    events = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.data for event in events] == [
        {"setting": "readiness_caps_grade", "old": "off", "new": "on", "reason": "New year"},
        {"setting": "screening_due_days", "old": "14", "new": "10", "reason": "New year"},
    ]
    again = browser.post("/office/settings", data=data, follow_redirects=True)
    assert "Nothing was changed." in again.text
    assert session.scalar(sa.select(sa.func.count(AuditEvent.id))) == 2


def test_a_stale_version_keeps_what_was_typed(make: Factory, login: Login) -> None:
    one, other = login(make.officer()), login(make.officer(), "zh_Hant_TW")
    data = {**DEFAULTS, "version": "0", "question_due_days": "7"}
    assert one.post("/office/settings", data=data).status_code == 302
    late = other.post("/office/settings", data={**data, "question_due_days": "9"})
    assert late.status_code == 409
    assert "其他人已變更設定" in late.text
    assert '<div class="pre-line">7 天</div>' in late.text
    assert '<div class="pre-line">9 天</div>' in late.text
    again = {**data, "question_due_days": "9", "version": "1"}
    assert other.post("/office/settings", data=again).status_code == 302


BAD = [
    ("coaching_rounds", "6"),
    ("coaching_rounds", ""),
    ("screening_due_days", "0"),
    ("screening_due_days", "181"),
    ("question_due_days", "<script>"),
    ("question_due_days", "9" * 40),
    ("grading_due_days", "٣😀"),
    ("reason", "x" * 501),
]


def test_bad_values_are_named_and_change_nothing(
    make: Factory, login: Login, session: Session
) -> None:
    browser = login(make.officer())
    for field, typed in BAD:
        data = {**DEFAULTS, "version": "0", "readiness_caps_grade": "y", field: typed}
        answer = browser.post("/office/settings", data=data)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
        assert "<script>" not in answer.text
    assert office_setting.value(session, "readiness_caps_grade") is False


def test_the_trail_says_in_words_what_was_set(make: Factory, login: Login) -> None:
    data = {**DEFAULTS, "version": "0", "coaching_rounds": "1", "readiness_caps_grade": "y"}
    browser = login(make.officer(), "zh_Hant_TW")
    assert browser.post("/office/settings", data=data).status_code == 302
    trail = browser.get("/office/audit?action=office_setting:edit").text
    assert "設定項目：輔導回合上限 · 修改前：2 · 修改後：1" in trail
    assert "設定項目：整備度限制分級" in trail
    assert "開啟" in trail
