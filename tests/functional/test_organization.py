"""Pages of organizations, over HTTP in both languages."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from matchmaker.models import FormDraft, Organization
from matchmaker.workflows.problem import ProblemState

BOTH = pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
ACME = {
    "kind": "enterprise", "name_en": "Acme", "name_zh": "甲公司", "about_en": "We make screws.",
    "sector": "IND-MFG", "region": "south", "size": "small", "website": "https://acme.example.com",
}  # fmt: skip


@BOTH
def test_registering_an_organization(login, make, session, locale):
    person = make.user()
    client = login(person, locale)
    page = client.get("/organizations/new").text
    assert {"en": "Register an organization", "zh_Hant_TW": "登錄單位"}[locale] in page
    done = client.post("/organizations/new", data=ACME)
    made = session.scalar(sa.select(Organization))
    assert (done.status_code, done.location) == (302, f"/organizations/{made.id}")
    shown = client.get(done.location).text
    for text in {
        "en": [
            "Acme",
            "We make screws.",
            "Southern Taiwan",
            "10 to 49 people",
            "Enterprise",
            "General manufacturing",
        ],
        "zh_Hant_TW": ["甲公司", "We make screws.", "南部", "10 至 49 人", "企業", "製造"],
    }[locale]:
        assert text in shown
    assert shown.count("<h1") == 1


def test_what_visitors_members_and_strangers_see(app, login, make):
    lead, member = make.user(), make.user()
    row = make.organization(lead, member, size="large", website="https://a.example.com")
    make.problem(ProblemState.DRAFT, organization=row, title_en="Secret plan")
    address = f"/organizations/{row.id}"
    visitor = app.test_client()
    visitor.get("/language/en")
    assert visitor.get(address).status_code == 404
    assert login(make.user()).get(address).status_code == 404
    make.problem(organization=row, title_en="Open question")

    public = visitor.get(address).text
    inside = login(member).get(address).text
    leading = login(lead).get(address).text

    assert ("Open question" in public, "Secret plan" in public) == (True, False)
    assert ("200 people or more" in public, f"{address}/members" in public) == (False, False)
    assert ("Secret plan" in inside, "200 people or more" in inside) == (True, True)
    assert (f"{address}/members" in inside, f"{address}/edit" in inside) == (True, False)
    assert f"{address}/edit" in leading


@BOTH
def test_bad_input_comes_back_with_everything_typed(login, make, session, locale):
    client = login(make.user(), locale)
    typed = {
        **ACME,
        "website": "javascript:alert(1)",
        "about_en": "<script>alert(1)</script>",
        "kind": "",
    }
    answer = client.post("/organizations/new", data=typed)
    assert answer.status_code == 422
    assert {
        "en": "Please choose what kind of organization it is.",
        "zh_Hant_TW": "請選擇單位類型。",
    }[locale] in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert "<script>alert(1)" not in answer.text
    assert "javascript:alert(1)" in answer.text
    assert '<option selected value="south">' in answer.text
    assert session.scalar(sa.select(Organization)) is None


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name_en": "", "name_zh": " "}, "Give a name in Chinese or in English, or both."),
        ({"website": "javascript:alert(1)"}, "This is not a web address."),
        ({"about_zh": "字" * 300_000}, "Please use at most 5000 characters."),
        ({"sector": "IND-NONE"}, "Not a valid choice."),
        ({"region": "moon"}, "Not a valid choice."),
        ({"size": "huge"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_said(login, make, typed, message):
    answer = login(make.user()).post("/organizations/new", data={**ACME, **typed})
    assert answer.status_code == 422
    assert message in answer.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Acme 😀", "Acme 😀"),
        ("\u202eemca\x00\x1b", "emca"),
        ("شركة الاختبار", "شركة الاختبار"),
        ("  A \t B\nC ", "A B C"),
    ],
)
def test_names_in_any_script_are_kept_clean(login, make, session, typed, kept):
    login(make.user()).post("/organizations/new", data={**ACME, "name_en": typed})
    assert session.scalar(sa.select(Organization.name_en)) == kept


def test_much_may_be_left_open(login, make, session):
    least = {"kind": "university", "name_zh": "國立大學", "sector": "", "region": "", "size": ""}
    assert login(make.user()).post("/organizations/new", data=least).status_code == 302
    made = session.scalar(sa.select(Organization))
    assert (made.name_zh, made.name_en, made.website) == ("國立大學", "", "")
    assert (made.sector, made.region, made.size) == (None, None, None)


def test_saving_discards_what_was_kept_while_typing(login, make, session):
    lead = make.user()
    row = make.organization(lead, name_en="Before")
    client = login(lead)
    client.post(f"/drafts/organization:{row.id}", data={"name_en": "Half typed", "version": "1"})
    page = client.get(f"/organizations/{row.id}/edit").text
    assert 'value="Half typed"' in page
    assert "was restored" in page
    client.post(f"/organizations/{row.id}/edit", data={**ACME, "version": "1"})
    session.rollback()
    session.expire_all()
    assert row.name_en == "Acme"
    assert session.scalar(sa.select(FormDraft)) is None


@BOTH
def test_the_second_of_two_who_save_sees_both_versions(login, make, session, locale):
    one, other = make.user(), make.user()
    row = make.organization(one, name_en="Start", name_zh="")
    row.members.append(type(row.members[0])(user=other, role="lead"))
    session.commit()
    address = f"/organizations/{row.id}/edit"
    first = {**ACME, "name_en": "First", "version": "1"}
    assert login(one, locale).post(address, data=first).status_code == 302

    late = login(other, locale)
    answer = late.post(
        address, data={**ACME, "name_en": "Second", "region": "east", "version": "1"}
    )

    assert answer.status_code == 409
    assert 'value="Second"' in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    for text in {"en": ["First", "Southern Taiwan", "Eastern Taiwan", "Saved by somebody else"],
                 "zh_Hant_TW": ["First", "南部", "東部", "其他人儲存的版本"]}[locale]:  # fmt: skip
        assert f"{text}<" in answer.text
    session.rollback()
    session.expire_all()
    assert row.name_en == "First"
    again = {**ACME, "name_en": "Second", "version": "2"}
    assert late.post(address, data=again).status_code == 302
    session.rollback()
    session.expire_all()
    assert (row.name_en, row.version) == ("Second", 3)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "0"])
def test_a_nonsense_version_is_a_stale_one(login, make, session, version):
    lead = make.user()
    row = make.organization(lead, name_en="Before")
    answer = login(lead).post(f"/organizations/{row.id}/edit", data={**ACME, "version": version})
    assert answer.status_code == 409
    session.rollback()
    session.expire_all()
    assert row.name_en == "Before"


@pytest.mark.parametrize("place", ["member", "officer", "administrator"])
def test_who_knows_of_it_but_does_not_lead_is_told_why_not(login, make, place):
    person = make.user(*([] if place == "member" else [place]))
    row = make.organization(make.user(), *([person] if place == "member" else []))
    for answer in (
        login(person).get(f"/organizations/{row.id}/edit"),
        login(person).post(f"/organizations/{row.id}/edit", data={**ACME, "version": "1"}),
    ):
        assert answer.status_code == 403
        assert "Only a lead of the organization changes what it says about itself." in answer.text


def test_visitors_are_asked_to_sign_in(client):
    assert client.get("/organizations/new").location == "/account/login?next=/organizations/new"
    assert client.post("/organizations/new", data=ACME).status_code == 401
