"""The readiness check over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.models import (
    AuditEvent,
    Organization,
    OrganizationKind,
    OrganizationMember,
    ReadinessAssessment,
    User,
)
from tests.factories import Factory

Login = Callable[..., FlaskClient]
RUBRIC = shipped_rubric("readiness")
SIDES = list(RUBRIC.dimensions)


@pytest.fixture
def owner(make: Factory) -> User:
    return make.user(name="Ms Lin")


@pytest.fixture
def colleague(make: Factory) -> User:
    return make.user(name="Mr Wu")


@pytest.fixture
def firm(make: Factory, owner: User, colleague: User) -> Organization:
    return make.organization(owner, colleague, name_en="Small Works", name_zh="小工坊")


def checks(firm: Organization) -> str:
    return f"/organizations/{firm.id}/readiness"


def begin(browser: FlaskClient, firm: Organization, **data: object) -> str:
    """Start and return the address of the check."""
    answer = browser.post(checks(firm), data=data)
    assert answer.status_code == 302, answer.text
    return answer.location.rpartition("/")[0]


def answers(side: str, code: str, **others: str) -> dict[str, str]:
    chosen = {item.id: code for item in RUBRIC.items.values() if item.dimension == side}
    return {**chosen, **others}


def fill(browser: FlaskClient, check: str, code: str = "2", **others: str) -> str:
    """Answer every page alike; the page that this ends on."""
    for side in SIDES:
        mine = {key: value for key, value in others.items() if key.startswith(side)}
        page = browser.get(f"{check}/{side}").text
        version = re.search('name="version" type="hidden" value="([0-9]+)"', page)
        assert version is not None
        data = {**answers(side, code, **mine), "version": version[1]}
        last = browser.post(f"{check}/{side}", data=data)
        assert last.status_code == 302
    return browser.get(last.location).text


def test_a_member_answers_page_by_page_to_the_result(
    login: Login, owner: User, firm: Organization, session: Session
) -> None:
    browser = login(owner)
    assert "No check yet" in browser.get(checks(firm)).text
    check = begin(browser, firm)
    page = browser.get(f"{check}/N").text
    assert "Page 1 of 5" in page
    assert "How clearly is the pain point described?" in page
    assert page.count("I don&#39;t know</span>") == 4
    result = fill(browser, check, "2", D1="unknown", O3="4")
    assert "Stage of AI readiness" in result
    assert '<h1 class="page-title">Conscious</h1>' in result
    assert "Overall 50 of 100" in result
    assert "The overall score would reach “Ready”" in result
    assert (
        "One weak side holds it back, since a project needs them all: Data preparation." in result
    )
    assert result.index("look at the last month of them together") < result.index("Further steps")
    assert 'class="radar"' in result
    assert "You answered" not in result
    saved = session.scalars(sa.select(ReadinessAssessment)).one()
    assert (saved.stage, saved.grade_cap, saved.overall) == ("S2", "G2", 50.0)
    assert saved.answers["D1"] is None
    actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["readiness:start", "readiness:complete"]


def test_the_same_in_chinese(login: Login, owner: User, firm: Organization) -> None:
    browser = login(owner, "zh_Hant_TW")
    check = begin(browser, firm)
    page = browser.get(f"{check}/D").text
    assert "相關紀錄有多少已數位化？" in page
    assert "第 2 頁，共 5 頁" in page
    result = fill(browser, check, "3")
    assert '<h1 class="page-title">擴大應用</h1>' in result
    assert "把指標放進月報" in result
    assert not re.search(r">[^<]*\b(Stage|What to do next|Second opinion)\b", result)


def test_leaving_loses_nothing(
    login: Login, owner: User, firm: Organization, session: Session
) -> None:
    browser = login(owner)
    check = begin(browser, firm)
    some = {"N1": "1", "N2": "unknown", "version": "1", "leave": "1"}
    left = browser.post(f"{check}/N", data=some, follow_redirects=True)
    assert "Saved. You can go on whenever you like." in left.text
    assert "Half-filled: 0 of 5 pages answered" in left.text
    resumed = browser.get(f"{check}/resume", follow_redirects=True).text
    assert "Page 1 of 5" in resumed
    assert re.search('checked[^>]*name="N1"[^>]*value="1"', resumed)
    on = browser.post(f"{check}/N", data={"N1": "1", "N2": "unknown", "version": "2"})
    assert on.location.endswith("/N?missing=1")
    marked = browser.get(on.location).text
    assert "2 answers need another look" in marked
    assert 'id="N3-error"' in marked
    assert 'id="N1-error"' not in marked
    saved = session.scalars(sa.select(ReadinessAssessment)).one()
    assert saved.answers == {"N1": 1, "N2": None}
    assert not saved.is_completed


def test_two_tabs_do_not_overwrite_each_other(
    login: Login, owner: User, firm: Organization, session: Session
) -> None:
    browser = login(owner)
    check = begin(browser, firm)
    assert browser.post(f"{check}/N", data={**answers("N", "1"), "version": "1"}).status_code == 302
    other_page = browser.post(f"{check}/D", data={**answers("D", "2"), "version": "1"})
    assert other_page.status_code == 302
    late = browser.post(f"{check}/N", data={**answers("N", "3"), "version": "1"})
    assert late.status_code == 409
    assert "This page was answered otherwise meanwhile" in late.text
    assert re.search('checked[^>]*name="N1"[^>]*value="3"', late.text)
    session.rollback()
    saved = session.scalars(sa.select(ReadinessAssessment)).one()
    assert saved.answers["N1"] == 1
    again = browser.post(f"{check}/N", data={**answers("N", "1"), "version": "1"})
    assert again.status_code == 302  # The same answers once more are a second click.
    forced = browser.post(f"{check}/N", data={**answers("N", "3"), "version": str(saved.version)})
    assert forced.status_code == 302
    session.rollback()
    session.refresh(saved)
    assert saved.answers["N1"] == 3


def test_starting_twice_begins_once_and_a_complete_check_stays(
    login: Login, owner: User, firm: Organization, session: Session
) -> None:
    browser = login(owner)
    check = begin(browser, firm)
    assert begin(browser, firm) == check
    fill(browser, check)
    changed = browser.post(f"{check}/N", data={**answers("N", "4"), "version": "9"})
    assert changed.status_code == 409
    assert "This check is complete and stays as it is." in changed.text
    assert browser.get(f"{check}/N").location.endswith(check)
    assert browser.post(f"{check}/discard").status_code == 409
    again = begin(browser, firm)
    assert again != check
    result = fill(browser, again, "3")
    assert "Over time" in result
    assert result.count('class="radar-dot"') >= 7
    assert session.scalar(sa.select(sa.func.count(ReadinessAssessment.id))) == 2
    assert "Replaced by a newer check" in browser.get(check).text


def test_a_second_opinion_is_set_beside_the_first(
    login: Login, owner: User, colleague: User, firm: Organization, session: Session
) -> None:
    first = begin(login(owner), firm)
    fill(login(owner), first, "2")
    number = first.rpartition("/")[2]
    refused = login(owner).post(checks(firm), data={"beside": number})
    assert refused.status_code == 409
    assert "somebody else gives the second opinion" in refused.text
    assert "Give a second opinion" in login(colleague).get(first).text
    second = begin(login(colleague), firm, beside=number)
    fill(login(colleague), second, "2", T1="4", W2="unknown")
    page = login(owner).get(first).text
    assert "Answers that differ" in page
    differing = page.partition("Answers that differ")[2].partition("</table>")[0]
    rows = re.findall('<tr><th scope="row">(.*?)</th>', differing)
    assert rows == [RUBRIC.items["T1"].en, RUBRIC.items["W2"].en]
    assert "Managed platform with capacity plan" in differing
    assert 'class="radar-other"' in page
    assert session.scalars(sa.select(ReadinessAssessment.stage)).all() == ["S3", "S3"]
    listed = login(owner).get(checks(firm)).text
    assert f"{checks(firm)}/{second.rpartition('/')[2]}" not in listed


def test_only_members_and_the_office_see_it(
    login: Login, make: Factory, owner: User, firm: Organization, client: FlaskClient
) -> None:
    check = begin(login(owner), firm)
    fill(login(owner), check)
    make.problem(organization=firm)  # The organization itself is public now.
    rival = make.user()
    make.organization(rival)
    assert login(rival).get(f"/organizations/{firm.id}").status_code == 200
    for address in (check, f"{check}/N", f"{check}/resume"):
        assert login(rival).get(address).status_code == 404
        assert client.get(address).status_code == 302
    assert login(rival).get(checks(firm)).status_code == 403
    assert login(rival).post(checks(firm)).status_code == 403
    assert "readiness" not in login(rival).get(f"/organizations/{firm.id}").text
    assert login(make.officer()).get(check).status_code == 200
    denied = login(make.officer()).get(f"{check}/N")
    assert denied.status_code == 403
    assert "Only members of the organization answer its readiness check." in denied.text
    other = make.organization(owner)
    wrong = f"/organizations/{other.id}/readiness/{check.rpartition('/')[2]}"
    assert login(owner).get(wrong).status_code == 404


def test_organizations_that_set_no_problems_have_no_check(
    login: Login, make: Factory, owner: User
) -> None:
    why = "The readiness check is for enterprises and public bodies, which set problems."
    browser = login(owner)
    for kind in ("university", "association", "solver_company"):
        other = make.organization(owner, kind=OrganizationKind(kind))
        page = browser.get(checks(other)).text
        assert why in page
        assert "Begin the check" not in page
        refused = browser.post(checks(other))
        assert refused.status_code == 403
        assert why in refused.text


def test_a_member_who_leaves_midway_hands_over(
    login: Login, owner: User, colleague: User, firm: Organization, session: Session
) -> None:
    check = begin(login(colleague), firm)
    login(colleague).post(f"{check}/N", data={**answers("N", "1"), "version": "1"})
    refused = login(owner).post(f"{check}/take-over")
    assert refused.status_code == 403
    assert "is still a member and can go on with it" in refused.text
    session.execute(sa.delete(OrganizationMember).where(OrganizationMember.user_id == colleague.id))
    session.commit()
    assert login(colleague).get(f"{check}/D").status_code == 404
    assert "Begun by somebody who has left the organization." in login(owner).get(checks(firm)).text
    assert login(owner).post(f"{check}/take-over").location.endswith(f"{check}/D")
    assert "Ready" not in login(owner).get(checks(firm)).text
    fill(login(owner), check, "1")
    event = session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == "readiness:take_over")
    ).one()
    assert event.data == {"from_id": colleague.id, "to_id": owner.id}


def test_a_half_filled_check_can_be_thrown_away(
    login: Login, owner: User, colleague: User, firm: Organization, session: Session
) -> None:
    check = begin(login(owner), firm)
    refused = login(colleague).post(f"{check}/discard")
    assert refused.status_code == 403
    assert "Only the person who began this check or a lead throws it away." in refused.text
    gone = login(owner).post(f"{check}/discard", follow_redirects=True)
    assert "Thrown away." in gone.text
    assert session.scalars(sa.select(ReadinessAssessment)).all() == []


def test_an_officer_confirms_after_a_visit(
    login: Login, make: Factory, owner: User, firm: Organization, session: Session
) -> None:
    check = begin(login(owner), firm)
    officer = make.officer(name="Officer Chen")
    assert login(officer).post(f"{check}/verify", data={"reason": "Seen"}).status_code == 409
    fill(login(owner), check)
    refused = login(owner).post(f"{check}/verify", data={"reason": "Seen"})
    assert refused.status_code == 403
    assert "Only programme officers confirm a readiness check." in refused.text
    empty = login(officer).post(f"{check}/verify", data={"reason": " "})
    assert empty.status_code == 422
    assert "Say what you saw on the visit." in empty.text
    long = login(officer).post(f"{check}/verify", data={"reason": "x" * 2001})
    assert long.status_code == 422
    done = login(officer).post(
        f"{check}/verify", data={"reason": "<b>Seen</b> on site"}, follow_redirects=True
    )
    assert "Checked on a visit" in done.text
    assert "&lt;b&gt;Seen&lt;/b&gt; on site" in done.text
    saved = session.scalars(sa.select(ReadinessAssessment)).one()
    assert saved.verifier_id == officer.id
    insider = make.officer()
    make.save(OrganizationMember(organization=firm, user=insider))
    own = login(insider).post(f"{check}/verify", data={"reason": "Seen"})
    assert own.status_code == 403
    assert "You belong to this organization" in own.text


def test_pages_that_do_not_exist(login: Login, owner: User, firm: Organization) -> None:
    browser = login(owner)
    check = begin(browser, firm)
    for side in ("X", "n", "<script>", "N1", "0"):
        assert browser.get(f"{check}/{side}").status_code == 404
        assert browser.post(f"{check}/{side}", data={"version": "1"}).status_code == 404


ODD = ["5", "-1", "<script>alert(1)</script>", "😀", "\u202e2", "", "2" * 1_000_000]


def test_answers_nobody_offers_are_not_taken(
    login: Login, owner: User, firm: Organization, session: Session
) -> None:
    browser = login(owner)
    check = begin(browser, firm)
    for typed in ODD:
        data = {**answers("N", "1", N1=typed), "version": "1"}
        answer = browser.post(f"{check}/N", data=data, follow_redirects=True)
        assert 'id="N1-error"' in answer.text
        assert 'id="N2-error"' not in answer.text
        assert "<script>alert" not in answer.text
    assert session.scalars(sa.select(ReadinessAssessment)).one().answers == {
        "N2": 1,
        "N3": 1,
        "N4": 1,
    }


def test_the_organizations_page_leads_to_the_check(
    login: Login, make: Factory, owner: User, firm: Organization
) -> None:
    link = f'href="{checks(firm)}"'
    mine = login(owner).get(f"/organizations/{firm.id}").text
    assert link in mine
    assert "Take the check or see the result" in mine
    office = login(make.officer()).get(f"/organizations/{firm.id}").text
    assert link in office
    assert "Take the check" not in office
    desk = login(owner).get("/desk").text
    assert "See how ready you are for AI" in desk
    check = begin(login(owner), firm)
    desk = login(owner).get("/desk").text
    assert "Go on with the readiness check" in desk
    assert f'href="{check}/resume"' in desk
