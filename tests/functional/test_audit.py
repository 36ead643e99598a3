"""The audit trail over HTTP: read by the office alone, narrowed, paged, checked."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from matchmaker.models import AuditEvent, Role
from matchmaker.services import audit
from matchmaker.web.views import audit as view


def words(response):
    """The text of a page as people read it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def numbers(response):
    """The numbers of the lines shown, in order."""
    return [
        int(number) for number in re.findall(r'<code class="quiet">#(\d+)</code>', response.text)
    ]


@pytest.fixture
def write(session):
    """Writes events: ``write(actor, action, subject_type, subject_id, **data)``."""

    def event(actor=None, action="team:update", subject_type="Team", subject_id=1, **data):
        made = audit.append(
            session,
            actor_id=actor.id if actor else None,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            data=data,
        )
        session.commit()
        return made

    return event


@pytest.mark.parametrize("role", [None, Role.REVIEWER, Role.MENTOR, Role.ASSOCIATION])
def test_others_are_told_why_they_may_not(make, login, write, role):
    write(action="secret:thing")
    page = login(make.user(*([role] if role else []))).get("/office/audit")
    assert page.status_code == 403
    assert "Only the programme office reads the audit trail." in words(page)
    assert "secret:thing" not in page.text


def test_visitors_are_sent_to_sign_in(client):
    assert client.get("/office/audit").location == "/account/login?next=/office/audit"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR])
def test_the_office_reads_it_newest_first(make, login, write, role):
    lead, gone = make.user(name="Lin Lead"), make.user()
    write(lead, "team:update", "Team", 7, changed=["works", "名稱"])
    write(gone, "problem:submit", "Problem", 3)
    write(None, "match_run:finish", "MatchRun", 2)
    gone.erase(datetime.now(UTC))
    page = login(make.user(role)).get("/office/audit")
    assert numbers(page) == [3, 2, 1]
    for text in (
        "Lin Lead",
        "Erased account",
        "The system",
        "team:update",
        "Changed fields: works, 名稱",
        "Team 7",
    ):
        assert text in words(page)
    for link in ("/teams/7", "/problems/3", "/office/runs/2"):
        assert f'href="{link}"' in page.text


@pytest.mark.parametrize(
    ("locale", "whole", "broken"),
    [
        ("en", "Lines checked: 2. None was changed", "Line 1 does not fit the one before it."),
        ("zh_Hant_TW", "已檢查 2 筆", "第 1 筆與前一筆不相符"),
    ],
)
def test_the_chains_state_is_shown(make, login, write, session, engine, locale, whole, broken):
    write()
    write()
    client = login(make.officer(), locale)
    assert whole in words(client.get("/office/audit"))
    with engine.begin() as connection:
        triggers = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'"
        ).scalars()
        for name in triggers.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(sa.update(AuditEvent).where(AuditEvent.id == 1).values(action="x:y"))
    assert broken in words(client.get("/office/audit"))


def test_a_long_chain_is_checked_when_asked_for(make, login, write, monkeypatch):
    monkeypatch.setattr(view, "CHECKED_AT_ONCE", 1)
    write()
    write()
    client = login(make.officer())
    page = client.get("/office/audit")
    assert "The record was not checked just now" in words(page)
    assert 'href="/office/audit?check=1"' in page.text
    assert "Lines checked: 2." in words(client.get("/office/audit?check=1"))


def test_the_trail_narrows_by_every_filter(make, login, write):
    lin, wei = make.user(name="Lin Lead"), make.user(name="Wei Wang")
    write(lin, "team:update", "Team", 7)
    write(wei, "problem:submit", "Problem", 7)
    write(None, "team:archive", "Team", 8)
    client = login(make.officer())
    for query, shown in [
        ("actor=lin", [1]),
        (f"actor={wei.email}", [2]),
        (f"actor={wei.id}", [2]),
        ("actor=0", [3]),
        ("actor=nobody", []),
        ("actor=%25", []),
        ("action=team:update", [1]),
        ("subject=Team", [3, 1]),
        ("number=7", [2, 1]),
        ("subject=Team&number=7", [1]),
        ("number=x", [3, 2, 1]),
        ("since=2001-01-01&until=2099/12/31", [3, 2, 1]),
        ("until=2001-01-01", []),
        ("since=2099-01-01", []),
        ("since=tomorrow&until=2026-13-45", [3, 2, 1]),
        ("page=9999999999", [3, 2, 1]),
        ("actor=%00", [3, 2, 1]),
    ]:
        page = client.get(f"/office/audit?{query}")
        assert (page.status_code, numbers(page)) == (200, shown), query
    assert "No line fits all of this" in words(client.get("/office/audit?actor=nobody"))


def test_days_are_days_in_taipei(make, login, write, monkeypatch):
    monkeypatch.setattr(audit, "utcnow", lambda: datetime(2026, 1, 31, 16, 30, tzinfo=UTC))
    write()  # In Taipei it is half past midnight on 1 February.
    client = login(make.officer())
    assert numbers(client.get("/office/audit?since=2026-02-01&until=2026-02-01")) == [1]
    assert numbers(client.get("/office/audit?until=2026-01-31")) == []


def test_pages_keep_the_filters(make, login, write):
    for number in range(51):
        write(subject_id=number)
    client = login(make.officer())
    first = client.get("/office/audit?subject=Team")
    assert len(numbers(first)) == 50
    assert 'href="/office/audit?subject=Team&amp;page=2"' in first.text
    assert numbers(client.get("/office/audit?subject=Team&page=2")) == [1]


def test_what_an_event_says_shows_as_text(make, login, write):
    write(action="a:b", reason="<script>alert(1)</script>")
    page = login(make.officer()).get("/office/audit")
    assert "<script>alert" not in page.text
    assert "Reason: &lt;script&gt;alert(1)&lt;/script&gt;" in page.text


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (
            "en",
            (
                "Before: In screening · After: Returned to owner",
                "Kind: Industry association · Role: Lead",
                "odd: 3",
            ),
        ),
        (
            "zh_Hant_TW",
            ("修改前：議題審查中 · 修改後：已退回出題單位", "類別：公協會 · 身分：負責人"),
        ),
    ],
)
def test_codes_are_shown_in_words(make, login, write, locale, said):
    write(None, "problem:return", "Problem", 3, before="screening", after="returned", reason="")
    write(None, "a:b", "Organization", 4, kind="association", role="lead", odd=3)
    page = words(login(make.officer(), locale).get("/office/audit"))
    for text in said:
        assert text in page


def test_events_about_nothing_in_particular_have_no_link(make, login, write):
    write(action="site:tidy", subject_type="", subject_id=None)
    write(action="call:create", subject_type="Call", subject_id=4)
    page = login(make.officer()).get("/office/audit")
    assert "site:tidy" in words(page)
    assert "opened a call Call 4" in words(page)
    assert "/calls/" not in page.text


def test_an_empty_trail_says_so(make, login):
    assert "Nothing has been decided yet" in words(login(make.officer()).get("/office/audit"))
