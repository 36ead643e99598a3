"""The alumni zone over HTTP: join, search, write, answer, leave; the office's counts and invitations."""

from __future__ import annotations

import re

import pytest

from matchmaker.workflows.engagement import EngagementState


@pytest.fixture
def case(make, session):
    row = make.engagement(EngagementState.COMPLETED)
    owner = row.problem.organization.members[0].user
    owner.name = "Owner <b>Chen</b>"
    session.commit()
    return owner, row.application.people[0].user, make.officer()


def join(browser, **ticked):
    data = {"text": "Glad to talk 🎉", "agreed": "y", "takes_messages": "y", **ticked}
    return browser.post("/alumni/me", data=data)


def test_from_joining_to_an_answer(case, login):
    owner, member, _officer = case
    theirs, mine = login(owner), login(member)
    assert "Chen" not in mine.get("/alumni").text
    assert join(theirs, is_hiring="y").status_code == 303
    page = mine.get("/alumni").text
    assert "Owner &lt;b&gt;Chen&lt;/b&gt;" in page
    assert "Write to" in page
    assert "寫訊息給" in login(member, "zh_Hant_TW").get("/alumni").text
    assert owner.email not in page
    address = re.search(r'href="(/alumni/\d+/message)"', page)
    assert address is not None
    for text in ("", "x" * 1001):
        assert mine.post(address[1], data={"text": text}).status_code == 422
    for _ in range(2):  # A second click writes nothing twice.
        sent = mine.post(address[1], data={"text": "Hello\x00 <script>alert(1)</script>"})
        assert sent.status_code == 303
    inbox = theirs.get("/alumni/messages").text
    assert inbox.count("Hello &lt;script&gt;") == 1
    assert member.email not in inbox
    message = re.search(r'href="(/alumni/messages/\d+)"', inbox)
    assert message is not None
    form = theirs.get(message[1]).text
    version = re.findall(r'name="version"[^>]*value="(\d+)"', form)[0]
    stale = {"version": "99", "text": "Yes", "answer": "1"}
    assert theirs.post(message[1], data=stale).status_code == 409
    good = {"version": version, "text": "Yes", "answer": "1"}
    assert theirs.post(message[1], data=good).status_code == 303
    box = mine.get("/alumni/messages").text
    assert "Has an answer" in box
    assert "已回覆" in login(member, "zh_Hant_TW").get("/alumni/messages").text
    assert owner.email not in box
    assert mine.get(message[1]).status_code == 403
    assert theirs.post("/alumni/me/leave").status_code == 303
    assert "Chen" not in mine.get("/alumni").text


def test_only_alumni_come_in(case, login, client, make):
    _owner, _member, officer = case

    assert client.get("/alumni").status_code == 302
    for user in (make.user(), officer):
        answer = login(user).get("/alumni")
        assert (answer.status_code, "completed work together" in answer.text) == (403, True)
        assert join(login(user)).status_code == 403
        assert login(user).get("/alumni/1/message").status_code == 403


def test_joining_needs_the_tick(case, login):
    owner, _member, _officer = case

    answer = login(owner).post("/alumni/me", data={"text": "Kept", "is_hiring": "y"})

    assert answer.status_code == 422
    assert "Please tick the box to agree." in answer.text
    assert "Kept" in answer.text


def test_the_office_counts_and_invites(case, login):
    owner, member, officer = case
    join(login(owner), will_mentor="y")
    join(login(member))
    office = login(officer)

    page = office.get("/office/alumni").text
    assert "Owner &lt;b&gt;Chen&lt;/b&gt;" in page
    assert member.name not in page
    address = re.search(r'href="(/office/alumni/\d+/invite)"', page)
    assert address is not None
    assert office.post(address[1], data={"purpose": "talk", "text": "Hi"}).status_code == 422
    assert office.post(address[1], data={"purpose": "mentor", "text": ""}).status_code == 422
    data = {"purpose": "mentor", "text": "Would you?"}
    assert office.post(address[1], data=data).status_code == 303
    assert "Waits for an answer" in office.get("/office/alumni").text
    assert "Would you?" in login(owner).get("/alumni/messages").text
    assert login(member).get("/office/alumni").status_code == 403
