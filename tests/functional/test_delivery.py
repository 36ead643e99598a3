"""Notifications and the outbox over HTTP, in both languages."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from matchmaker.models import Delivery, Role
from matchmaker.services.letter_topics import choosable
from matchmaker.workflows.delivery import DeliveryState as S


@pytest.fixture
def letter(session, ctx, make):
    """A letter about a problem of the programme, and who gets it."""
    reader, problem = make.user(locale="zh_Hant_TW"), make.problem()
    params = {"title": "瑕疵<b>檢測", "url": "http://localhost/notifications?page=1"}
    ctx(None).send_mail("match.candidates", reader, about=problem, **params)
    session.commit()
    return session.scalars(sa.select(Delivery)).one(), reader


def test_bell_counts_and_reading_leads_on(letter, login, session):
    delivery, reader = letter
    browser = login(reader, "zh_Hant_TW")
    page = browser.get("/notifications").text
    assert '<span class="count">1</span>' in page
    assert "有團隊適合您的題目" in page or "瑕疵&lt;b&gt;檢測" in page
    answer = browser.post(f"/notifications/{delivery.id}/open")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/notifications?page=1")
    assert '<span class="count">1</span>' not in browser.get("/notifications").text
    assert browser.post("/notifications/read").status_code == 303


def test_nobody_opens_what_another_was_told(letter, login, make):
    delivery, _ = letter
    assert login(make.user(), "en").post(f"/notifications/{delivery.id}/open").status_code == 404
    assert login(make.officer(), "en").post(f"/notifications/{delivery.id}/open").status_code == 404


@pytest.mark.parametrize(("locale", "saved"), [("en", "Saved."), ("zh_Hant_TW", "已儲存")])
def test_choices_are_kept_and_nonsense_is_refused(login, make, locale, saved):
    browser = login(make.user(), locale)
    page = browser.get("/account/notifications").text
    assert 'name="application" type="radio" value="off"' not in page
    chosen = {topic.key: "digest" for topic in choosable()}
    answer = browser.post("/account/notifications", data=chosen, follow_redirects=True)
    assert saved in answer.text
    assert answer.text.count("checked") == len(chosen)
    for bad in ("off", "<script>", ""):
        assert (
            browser.post("/account/notifications", data={**chosen, "application": bad}).status_code
            == 422
        )


@pytest.mark.parametrize(("locale", "words"), [("en", "Kept back"), ("zh_Hant_TW", "暫緩寄出")])
def test_officer_holds_changes_and_lets_go(letter, login, make, session, locale, words):
    delivery, _ = letter
    browser = login(make.officer(), locale)
    url = f"/office/letters/{delivery.id}"
    assert (
        browser.post(f"{url}/hold", data={"version": delivery.version, "reason": ""}).status_code
        == 422
    )
    held = browser.post(
        f"{url}/hold", data={"version": delivery.version, "reason": "等名單"}, follow_redirects=True
    )
    assert words in held.text
    assert words in browser.get("/office/letters?state=held").text
    empty = browser.post(url, data={"version": delivery.version + 1, "subject": "", "body": "x"})
    assert empty.status_code == 422
    stale = browser.post(url, data={"version": 1, "subject": "我打的主旨", "body": "內文"})
    assert (stale.status_code, "我打的主旨" in stale.text) == (409, True)
    session.commit()
    session.refresh(delivery)
    assert delivery.state is S.HELD
    text = {"version": delivery.version, "subject": "🎉 <script>", "body": "內文"}
    assert "🎉 &lt;script&gt;" in browser.post(url, data=text, follow_redirects=True).text
    session.commit()
    session.refresh(delivery)
    gone = browser.post(f"{url}/release", data={"version": delivery.version})
    assert gone.status_code == 303
    again = browser.post(f"{url}/release", data={"version": delivery.version + 1})
    assert again.status_code == 409


def test_officer_holds_a_topic_and_lets_all_go(letter, login, make):
    browser = login(make.officer(), "en")
    url = "/office/letters/topics/match"
    assert browser.post(f"{url}/hold", data={"reason": ""}).status_code == 422
    assert (
        "wait here" in browser.post(f"{url}/hold", data={"reason": "x"}, follow_redirects=True).text
    )
    assert "Letters let go: 0" in browser.post(f"{url}/release", follow_redirects=True).text
    assert (
        browser.post("/office/letters/topics/nonsense/hold", data={"reason": "x"}).status_code
        == 422
    )


def test_outbox_is_for_the_office_and_only_officers_change_it(letter, login, make):
    delivery, reader = letter
    url = f"/office/letters/{delivery.id}"
    for person in (reader, make.user(Role.REVIEWER), make.user(Role.MENTOR)):
        assert login(person, "en").get("/office/letters").status_code == 403
        assert login(person, "en").get(url).status_code == 403
    administrator = login(make.user(Role.ADMINISTRATOR), "en")
    assert administrator.get(url).status_code == 200
    assert "Hold back" not in administrator.get(url).text
    refused = administrator.post(f"{url}/discard", data={"version": 1, "reason": "x"})
    assert refused.status_code == 403
