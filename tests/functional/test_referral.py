"""Referrals as associations, enterprises and the office meet them."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.models import OrganizationKind, Referral
from matchmaker.workflows.problem import ProblemState
from matchmaker.workflows.referral import ReferralState
from tests.factories import Factory

Login = Callable[..., FlaskClient]
NASTY = "😀 שלום <script>alert(1)</script>"


def read(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.text)


def latest(session: Session) -> Referral:
    session.commit()  # Begins to read anew.
    session.expire_all()
    return session.scalars(sa.select(Referral).order_by(Referral.id.desc())).first()


@pytest.mark.parametrize(
    ("locale", "heading", "waits", "nothing"),
    [
        ("en", "Referred members", "Referral by Makers", "The member has not agreed to show this."),
        ("zh_Hant_TW", "引介的會員", "製造公會 的引介", "會員尚未同意顯示。"),
    ],
)
def test_from_the_search_to_withdrawn_consent(
    make: Factory,
    session: Session,
    login: Login,
    locale: str,
    heading: str,
    waits: str,
    nothing: str,
) -> None:
    secretary, lead = make.user(), make.user()
    facts = {"name_zh": "製造公會", "name_en": "Makers", "kind": OrganizationKind.ASSOCIATION}
    association = make.organization(secretary, **facts)
    enterprise = make.organization(lead, name_en="Bolts", name_zh="螺絲")
    make.problem(organization=enterprise, title_en="Open one", title_zh="公開的題目")
    make.problem(ProblemState.SCREENING, organization=enterprise, title_en="Hush", title_zh="噓")
    office, member = login(secretary, locale), login(lead, locale)
    page = f"/organizations/{association.id}/referrals"

    assert page in read(office, f"/organizations/{association.id}")
    assert "Bolts" in read(office, f"{page}?find=bolt") or "螺絲" in read(
        office, f"{page}?find=螺絲"
    )
    chosen = {"organization_id": enterprise.id, "message": NASTY}
    assert office.post(page, data=chosen).location == page
    assert office.post(page, data=chosen).status_code == 422
    referral = latest(session)
    assert heading in read(office, page)
    assert waits in read(member, "/desk")
    url = f"/referrals/{referral.id}"
    assert NASTY in read(member, url)
    assert "<script>alert(1)" not in member.get(url).text
    assert member.post(f"{url}/accept", data={"organization_id": enterprise.id}).location == url
    assert latest(session).state is ReferralState.ACCEPTED
    assert nothing in read(office, page)
    assert member.post(f"{url}/consent", data={"given": "yes"}).location == url
    seen, table = read(office, page), office.get(f"{page}.csv").text
    for text in (seen, table):
        assert ("Open one" in text) or ("公開的題目" in text)
        assert "Hush" not in text
        assert "噓" not in text
    assert ("Being looked at" if locale == "en" else "審查中") in seen
    member.post(f"{url}/consent", data={"given": "no"})
    for text in (read(office, page), office.get(f"{page}.csv").text):
        assert "Open one" not in text
        assert "公開的題目" not in text
    assert member.post(f"{url}/end").location == url
    assert member.post(f"{url}/end").status_code == 409


def test_bad_input_stays_on_the_page(make: Factory, session: Session, login: Login) -> None:
    secretary = make.user()
    association = make.organization(secretary, kind=OrganizationKind.ASSOCIATION)
    client, page = login(secretary), f"/organizations/{association.id}/referrals"

    for typed, told in (
        ({}, "Give an e-mail address or a registration number."),
        ({"registration_number": "12345678\x00"}, "This is not a valid registration number."),
        ({"email": "x", "message": NASTY}, NASTY),
        ({"email": "a@b.example", "message": "m" * 2001}, "Please use at most 2000 characters."),
    ):
        answer = client.post(page, data=typed)
        assert answer.status_code == 422
        assert told in html.unescape(answer.text)
        assert "<script>alert(1)" not in answer.text
    answer = client.post(page, data={"email": "a@b.example", "message": "m" * 1_000_000})
    assert answer.status_code in (413, 422)
    assert session.scalars(sa.select(Referral)).all() == []


def test_it_is_answered_by_a_newcomer_and_taken_back(
    make: Factory, session: Session, login: Login
) -> None:
    secretary, newcomer = make.user(), make.user(email="new@comer.example")
    association = make.organization(secretary, kind=OrganizationKind.ASSOCIATION)
    office, page = login(secretary), f"/organizations/{association.id}/referrals"
    office.post(page, data={"email": "new@comer.example"})
    url = f"/referrals/{latest(session).id}"

    client = login(newcomer)
    assert "Register your organization to answer" in read(client, url)
    assert client.post(f"{url}/decline").status_code == 403
    assert office.post(f"{url}/revoke").location == page
    assert client.post(f"{url}/accept").status_code == 403
    assert latest(session).state is ReferralState.REVOKED


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/office/referrals", {"officer": 200, "secretary": 403, "stranger": 403, "visitor": 302}),
        ("/office/referrals.csv", {"officer": 200, "secretary": 403, "stranger": 403}),
        ("/organizations/1/referrals", {"officer": 403, "secretary": 200, "stranger": 404}),
        ("/organizations/1/referrals.csv", {"officer": 403, "secretary": 200, "stranger": 404}),
        ("/referrals/1", {"officer": 404, "secretary": 200, "stranger": 404, "visitor": 302}),
    ],
)
def test_who_reads_what(
    make: Factory, login: Login, client: FlaskClient, path: str, outcome: dict[str, int]
) -> None:
    secretary = make.user()
    association = make.organization(secretary, kind=OrganizationKind.ASSOCIATION)
    login(secretary).post(
        f"/organizations/{association.id}/referrals", data={"email": "a@b.example"}
    )
    people = {
        "officer": login(make.officer()),
        "secretary": login(secretary),
        "stranger": login(make.user()),
        "visitor": client,
    }

    assert {who: people[who].get(path).status_code for who in outcome} == outcome


def test_figures_speak_both_languages(make: Factory, login: Login) -> None:
    secretary, officer = make.user(), make.officer()
    association = make.organization(secretary, kind=OrganizationKind.ASSOCIATION, name_zh="公會")
    path = f"/organizations/{association.id}/referrals"
    login(secretary).post(path, data={"email": "a@b.example"})

    table = login(officer, "zh_Hant_TW").get("/office/referrals.csv").text.splitlines()
    assert table[0].startswith("\ufeff")
    assert table[1] == "公協會,公會,1,1,0,0,0,0,0,0"
    assert "Industry association" in login(officer).get("/office/referrals.csv").text
    assert "公會" in read(login(officer, "zh_Hant_TW"), "/office/referrals")
