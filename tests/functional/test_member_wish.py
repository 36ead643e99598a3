"""Looking for members over HTTP: the team's page, the person's page, bad input in both."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from matchmaker.models import FindConsent, Invitation, MemberOffer, MemberWish
from tests.levels import show

EDGE = "SYS-EDG"
WISH = {"competency": EDGE, "level": "3", "text": "Two evenings a week.", "problem_id": ""}
MIXED = "👩‍🔬 測試 עברית <script>alert('x')</script> needle"


@pytest.fixture
def team(make):
    return make.team(make.user(name="Lead"), make.user(), name_en="Bright Team", is_public=True)


@pytest.fixture
def lead(team, login):
    return login(team.members[0].user)


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.split("<main", 1)[1]).split())


def rows(session, kind):
    session.rollback()
    return session.scalars(sa.select(kind).order_by(kind.id)).all()


def add(client, team, **fields):
    return client.post(f"/teams/{team.id}/wishes", data={**WISH, **fields})


def test_a_team_finds_somebody_who_agreed_and_they_join(make, login, lead, team, session, run_jobs):
    person = make.user(name="Able Person", email="able@example.com")
    show(session, person, {EDGE: 4})
    theirs = login(person)
    agreed = theirs.post("/me/find-a-team", data={"text": "Ask me.", "agreed": "y"})
    assert agreed.status_code == 303

    assert add(lead, team).status_code == 303
    page = words(lead.get(f"/teams/{team.id}/wishes"))
    assert "Able Person Confirmed: L2 Guided Ask me. Invite" in page
    wish = rows(session, MemberWish)[0]
    assert lead.post(f"/wishes/{wish.id}/invite/{person.id}").status_code == 303

    assert "Able Person Confirmed: L2 Guided Ask me. Invited" in words(
        lead.get(f"/teams/{team.id}/wishes")
    )
    invitation = rows(session, Invitation)[0]
    joined = theirs.post(f"/invitations/{invitation.id}/accept", data={"consent": "y"})
    assert joined.status_code == 302
    assert "Able Person" not in words(lead.get(f"/teams/{team.id}/wishes"))
    assert "Able Person" in words(lead.get(f"/teams/{team.id}/levels"))


@pytest.mark.parametrize(
    ("locale", "offer", "told"),
    [
        ("en", "Offer to join", "You offered to join"),
        ("zh_Hant_TW", "我願意加入", "您已表示願意加入"),
    ],
)
def test_a_person_offers_and_takes_it_back(make, login, lead, team, session, locale, offer, told):
    add(lead, team)
    wish = rows(session, MemberWish)[0]
    client = login(make.user(name="New Person"), locale)
    assert offer in words(client.get("/me/find-a-team"))
    sent = client.post(f"/wishes/{wish.id}/offer", data={"text": MIXED})
    assert sent.status_code == 303
    assert told in words(client.get("/me/find-a-team"))
    page = lead.get(f"/teams/{team.id}/wishes").text
    assert "Offers to join" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert client.post(f"/wishes/{wish.id}/offer", data={"text": ""}).status_code == 303
    assert len(rows(session, MemberOffer)) == 1
    for _click in range(2):
        assert client.post(f"/wishes/{wish.id}/offer/stop").status_code == 303
    assert rows(session, MemberOffer) == []


def test_a_wish_that_makes_no_sense_is_told_beside_what_was_typed(lead, team, session):
    nothing = add(lead, team, competency="")
    assert nothing.status_code == 422
    assert "Please choose what you look for." in nothing.text
    assert "Two evenings a week." in nothing.text
    huge = add(lead, team, text=f"{MIXED} " + "長" * 600)
    assert huge.status_code == 422
    assert "Please use at most 500 characters." in huge.text
    for fields in (
        {"level": "99"},
        {"level": "²"},
        {"competency": "<script>"},
        {"problem_id": "9"},
    ):
        assert add(lead, team, **fields).status_code == 422
    assert rows(session, MemberWish) == []
    assert add(lead, team, text="a\x00\u202eb needle").status_code == 303
    assert rows(session, MemberWish)[0].text == "ab needle"


def test_closing_twice_and_from_an_old_page(lead, team, session):
    add(lead, team)
    wish = rows(session, MemberWish)[0]
    assert lead.post(f"/wishes/{wish.id}/close", data={"version": "9"}).status_code == 409
    for _click in range(2):
        done = lead.post(f"/wishes/{wish.id}/close", data={"version": str(wish.version)})
        assert done.status_code == 303
    assert "No longer looked for" in words(lead.get(f"/teams/{team.id}/wishes"))


def test_agreeing_needs_the_tick_and_keeps_the_text(make, login, session):
    client = login(make.user())
    refused = client.post("/me/find-a-team", data={"text": MIXED})
    assert refused.status_code == 422
    assert "Please tick the box to agree." in refused.text
    assert "needle" in refused.text
    assert rows(session, FindConsent) == []
    for _click in range(2):
        assert client.post("/me/find-a-team", data={"text": "Hi", "agreed": "y"}).status_code == 303
    assert len(rows(session, FindConsent)) == 1
    for _click in range(2):
        assert client.post("/me/find-a-team/stop").status_code == 303
    assert rows(session, FindConsent) == []


def test_who_may_not(make, login, lead, team, session):
    add(lead, team)
    wish = rows(session, MemberWish)[0]
    member, stranger = login(team.members[1].user), login(make.user())
    assert "A lead of the team says whom it looks for" in words(
        member.get(f"/teams/{team.id}/wishes")
    )
    assert add(member, team, competency="FND-ML").status_code == 403
    refused = stranger.get(f"/teams/{team.id}/wishes")
    assert (refused.status_code, "Only members see whom" in refused.text) == (403, True)
    assert stranger.post(f"/wishes/{wish.id}/close", data={"version": "1"}).status_code == 403
    assert member.post(f"/wishes/{wish.id}/offer", data={}).status_code == 403
    assert stranger.post("/wishes/999/offer", data={}).status_code == 404
    assert lead.post(f"/wishes/{wish.id}/invite/1").status_code == 404
