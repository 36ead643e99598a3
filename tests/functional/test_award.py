"""Awards over HTTP: the office from scheme to money, the panel, the team; bad input and strangers."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from matchmaker.models import AccountKind, Award, AwardPayment, AwardScheme, AwardVote, Role
from matchmaker.workflows.award import AwardState as S
from matchmaker.workflows.engagement import EngagementState

BAD = "<script>alert(1)</script> 🎉 \u202eعربي\x07"
MARKED = "<script>alert(1)</script>"


@pytest.fixture
def case(make, session):
    """A call with completed work and two people who can judge it."""
    owner = make.user(kind=AccountKind.ENTERPRISE)
    problem = make.problem(organization=make.organization(owner))
    work = make.engagement(EngagementState.COMPLETED, problem=problem)
    panel = [
        make.user(Role.REVIEWER, kind=AccountKind.STAFF, email=f"judge{number}@gmail.com")
        for number in range(2)
    ]
    return make.officer(), owner, work, panel


def version_of(page):
    return re.findall(r'name="version"[^>]*value="(\d+)"', page)[0]


def award_of(session, work):
    session.rollback()  # A new look at what others wrote.
    return session.scalar(sa.select(Award).where(Award.engagement_id == work.id))


def scheme_of(session):
    session.rollback()  # A new look at what others wrote.
    return session.scalar(sa.select(AwardScheme))


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (
            "en",
            (
                "Not set up yet",
                "Ready to ask the teams",
                "Accept or refuse",
                "Congratulations",
                "Awarded",
            ),
        ),
        ("zh_Hant_TW", ("尚未設定", "可以徵詢團隊了", "接受或婉拒獎項", "Congratulations", "獲獎")),
    ],
)
def test_from_the_scheme_to_the_payment(case, login, session, locale, words):
    officer, owner, work, panel = case
    office, call = login(officer, locale), work.call_id
    url = f"/office/awards/{call}"
    assert words[0] in office.get("/office/awards").text
    assert office.post(f"{url}/set-up").status_code == 303
    page = office.get(f"{url}/scheme").text
    data = scheme_data(page)
    wrong = {**data, "tiers-0-minimum": "101", "budget": "", "criteria-0-weight": "99"}
    refused = office.post(f"{url}/scheme", data={**wrong, "tiers-0-zh": BAD})
    assert refused.status_code == 422
    assert MARKED not in refused.text
    assert "&lt;script&gt;" in refused.text
    assert refused.text.count("has-error") >= 2
    saved = office.post(f"{url}/scheme", data={**data, "budget": "900000"})
    assert saved.status_code == 303
    stale = office.post(f"{url}/scheme", data={**data, "budget": "800000"})
    assert (stale.status_code, "800000" in stale.text, "900000" in stale.text) == (409, True, True)

    nominate = {"engagement_id": work.id, "citation": BAD}
    assert office.post(f"{url}/nominate", data={**nominate, "citation": " "}).status_code == 422
    assert office.post(f"{url}/nominate", data=nominate).status_code == 303
    assert office.post(f"{url}/nominate", data=nominate).status_code == 303
    begun = {"version": scheme_of(session).version}
    assert office.post(f"{url}/begin", data=begun).status_code == 303
    for person in panel:
        assert office.post(f"{url}/panel", data={"user_id": person.id}).status_code == 303
    judge(session, login, panel, locale)

    award = award_of(session, work)
    case_url = f"/office/awards/one/{award.id}"
    page = office.get(case_url).text
    assert MARKED not in page
    settle = {"version": award.version, "tier": "gold", "note": "做得好。"}
    assert office.post(f"{case_url}/settle", data={**settle, "tier": "-"}).status_code == 422
    assert office.post(f"{case_url}/settle", data=settle).status_code == 303
    assert office.post(f"{case_url}/settle", data=settle).status_code == 409
    assert words[1] in office.get(url).text
    ask = {"version": scheme_of(session).version}
    assert office.post(f"{url}/ask", data=ask).status_code == 303
    assert words[3] in office.get(f"{url}/letters").text

    lead = login(work.team.members[0].user, locale)
    assert words[2] in lead.get(f"/engagements/{work.id}/award").text
    assert "gold" not in login(owner, locale).get(f"/engagements/{work.id}/award").text
    answer = f"/awards/{award.id}/answer"
    assert lead.post(f"{answer}/refuse", data={"reason": "\x00 "}).status_code == 422
    assert lead.post(f"{answer}/accept").status_code == 303
    assert lead.post(f"{answer}/accept").status_code == 303
    out = {"version": scheme_of(session).version}
    assert office.post(f"{url}/announce", data=out).status_code == 303
    again = office.post(f"{url}/announce", data=out, follow_redirects=True).text
    assert ("Nobody was told twice" if locale == "en" else "沒有人重複收到通知") in again
    assert award_of(session, work).state is S.ANNOUNCED
    assert words[4] in login(owner, locale).get(f"/engagements/{work.id}/award").text
    pay(session, office, login, url, award)


def scheme_data(page):
    """What a browser would send back of the scheme's page."""
    found = dict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>\s*([^<]*)<', page))
    return {name: value for name, value in found.items() if name != "csrf_token"}


def judge(session, login, panel, locale):
    session.rollback()
    for person in panel:
        reader = login(person, locale)
        vote = session.scalar(sa.select(AwardVote).where(AwardVote.reviewer_id == person.id))
        url = f"/my-panel/{vote.id}"
        assert url in reader.get("/my-panel").text
        page = reader.get(url).text
        assert MARKED not in page
        names = re.findall(r'name="(AW\d)_why"', page)
        data = {"version": vote.version, **dict.fromkeys(names, "4")}
        bad = reader.post(url, data={**data, names[0]: "9", f"{names[1]}_why": BAD})
        assert (bad.status_code, MARKED in bad.text) == (422, False)
        full = {**data, **{f"{name}_why": "看到現場使用。" for name in names}}
        assert reader.post(url, data=full).status_code == 303
        assert reader.post(url, data=full).status_code == 303  # A second click.
        assert reader.post(f"{url}/step-aside", data={"reason": " "}).status_code == 422


def pay(session, office, login, url, award):
    session.rollback()
    payment = session.scalar(sa.select(AwardPayment).where(AwardPayment.award_id == award.id))
    money = f"/office/awards/payments/{payment.id}"
    assert "300,000" in office.get(f"{url}/budget").text
    data = {"version": payment.version, "amount": "300001", "reference": "A-1"}
    for amount in ("300001", "9" * 30, "-1", "many", ""):
        assert office.post(f"{money}/prepare", data={**data, "amount": amount}).status_code == 422
    assert office.post(f"{money}/prepare", data={**data, "amount": "300000"}).status_code == 303
    version = version_of(office.get(money).text)
    same = office.post(f"{money}/pay", data={"version": version, "paid_on": "2026-01-02"})
    assert same.status_code == 409
    assert office.post(f"{money}/pay", data={"version": version}).status_code == 422
    csv = office.get(f"{url}/budget.csv")
    assert (csv.status_code, "300000" in csv.text) == (200, True)
    assert office.get(f"{url}/budget.xlsx").data[:2] == b"PK"
    assert office.get(f"{url}/budget.pdf").status_code == 404


def test_nobody_else_sees_awards_being_decided(case, login, make, session):
    officer, owner, work, panel = case
    award = make.award(S.OFFERED, engagement=work)
    mate = make.user()
    work.team.members.append(type(work.team.members[0])(user=mate, role="member"))
    session.commit()
    paths = (
        f"/office/awards/{work.call_id}",
        f"/office/awards/{work.call_id}/budget",
        f"/office/awards/{work.call_id}/letters",
        f"/office/awards/one/{award.id}",
    )
    for person in (owner, work.team.members[0].user, panel[0], make.user()):
        client = login(person, "en")
        assert {client.get(path).status_code for path in paths} <= {403, 404}
        refused = client.post(f"/office/awards/one/{award.id}/revoke", data={"reason": "x"})
        assert refused.status_code in (403, 404)
    assert login(make.user(), "en").get(f"/awards/{award.id}/answer").status_code in (403, 404)
    assert login(mate, "en").post(f"/awards/{award.id}/answer/accept").status_code == 403
    page = login(owner, "en").get(f"/engagements/{work.id}/award").text
    assert "Gold award" not in page
    assert "All awards of the call are announced together" in page
    office = login(officer, "en")
    data = {"reason": BAD, "version": award.version}
    assert (
        office.post(
            f"/office/awards/one/{award.id}/revoke", data={**data, "version": 9}
        ).status_code
        == 409
    )
    assert office.post(f"/office/awards/one/{award.id}/revoke", data=data).status_code == 303
    assert MARKED not in login(owner, "en").get(f"/engagements/{work.id}/award").text


def test_owners_propose_on_the_page_of_the_work(case, login, make, session):
    officer, owner, work, _panel = case
    make.award_scheme(work.call)
    client, url = login(owner, "en"), f"/engagements/{work.id}/award"
    assert "Propose this work for an award" in client.get(url).text
    for citation in ("", "x" * 2001):
        assert client.post(f"{url}/propose", data={"citation": citation}).status_code == 422
    assert client.post(f"{url}/propose", data={"citation": "It runs."}).status_code == 303
    award = award_of(session, work)
    office = login(officer, "en")
    assert "Proposed for an award" in office.get(f"/office/awards/{work.call_id}").text
    where = f"/office/awards/one/{award.id}"
    assert office.post(f"{where}/turn-down", data={"version": award.version}).status_code == 422
    assert office.post(f"{where}/accept", data={"version": award.version}).status_code == 303
    award = award_of(session, work)
    data = {"version": award.version, "reason": "The owner asked."}
    assert office.post(f"{where}/take-back", data=data).status_code == 303
    added = f"/office/awards/work/{work.id}/contribution"
    assert office.post(added, data={"purpose": "award", "amount": "0"}).status_code == 422
    assert office.post(added, data={"purpose": "award", "amount": "80,000"}).status_code == 422
    assert office.post(added, data={"purpose": "award", "amount": "80000"}).status_code == 303
    assert "80,000" in office.get(f"/office/awards/{work.call_id}/budget").text
