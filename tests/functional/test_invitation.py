"""Inviting and being invited, over HTTP in both languages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker import passwords
from matchmaker.clock import utcnow
from matchmaker.models import Invitation, MemberRole, OutboxMessage

NO_ADDRESS = {"en": "This is not an e-mail address.", "zh_Hant_TW": "這不是有效的電子郵件地址。"}
PASSWORD = "correct horse battery"
BOTH = pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])


@pytest.fixture(params=["organizations", "teams"])
def place(request, make):
    """The address of a group, the group and its lead."""
    lead = make.user(name="Lena")
    group = (make.organization if request.param == "organizations" else make.team)(
        lead, name_en="Acme", name_zh="甲公司"
    )
    return f"/{request.param}/{group.id}", group, lead


@pytest.fixture
def invited(make):
    return make.user(email="inv@example.com", password_hash=passwords.hash_password(PASSWORD))


def last_link(session) -> str:
    session.rollback()  # What requests have written since is in a later snapshot.
    message = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    return re.search(r"http://localhost(/\S+)", message.body)[1]


def send(login, place, email="inv@example.com", role="member", locale="en"):
    address, _group, lead = place
    return login(lead, locale).post(f"{address}/invitations", data={"email": email, "role": role})


def members(session, group) -> dict[int, MemberRole]:
    session.rollback()
    session.expire_all()
    return {member.user_id: member.role for member in group.members}


@BOTH
def test_from_letter_to_member(place, login, session, invited, locale):
    address, group, lead = place
    inviter = login(lead, locale)
    sent = inviter.post(
        f"{address}/invitations", data={"email": " INV@Example.com ", "role": "lead"}
    )
    assert sent.location == f"{address}/members"
    shown = inviter.get(sent.location).text
    assert {"en": "An invitation is on its way to inv@example.com.",
            "zh_Hant_TW": "等待回覆的邀請"}[locale] in shown  # fmt: skip
    client = login(invited, locale)
    page_address = client.get(last_link(session)).location
    page = client.get(page_address).text
    assert {"en": "Invitation to Acme", "zh_Hant_TW": "加入「甲公司」的邀請"}[locale] in page
    assert {"en": "What joining means", "zh_Hant_TW": "加入之後"}[locale] in page
    without = client.post(f"{page_address}/accept")
    assert without.status_code == 422
    assert {"en": "Please tick the box to agree", "zh_Hant_TW": "請勾選同意"}[
        locale
    ] in without.text
    assert invited.id not in members(session, group)
    joined = client.post(f"{page_address}/accept", data={"consent": "y"})
    assert joined.location == f"{address}/members"
    assert members(session, group)[invited.id] is MemberRole.LEAD
    again = client.post(f"{page_address}/accept", data={"consent": "y"})
    assert again.status_code == 409
    assert len(members(session, group)) == 2


def test_turning_it_down(place, login, session, invited):
    _address, group, _lead = place
    send(login, place)
    client = login(invited)
    page_address = client.get(last_link(session)).location
    assert client.post(f"{page_address}/decline").location == "/desk"
    assert invited.id not in members(session, group)
    assert "This invitation is closed" in client.get(page_address).text
    assert client.post(f"{page_address}/accept", data={"consent": "y"}).status_code == 409


@BOTH
def test_somebody_without_an_account_registers_first_and_comes_back(
    place, app, login, session, locale
):
    _address, group, _lead = place
    send(login, place, "new@example.com")
    client = app.test_client()
    client.get(f"/language/{locale}")
    link = last_link(session)
    page = client.get(link).text
    assert {"en": "Lena invites you to join Acme.", "zh_Hant_TW": "Lena 邀請您加入「甲公司」。"}[
        locale
    ] in page
    register = re.search(r'href="(/account/register/\w+\?next=[^"]+)"', page)[1]
    assert f'value="{link}"' in client.get(register).text
    client.post(
        register,
        data={
            "name": "新人",
            "email": "New@example.com",
            "password": PASSWORD,
            "locale": locale,
            "next": link,
        },
    )
    login_page = client.post(last_link(session)).location
    assert login_page == f"/account/login?next={link}"
    entered = client.post(
        "/account/login", data={"email": "new@example.com", "password": PASSWORD, "next": link}
    )
    assert entered.location == link
    page_address = client.get(link).location
    assert client.post(f"{page_address}/accept", data={"consent": "y"}).status_code == 302
    assert len(members(session, group)) == 2


@BOTH
def test_another_account_cannot_answer(place, login, make, session, invited, locale):
    send(login, place)
    other = login(make.user(), locale)
    answer = other.get(last_link(session))
    assert answer.status_code == 403
    assert {
        "en": "This invitation was sent to another address.",
        "zh_Hant_TW": "這份邀請寄給了另一個電子郵件地址",
    }[locale] in answer.text
    number = session.scalar(sa.select(Invitation.id))
    for action in ("accept", "decline", "revoke"):
        assert (
            other.post(f"/invitations/{number}/{action}", data={"consent": "y"}).status_code == 404
        )
    assert other.get(f"/invitations/{number}").status_code == 404


def test_taking_an_invitation_back(place, login, session, invited):
    address, _group, lead = place
    send(login, place)
    number = session.scalar(sa.select(Invitation.id))
    client = login(lead)
    assert f'action="/invitations/{number}/revoke"' in client.get(f"{address}/members").text
    assert client.post(f"/invitations/{number}/revoke").location == f"{address}/members"
    assert client.post(f"/invitations/{number}/revoke").status_code == 409
    assert (
        login(invited).post(f"/invitations/{number}/accept", data={"consent": "y"}).status_code
        == 409
    )


@BOTH
def test_an_expired_invitation_says_so(place, login, session, invited, locale):
    send(login, place)
    row = session.scalar(sa.select(Invitation))
    row.expires_at = utcnow() - timedelta(minutes=1)
    session.commit()
    client = login(invited, locale)
    assert {"en": "Expired", "zh_Hant_TW": "已逾期"}[locale] in client.get(
        f"/invitations/{row.id}"
    ).text
    answer = client.post(f"/invitations/{row.id}/accept", data={"consent": "y"})
    assert answer.status_code == 422
    assert {"en": "This invitation has expired.", "zh_Hant_TW": "這份邀請已逾期"}[
        locale
    ] in answer.text


@BOTH
@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", {"en": "Please give the e-mail address", "zh_Hant_TW": "請填寫受邀者的電子郵件地址。"}),
        ("nobody", NO_ADDRESS),
        ("a@example.com\r\nBcc: b@example.com", NO_ADDRESS),
        ("x" * 10**6, {"en": "Please use at most 254 characters.", "zh_Hant_TW": "請勿超過 254 個字元。"}),
    ],
)  # fmt: skip
def test_a_bad_address_is_refused_beside_its_field(place, login, session, locale, email, said):
    answer = send(login, place, email, locale=locale)
    assert answer.status_code == 422
    assert said[locale] in answer.text
    assert session.scalar(sa.select(OutboxMessage)) is None


def test_a_second_click_invites_nobody_twice(place, login, session):
    assert send(login, place).status_code == 302
    second = send(login, place)
    assert second.status_code == 422
    assert "This address was invited already and has not answered yet." in second.text
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 1


def test_a_guessed_link_is_not_found(client):
    assert client.get("/invitations/open/guess").status_code == 404


def test_members_who_do_not_lead_invite_nobody(make, login, session):
    member = make.user()
    team = make.team(make.user(), member)
    answer = login(member).post(
        f"/teams/{team.id}/invitations", data={"email": "x@example.com", "role": "member"}
    )
    assert answer.status_code == 403
    assert "Only a lead invites people." in answer.text
    assert session.scalar(sa.select(Invitation)) is None
