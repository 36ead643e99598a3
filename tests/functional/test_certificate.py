"""Certificates and the hall of awards over HTTP: the public check, the file, the name, the honours."""

from __future__ import annotations

import re

import pytest

from matchmaker.adapters import certificate_font
from matchmaker.clock import utcnow
from matchmaker.models import MemberRole, PrivateCall, Role
from matchmaker.queries import hall as halls
from matchmaker.services import certificate as service
from matchmaker.services import certificate_code, hall
from matchmaker.workflows.award import AwardAction, AwardState
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.private_call import PRIVATE_CALL_WORKFLOW, PrivateCallState
from matchmaker.workflows.problem import ProblemState


@pytest.fixture
def case(make, session, ctx):
    """An announced award with its certificates: the award, the team's one, the person's one."""
    award = make.award(AwardState.ANNOUNCED)
    engagement = award.engagement
    award.announced_at = utcnow()
    problem = engagement.problem
    problem.title_zh, problem.title_en = "檢測刮痕", "Find scratches"
    team = engagement.team
    team.name_zh, team.name_en, team.is_public = "影像隊", "Vision Team", False
    team.members[0].role = MemberRole.LEAD
    person = engagement.application.people[0].user
    person.name = "王小明 <script>alert(1)</script>"
    whole, own = service.issue(ctx(None), award)[:2]
    session.commit()
    return award, whole, own


def speak(client, locale):
    """Let a visitor read in *locale*."""
    with client.session_transaction() as browser:
        browser["locale"] = locale


def path(certificate):
    return f"/certificates/{certificate_code.shown(certificate.code)}"


CHECKED = [
    ("en", "and it is good", "A member of Vision Team", "typing error", "never issued"),
    ("zh_Hant_TW", "目前有效", "「影像隊」團隊成員", "代碼輸入有誤", "查無這個代碼"),
]


def test_anybody_checks_a_code_and_reads_no_name(case, client):
    _award, _whole, own = case
    wrong = own.code[:-1] + ("2" if own.code[-1] != "2" else "3")
    for locale, valid, holder, typo, unknown in CHECKED:
        speak(client, locale)
        page = client.get(path(own).lower())
        assert page.status_code == 200
        for said in (valid, holder, "noindex"):
            assert said in page.text
        for hidden in ("王小明", ".pdf"):
            assert hidden not in page.text
        for bad in (wrong, "O0O0", "🚀 <script>alert(1)</script>", "9" * 300):
            answer = client.get("/certificates", query_string={"code": bad})
            assert (answer.status_code, typo in answer.text) == (422, True)
            assert "<script>alert" not in answer.text
        missing = client.get(f"/certificates/{certificate_code.new()}")
        assert (missing.status_code, unknown in missing.text) == (404, True)
    typed = client.get("/certificates", query_string={"code": own.code.lower()})
    assert typed.headers["Location"] == path(own)
    assert client.get("/certificates", query_string={"code": "\x00"}).status_code == 200
    assert client.get(f"/certificates/{wrong}").status_code == 404
    assert client.get("/certificates/1").status_code == 404


def test_the_holder_shows_the_name_and_downloads(case, client, login):
    _award, whole, own = case
    holder = login(own.user)

    assert holder.get("/me/certificates").text.count("/certificates/") >= 2
    assert "Hide my name" not in holder.get(path(own)).text
    assert holder.post(path(own) + "/name", data={"is_public": "1"}).status_code == 303
    shown = client.get(path(own)).text
    assert "王小明 &lt;script&gt;" in shown
    holder.post(path(own) + "/name", data={"is_public": "0"})
    assert "王小明" not in client.get(path(own)).text
    file = holder.get(path(own) + ".pdf")
    assert file.mimetype == "application/pdf"
    assert file.data.startswith(b"%PDF-")
    assert certificate_code.shown(own.code) in file.headers["Content-Disposition"]
    printed = holder.get(path(whole) + "/print").text
    assert "茲證明" in printed
    assert "This is to certify that" in printed
    assert "<svg" in printed
    assert 'style="' not in printed


def test_only_those_entitled_get_the_file(case, client, login, make):
    award, whole, own = case
    owner = award.engagement.problem.organization.members[0].user

    for certificate in (whole, own):
        for ending in (".pdf", "/print"):
            assert client.get(path(certificate) + ending).status_code == 302
            assert login(make.user()).get(path(certificate) + ending).status_code == 403
        for reader in (own.user, owner, make.officer()):
            assert login(reader).get(path(certificate) + "/print").status_code == 200
    assert login(make.user()).get("/office/certificates").status_code == 403
    assert "Vision Team" in login(make.user(Role.ADMINISTRATOR)).get("/office/certificates").text
    stranger = login(make.user())
    for action in ("name", "correct", "badge"):
        assert stranger.post(f"{path(own)}/{action}").status_code == 403
    assert stranger.get(path(own) + ".jwt").status_code == 403


def test_without_a_font_the_page_says_what_to_do(case, login, monkeypatch):
    _award, whole, _own = case
    monkeypatch.setattr(certificate_font, "fonts", lambda settings: [])

    page = login(whole.engagement.team.members[0].user).get(path(whole) + ".pdf")

    assert page.status_code == 503
    assert "apt install fonts-noto-cjk" in page.text
    assert path(whole) + "/print" in page.text


def test_a_correction_a_badge_and_a_revocation(case, client, login, session, make):
    _award, _whole, own = case
    holder, old = login(own.user), path(own)
    speak(client, "en")
    same = holder.post(old + "/correct")
    assert (same.status_code, "nothing to correct" in same.text) == (409, True)
    own.user.name = "王大明"
    session.commit()
    new = holder.post(old + "/correct").headers["Location"]
    assert "was issued anew with a correction" in client.get(old).text
    assert new not in client.get(old).text
    assert new in holder.get(old).text
    assert holder.post(new + "/badge").status_code == 303
    assert holder.post(new + "/badge").status_code == 303
    token = holder.get(new + ".jwt")
    assert token.text.count(".") == 2
    checked = client.post("/badges/check", data={"shown": token.text})
    assert checked.headers.get("Location", "").endswith(new)
    assert client.get(new + "/achievement.json").json["achievementType"] == "Award"
    assert client.get("/certificates/revocations.json").json["revokedCredentials"] == []

    office = login(make.officer())
    page = office.get("/office/certificates", query_string={"standing": "valid"})
    revoke = re.search(r"/office/certificates/(\d+)/revoke", page.text)
    assert revoke is not None
    number, version = int(revoke[1]), re.findall(r'name="version" value="(\d+)"', page.text)[0]
    assert office.post(revoke[0], data={"version": version}).status_code == 422
    assert office.post(revoke[0], data={"version": "999", "reason": "No."}).status_code == 409
    assert office.post(revoke[0], data={"version": version, "reason": "False."}).status_code == 303
    session.expire_all()
    revoked = session.get(type(own), number)
    text = client.get(path(revoked)).text
    assert "revoked this certificate" in text
    assert "False." not in text
    ended = client.get("/certificates/revocations.json").json["revokedCredentials"]
    assert [one["id"].removeprefix("http://localhost") for one in ended] == [new]


def test_in_house_certificates_tell_outsiders_nothing(make, ctx, session, client, login):
    organization = make.organization(make.user(), name_en="Secret house")
    private = make.save(PrivateCall(call=make.call(), organization=organization))
    for action in PRIVATE_CALL_WORKFLOW.path(PrivateCallState.OPEN):
        private.apply(action)
    problem = make.problem(
        ProblemState.SOLVING, call=private.call, organization=organization, title_en="Secret line"
    )
    team = make.team(organization.members[0].user)
    row = make.engagement(EngagementState.COMPLETED, problem=problem, team=team)
    certificate = service.issue_completion(ctx(None), row)[0]
    session.commit()

    page = client.get(path(certificate))
    assert page.status_code == 200
    assert "Secret line" not in page.text
    assert "Secret house" not in page.text
    assert "Secret line" in login(team.members[0].user).get(path(certificate)).text
    assert path(certificate) not in login(make.officer()).get("/office/certificates").text


def test_the_hall_names_a_team_only_if_it_wants(case, client, login, session):
    award, _whole, _own = case
    for locale, heading, title, nobody, name in (
        ("zh_Hant_TW", "獲獎名錄", "檢測刮痕", "一個團隊", "影像隊"),
        ("en", "Hall of awards", "Find scratches", "A team", "Vision Team"),
    ):
        speak(client, locale)
        page = client.get("/awards").text
        for said in (heading, title, nobody):
            assert said in page
        for hidden in (name, "王小明"):
            assert hidden not in page
    lead = login(award.engagement.team.members[0].user)
    url = f"/awards/{award.id}/naming"
    assert login(award.engagement.problem.organization.members[0].user).post(url).status_code == 404
    assert lead.post(url, data={"is_named": "1"}).status_code == 303
    assert name in client.get("/awards").text
    assert title not in client.get("/awards", query_string={"grade": "G9"}).text
    assert title in client.get("/awards", query_string={"call": award.call.external_id}).text
    award.revoke_reason = "False."
    award.apply(AwardAction.REVOKE)
    session.commit()
    assert title not in client.get("/awards").text


def test_the_hall_leaves_out_what_is_not_announced(make, ctx, session, client):
    award = make.award(AwardState.CONFIRMED)
    award.engagement.problem.title_en = "Not yet out"
    hall.say_named(ctx(None), award, is_named=True)
    session.commit()

    assert "Not yet out" not in client.get("/awards").text


@pytest.mark.parametrize(("ticked", "named"), [({"is_named": "1"}, True), ({}, False)])
def test_a_team_says_with_its_answer_whether_it_is_named(make, session, login, ticked, named):
    award = make.award(AwardState.OFFERED)
    lead = award.engagement.team.members[0]
    lead.role = MemberRole.LEAD
    session.commit()
    browser, url = login(lead.user), f"/awards/{award.id}/answer"
    assert "Name our team in the public hall of awards" in browser.get(url).text

    assert browser.post(f"{url}/accept", data=ticked).status_code == 303

    assert halls.named(session, [award.id]) == {award.id: named}
