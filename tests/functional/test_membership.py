"""Pages of members, the same for organizations and teams."""

from __future__ import annotations

import pytest

from matchmaker.models import MemberRole, Role

BOTH = pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])


@pytest.fixture(params=["organizations", "teams"])
def place(request, make):
    """The address of a group, the group, its lead and its member."""
    lead, member = make.user(name="Lena Lead"), make.user(name="Mei 😀 <b>")
    factory = make.organization if request.param == "organizations" else make.team
    group = factory(lead, member, name_en="Acme", name_zh="甲")
    return f"/{request.param}/{group.id}", group, lead, member


def roles(session, group):
    session.rollback()
    session.expire_all()
    return {member.user_id: member.role for member in group.members}


@BOTH
def test_members_are_listed_with_what_the_reader_may_do(place, login, locale):
    address, _group, lead, member = place
    as_lead = login(lead, locale).get(f"{address}/members").text
    as_member = login(member, locale).get(f"{address}/members").text
    for page in (as_lead, as_member):
        assert "Mei 😀 &lt;b&gt;" in page
        assert lead.email in page
        assert page.count("<h1") == 1
        assert {"en": "Lead", "zh_Hant_TW": "負責人"}[locale] in page
    for action in (f"{address}/members/{member.id}/remove", f"{address}/invitations"):
        assert f'action="{action}"' in as_lead
        assert f'action="{action}"' not in as_member
    assert f'action="{address}/members/{lead.id}/remove"' not in as_lead
    assert f'action="{address}/leave"' not in as_lead
    assert f'action="{address}/leave"' in as_member


@pytest.mark.parametrize(
    ("role", "status"), [(Role.OFFICER, 200), (Role.ADMINISTRATOR, 200), (Role.MENTOR, 404)]
)
def test_the_office_looks_on(make, login, role, status):
    group = make.organization(make.user())
    answer = login(make.user(role)).get(f"/organizations/{group.id}/members")
    assert answer.status_code == status
    assert "Send invitation" not in answer.text


def test_who_knows_of_it_but_does_not_belong_is_told_why_not(make, login):
    group = make.team(make.user())
    answer = login(make.user()).get(f"/teams/{group.id}/members")
    assert answer.status_code == 403
    assert "Only members see who else is a member." in answer.text


def test_visitors_are_asked_to_sign_in(place, client):
    address, *_rest = place
    assert client.get(f"{address}/members").location == f"/account/login?next={address}/members"
    assert client.post(f"{address}/leave").status_code == 401


def test_roles_change_by_buttons(place, login, session):
    address, group, lead, member = place
    client = login(lead)
    done = client.post(f"{address}/members/{member.id}/role", data={"role": "lead"})
    assert done.location == f"{address}/members"
    assert roles(session, group) == {lead.id: MemberRole.LEAD, member.id: MemberRole.LEAD}
    client.post(f"{address}/members/{lead.id}/role", data={"role": "member"})
    assert roles(session, group) == {lead.id: MemberRole.MEMBER, member.id: MemberRole.LEAD}


@pytest.mark.parametrize("role", ["", "king", "officer"])
def test_there_are_no_other_roles(place, login, session, role):
    address, group, lead, member = place
    answer = login(lead).post(f"{address}/members/{member.id}/role", data={"role": role})
    assert answer.status_code == 422
    assert roles(session, group)[member.id] is MemberRole.MEMBER


@BOTH
def test_the_last_lead_cannot_step_down(place, login, session, locale):
    address, group, lead, _member = place
    client = login(lead, locale)
    for answer in (
        client.post(f"{address}/members/{lead.id}/role", data={"role": "member"}),
        client.post(f"{address}/leave"),
    ):
        assert answer.status_code == 403
        assert {"en": "There must always be a lead.", "zh_Hant_TW": "隨時都必須有一位負責人"}[
            locale
        ] in answer.text
    assert roles(session, group)[lead.id] is MemberRole.LEAD


def test_handing_over_the_lead(place, login, session):
    address, group, lead, member = place
    client = login(lead)
    assert client.post(f"{address}/members/{member.id}/lead").status_code == 302
    assert roles(session, group) == {lead.id: MemberRole.MEMBER, member.id: MemberRole.LEAD}
    assert client.post(f"{address}/members/{member.id}/lead").status_code == 403


def test_removing_twice_and_leaving(place, login, session, make):
    address, group, lead, member = place
    client = login(lead)
    assert client.post(f"{address}/members/{member.id}/remove").status_code == 302
    assert client.post(f"{address}/members/{member.id}/remove").status_code == 404
    assert client.post(f"{address}/members/{lead.id}/remove").status_code == 403
    assert roles(session, group) == {lead.id: MemberRole.LEAD}


def test_leaving_leads_to_the_desk(place, login, session):
    address, group, lead, member = place
    done = login(member).post(f"{address}/leave")
    assert done.location == "/desk"
    assert roles(session, group) == {lead.id: MemberRole.LEAD}


@pytest.mark.parametrize(
    "address",
    [
        "/companies/1/members",
        "/teams/0/members",
        f"/teams/{2**31 - 1}/members",
        f"/teams/{10**30}/members",
        f"/organizations/{10**30}",
        f"/organizations/{10**30}/edit",
        f"/invitations/{10**30}",
        "/teams/x/members",
    ],
)
def test_what_does_not_exist_is_not_found(login, make, address):
    assert login(make.user()).get(address).status_code == 404
