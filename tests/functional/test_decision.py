"""Decisions over HTTP: the office prepares and announces, the team answers, the owner looks."""

from __future__ import annotations

import re

import pytest

from matchmaker.models import MemberRole, Role
from matchmaker.queries import decision as queries
from matchmaker.workflows.application import ApplicationState as S


@pytest.fixture
def case(make, session):
    """A problem with one place and two applications under review."""
    officer, owner = make.officer(), make.user()
    problem = make.problem(teams_wanted=1, organization=make.organization(owner))
    make.call_rules(problem.call)
    rows = []
    for _ in range(2):
        team = make.team(make.user())
        team.members[0].role = MemberRole.LEAD
        rows.append(make.application(problem, team, S.UNDER_REVIEW))
    session.commit()
    return officer, owner, problem, rows


def _version(page):
    return re.findall(r'name="version"[^>]*value="(\d+)"', page)[0]


@pytest.mark.parametrize(
    ("locale", "ready", "offer", "confirmed"),
    [
        ("en", "Ready to announce", "Answer until", "Works on your problem"),
        ("zh_Hant_TW", "可以公布", "回覆期限", "已確認，將解您的題目"),
    ],
)
def test_from_preparation_to_the_confirmed_place(
    case, login, session, locale, ready, offer, confirmed
):
    officer, owner, problem, rows = case
    office = login(officer, locale)
    assert f"/office/calls/{problem.call_id}/decisions" in office.get("/office/decisions").text
    begun = office.post(f"/office/calls/{problem.call_id}/decisions")
    assert begun.status_code == 303
    url = begun.headers["Location"]
    assert ready not in office.get(url).text
    row = queries.preparing_round(session, problem.call_id)
    chosen = {rows[0].id: ("offer", ""), rows[1].id: ("decline", "gaps")}
    for decision in queries.decisions_of(session, row):
        outcome, cause = chosen[decision.application_id]
        data = {
            "version": decision.version,
            "outcome": outcome,
            "cause": cause,
            "reason": "請補上 <b>經驗</b> 🎉",
            "next_step": "learning",
        }
        page = office.post(f"/office/decisions/one/{decision.id}", data=data)
        assert page.status_code == 303
        stale = office.post(f"/office/decisions/one/{decision.id}", data=data)
        assert (stale.status_code, "請補上" in stale.text) == (409, True)
    page = office.get(url).text
    assert ready in page
    assert "<b>經驗</b>" not in page
    assert rows[1].team.members[0].user.name in office.get(f"{url}/letters").text
    answer = office.post(f"{url}/announce", data={"version": _version(page)})
    assert answer.status_code == 303
    assert office.post(f"{url}/announce", data={"version": _version(page)}).status_code == 303

    team = login(rows[0].team.members[0].user, locale)
    page = team.get(f"/applications/{rows[0].id}").text
    assert offer in page
    session.commit()
    session.refresh(rows[0])
    assert (
        team.post(
            f"/applications/{rows[0].id}/confirm", data={"version": rows[0].version}
        ).status_code
        == 303
    )
    assert (
        "/learning"
        in login(rows[1].team.members[0].user, locale).get(f"/applications/{rows[1].id}").text
    )
    assert confirmed in login(owner, locale).get(f"/problems/{problem.id}/selection").text


def test_bad_input_keeps_what_was_typed_and_announces_nothing(case, login, session):
    officer, _, problem, rows = case
    office = login(officer, "en")
    url = office.post(f"/office/calls/{problem.call_id}/decisions").headers["Location"]
    row = queries.preparing_round(session, problem.call_id)
    decision = row.decisions[0]
    edit = f"/office/decisions/one/{decision.id}"
    good = {
        "version": decision.version,
        "outcome": "decline",
        "cause": "gaps",
        "next_step": "levels",
    }
    for bad in ({"outcome": "everything"}, {"turn": "-1"}, {"turn": "x"}, {"reason": "x" * 9000}):
        page = office.post(edit, data={**good, **bad})
        assert page.status_code == 422
    assert office.post(f"{url}/announce", data={"version": 1}).status_code == 422
    assert office.post(f"{url}/rest", data={"cause": "", "next_step": "levels"}).status_code == 422
    assert (
        office.post(f"{url}/days", data={"version": row.version, "answer_days": "0"}).status_code
        == 422
    )
    assert (
        office.post(f"{url}/days", data={"version": row.version, "answer_days": "9"}).status_code
        == 303
    )
    rest = office.post(
        f"{url}/rest", data={"cause": "gaps", "next_step": "levels"}, follow_redirects=True
    )
    assert "Decided of: 2" in rest.text
    assert "Taken in: 0" in office.post(f"{url}/new", follow_redirects=True).text
    assert office.post(f"{url}/drop", data={"reason": ""}).status_code == 303
    session.commit()
    session.expire_all()
    assert [row.state for row in rows] == [S.UNDER_REVIEW] * 2


def test_nobody_else_sees_a_preparation(case, login, make):
    officer, owner, problem, rows = case
    url = (
        login(officer, "en").post(f"/office/calls/{problem.call_id}/decisions").headers["Location"]
    )
    for person in (owner, rows[0].team.members[0].user, make.user(Role.REVIEWER)):
        browser = login(person, "en")
        assert browser.get(url).status_code == 403
        assert browser.get("/office/decisions").status_code == 403
    assert login(make.user(), "en").get(f"/problems/{problem.id}/selection").status_code == 403
