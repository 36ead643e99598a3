"""Grading over HTTP: the whole way in both languages, blindness on every page, refusals, hostile input."""

from __future__ import annotations

import html
import re
from collections import deque
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from matchmaker.models import (
    AuditEvent,
    GradeDecision,
    GradeReview,
    GradingPanel,
    OfficeSetting,
    OutboxMessage,
    Seat,
)
from matchmaker.services import grading_panel
from matchmaker.workflows.grade_review import GradeReviewState
from matchmaker.workflows.grading_panel import GradingPanelState
from matchmaker.workflows.problem import ProblemState
from tests.grading import APART, CRITERIA, G2, Case

NASTY = "<script>alert(1)</script> 😀 \u202e\x07 שלום"
SECRET = "A thing only the first reviewer has said"


@pytest.fixture
def case(make, ctx) -> Case:
    found = Case(make, ctx)
    found.ai.name, found.sector.name = "Vera Vision", "Rita Retail"
    make.session.commit()
    return found


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return html.unescape(answer.text)


def fresh(session, row):
    session.rollback()
    session.refresh(row)
    return row


def typed(points: dict[str, int], **more: str) -> dict[str, str]:
    return {criterion: str(value) for criterion, value in points.items()} | more


def test_the_whole_way_from_naming_to_signing(case, login, session):
    officer, here = login(case.officer), f"/office/grading/{case.problem.id}"
    assert case.problem.title_en in page(officer, "/office/grading")
    shown = page(officer, here)
    assert "Name two reviewers: one who knows AI, one who knows the sector." in shown
    assert "Vera Vision · knows Computer vision, Deep learning · 0 of 4 at present" in shown
    data = {"ai": str(case.ai.id), "sector": str(case.sector.id)}
    for _click in range(2):
        answer = officer.post(f"{here}/panel", data=data)
        assert (answer.status_code, answer.location) == (303, here)
    reviews = session.scalars(sa.select(GradeReview).order_by(GradeReview.id)).all()
    assert [r.seat for r in reviews] == [Seat.AI, Seat.SECTOR]
    for person, review, points in ((case.ai, reviews[0], G2), (case.sector, reviews[1], APART)):
        scorer, path = login(person), f"/reviews/{review.id}"
        assert case.problem.title_en in page(scorer, "/desk")
        assert "Nothing ties me to it: begin" in page(scorer, path)
        assert scorer.post(f"{path}/start").location == path
        saved = scorer.post(f"{path}/save", data={"DF1": "1", "DF1_why": SECRET})
        assert set(saved.json) == {"saved_at"}
        assert SECRET in page(scorer, path)
        assert scorer.post(path, data={"DF1": "1", "later": "1"}).location == "/reviews"
        answer = scorer.post(path, data=typed(points))
        assert (answer.status_code, answer.location) == (303, path)
        assert scorer.post(path, data=typed(points)).status_code == 303  # A second click.
    panel = session.scalars(sa.select(GradingPanel)).one()
    assert fresh(session, panel).state is GradingPanelState.DISCUSSION
    scorer, path = login(case.sector), f"/reviews/{reviews[1].id}"
    shown = page(scorer, path)
    assert "Your points and the other’s differ" in shown
    assert "AI reviewer" in shown
    assert "Vera" not in shown
    scorer.post(f"{path}/comment", data={"body": "The site is quiet."})
    officer.post(f"{here}/comment", data={"body": "Thank you both."})
    shown = page(login(case.ai), f"/reviews/{reviews[0].id}")
    assert "The site is quiet." in shown
    assert "Programme office" in shown
    seen = str(fresh(session, reviews[1]).version)
    answer = scorer.post(f"{path}/revise", data=typed(G2, reason="Convinced.", version=seen))
    assert answer.location == path
    assert fresh(session, panel).state is GradingPanelState.SETTLED
    shown = page(officer, here)
    assert "Sector reviewer: earlier points" in shown
    assert "Convinced." in shown
    sign = {
        "grade": "G2", "award_tier": "B", "weeks": "12", "reason": "Both agree.",
        "difference_reason": "The rules know less.", "version": str(case.problem.version),
    }  # fmt: skip
    answer = officer.post(f"{here}/sign", data=sign)
    assert (answer.status_code, answer.location) == (303, here)
    assert "The grade is signed." in page(officer, here)
    assert fresh(session, case.problem).grade == "G2"


def test_the_same_pages_in_chinese(case, login):
    panel = case.panel_in(GradingPanelState.DISCUSSION)
    officer = login(case.officer, "zh_Hant_TW")
    shown = page(officer, "/office/grading")
    assert "委員討論中" in shown
    shown = page(officer, f"/office/grading/{case.problem.id}")
    for words in ("兩位委員的評分", "結束討論", "規則的建議", "主要影響因素", "待討論"):
        assert words in shown
    scorer = login(case.ai, "zh_Hant_TW")
    assert "我的評審" in page(scorer, "/reviews")
    shown = page(scorer, f"/reviews/{case.review(panel).id}")
    assert "您與另一位委員的評分" in shown
    assert "資料落差" in shown
    assert "專長與利益衝突" in page(scorer, "/reviews/profile")
    assert "評審一致性" in page(officer, "/office/grading/agreement")
    for path in ("/office/grading", f"/office/grading/{case.problem.id}"):
        assert re.search('<html lang="zh-Hant-TW"', officer.get(path).text)


def test_the_owner_asks_once_and_reads_the_answer(case, login, session):
    case.signed()
    owner, here = login(case.owner), f"/problems/{case.problem.id}/grade"
    shown = page(owner, here)
    assert "As both see it." in shown
    assert "NT$100,000" in shown
    assert "12 weeks" in shown
    for person in ("Vera", "Rita"):
        assert person not in shown
    empty = owner.post(here, data={"reason": " "})
    assert empty.status_code == 422
    for _click in range(2):
        assert owner.post(here, data={"reason": "Harder than that."}).location == here
    assert "Another officer and two other reviewers look at it again." in page(owner, here)
    assert owner.post(f"{here}/withdraw").location == here
    assert "You took the request back" in page(owner, here)
    assert owner.post(here, data={"reason": "Again."}).status_code == 409
    events = session.scalars(sa.select(AuditEvent.action)).all()
    assert events.count("grade_appeal:request") == 1
    chinese = page(login(case.owner, "zh_Hant_TW"), here)
    assert "分級理由" in chinese
    assert "您已撤回申請" in chinese


def test_an_officer_takes_a_request_on(case, login, session):
    appeal = case.appealed()
    here = f"/office/grading/{case.problem.id}"
    signer, colleague = login(case.officer), login(case.colleague)
    assert "another programme officer has to look at it again" in page(signer, here)
    assert signer.post(f"{here}/appeals/{appeal.id}/take").status_code == 403
    assert "Much harder than that." in page(colleague, here)
    assert colleague.post(f"{here}/appeals/{appeal.id}/take").location == here
    shown = page(colleague, here)
    assert f'name="ai" type="radio" value="{case.fourth.id}"' in shown
    assert f'name="ai" type="radio" value="{case.ai.id}"' not in shown


# Nobody sees what is not for them


def crawl(client: FlaskClient, *starts: str) -> dict[str, str]:
    """Every page that links lead to, by its address."""
    found: dict[str, str] = {}
    queue = deque(starts)
    while queue:
        path = queue.popleft()
        if path in found:
            continue
        answer = client.get(path, follow_redirects=True)
        found[path] = html.unescape(answer.text)
        for link in re.findall(r'href="(/[^"#]*)', found[path]):
            address = urlsplit(html.unescape(link)).path
            if not re.match("/(static|language|styleguide|account/logout)", address):
                queue.append(address)
    return found


@pytest.mark.parametrize("state", ["assigned", "started"])
def test_a_blind_reviewer_finds_nothing_of_the_other_on_any_page(case, login, session, state):
    panel = case.named()
    first, second = case.review(panel), case.review(panel, Seat.SECTOR)
    case.handed_in(first, APART, DF1=SECRET, DF5=SECRET)
    if state == "started":
        case.started(second)
    blind = login(case.sector)
    pages = crawl(blind, "/", "/desk", "/reviews", "/reviews/profile", f"/reviews/{second.id}")
    case_id = case.problem.id
    for path in (
        f"/reviews/{first.id}", f"/problems/{case_id}", f"/problems/{case_id}.json",
        f"/problems/{case_id}/grade", f"/office/problems/{case_id}", "/office/grading",
        f"/office/grading/{case_id}", "/office/grading/agreement", "/office/audit",
        "/office/grading/agreement.csv", "/office/grading/agreement?names=1",
    ):  # fmt: skip
        answer = blind.get(path)
        assert answer.status_code in (403, 404), path
        pages[path] = html.unescape(answer.text)
    for path in ("comment", "revise", "save", "recuse"):
        answer = blind.post(f"/reviews/{first.id}/{path}", data={"reason": "x", "body": "x"})
        assert answer.status_code == 404
        pages[f"post {path}"] = html.unescape(answer.text)
    assert len(pages) > 20
    for path, text in pages.items():
        for hidden in (SECRET, "Vera", "vision@one", "What the rules suggest", "Rules</th>"):
            assert hidden not in text, (hidden, path)
        if case.problem.title_en in text:
            own_pages = ("/desk", "/notifications", "/reviews", f"/reviews/{second.id}")
            assert path in own_pages, path
    own = pages[f"/reviews/{second.id}"]
    assert 'class="grade ' not in own  # No grade of anybody, nor of the rules.
    if state == "started":
        assert own.count('type="radio"') == 5 * len(CRITERIA)
        assert " checked" not in own
    letters = session.scalars(
        sa.select(OutboxMessage.body).where(OutboxMessage.recipient == case.sector.email)
    )
    assert all("Vera" not in body and SECRET not in body for body in letters)


def test_a_replacement_is_as_blind_as_the_first_and_sees_nothing_of_the_talk(case, login):
    panel = case.named()
    case.handed_in(case.review(panel), G2, DF1=SECRET)
    case.handed_in(case.review(panel, Seat.SECTOR), APART)
    office = case.as_(case.officer)
    grading_panel.comment(office, panel.id, "Said before anybody new came")
    review = case.review(panel, Seat.SECTOR)
    grading_panel.replace(office, review.id, reason="Ill.", version=review.version)
    case.make.session.commit()
    new = grading_panel.assign(office, panel.id, Seat.SECTOR, case.third.id)
    case.make.session.commit()
    case.started(new)
    for person, path in ((case.third, f"/reviews/{new.id}"), (case.ai, "/reviews/1")):
        shown = page(login(person), path)
        assert "Said before anybody new came" not in shown
        assert (SECRET in shown) is (person is case.ai)
    assert page(login(case.sector), f"/reviews/{review.id}", 404)


def test_the_officer_sees_points_only_once_both_have_handed_in(case, login):
    panel = case.named()
    case.handed_in(case.review(panel), APART, DF1=SECRET)
    officer, here = login(case.officer), f"/office/grading/{case.problem.id}"
    assert SECRET not in page(officer, here)
    case.handed_in(case.review(panel, Seat.SECTOR), G2)
    assert SECRET in page(officer, here)


def test_stepping_aside_hides_the_case_at_once(case, login, session):
    panel = case.named()
    review = case.started(case.review(panel))
    scorer, path = login(case.ai), f"/reviews/{review.id}"
    empty = scorer.post(f"{path}/recuse", data={"reason": ""})
    assert empty.status_code == 422
    for _click in range(2):
        answer = scorer.post(f"{path}/recuse", data={"reason": "My cousin runs it."})
        assert (answer.status_code, answer.location) == (303, "/reviews")
    assert scorer.get(path).status_code == 404
    assert case.problem.title_en not in page(scorer, "/reviews") + page(scorer, "/desk")
    officer, here = login(case.officer), f"/office/grading/{case.problem.id}"
    assert "A seat is vacant" in page(officer, here)
    assert "Replacement needed" in page(officer, "/office/grading")
    answer = officer.post(f"{here}/seat", data={"seat": "ai", "user_id": str(case.ai.id)})
    assert answer.status_code == 422
    assert "This person cannot be asked" in html.unescape(answer.text)
    answer = officer.post(f"{here}/seat", data={"seat": "ai", "user_id": str(case.fourth.id)})
    assert answer.location == here
    assert fresh(session, panel).in_seat(Seat.AI).reviewer_id == case.fourth.id


def test_who_may_open_what(case, login, client):
    panel = case.named()
    people, key = case.people(), case.problem.id
    expected = {
        "officer": (200, 200, 200, 403, 403, 404), "insider": (200, 403, 200, 403, 403, 404),
        "administrator": (200, 200, 200, 403, 403, 403), "owner": (403, 403, 403, 403, 403, 404),
        "reviewer": (403, 404, 403, 200, 200, 404), "stranger": (403, 404, 403, 403, 403, 404),
    }  # fmt: skip
    paths = (
        "/office/grading", f"/office/grading/{key}", "/office/grading/agreement.csv", "/reviews",
        f"/reviews/{case.review(panel).id}", f"/problems/{key}/grade",
    )  # fmt: skip
    for role, codes in expected.items():
        browser = login(people[role])
        found = tuple(browser.get(path).status_code for path in paths)
        if role in ("officer", "insider"):  # A problem without a grade has no page about it.
            codes = (*codes[:5], found[5])
            assert found[5] in (403, 404)
        assert found == codes, role
    for path in paths:
        assert client.get(path).status_code == 302


# Bad input, stale pages


@pytest.mark.parametrize("words", [NASTY, "x" * 1_000_000, "\x00", ""])
def test_hostile_words_are_shown_as_text_or_refused_with_what_was_typed(case, login, words):
    panel = case.panel_in(GradingPanelState.DISCUSSION)
    review = case.review(panel)
    scorer, path = login(case.ai), f"/reviews/{review.id}"
    officer, here = login(case.officer), f"/office/grading/{case.problem.id}"
    for browser, url, name in (
        (scorer, f"{path}/comment", "body"),
        (officer, f"{here}/comment", "body"),
        (officer, f"{here}/settle", "words"),
        (scorer, f"{path}/recuse", "reason"),
    ):
        data = {name: words, "version": str(fresh(case.make.session, panel).version)}
        answer = browser.post(url, data=data)
        if words == NASTY:
            assert answer.status_code == 303, url
        else:
            assert answer.status_code in (413, 422), url
            assert "alert(1)</script>" not in answer.text
    shown = officer.get(here).text
    assert "<script>alert(1)" not in shown
    assert "\u202e" not in shown


def test_scores_that_make_no_sense_are_refused_and_kept(case, login, session):
    review = case.started(case.review(case.named()))
    scorer, path = login(case.ai), f"/reviews/{review.id}"
    for value in ("", "5", "-1", "two", "1" * 400, "１"):
        answer = scorer.post(path, data=typed(G2, DF1_why="Typed so far") | {"DF3": value})
        assert answer.status_code == 422, value
        text = html.unescape(answer.text)
        assert "Typed so far" in text
        assert "Integration and run-time demands" in text
    answer = scorer.post(f"{path}/save", data={"DF1": "9"})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
    assert fresh(session, review).state is GradeReviewState.STARTED


def test_a_page_that_is_out_of_date_keeps_what_was_typed(case, login, session):
    panel = case.panel_in(GradingPanelState.DISCUSSION)
    officer, here = login(case.officer), f"/office/grading/{case.problem.id}"
    stale = officer.post(f"{here}/settle", data={"words": "My long words", "version": "77"})
    assert stale.status_code == 409
    assert "My long words" in stale.text
    review = case.review(panel)
    scorer, path = login(case.ai), f"/reviews/{review.id}"
    data = typed(APART, reason="A good reason", version="77")
    stale = scorer.post(f"{path}/revise", data=data)
    assert stale.status_code == 409
    assert "A good reason" in stale.text
    for action in ("stop", f"reviews/{review.id}/replace"):
        stale = officer.post(f"{here}/{action}", data={"reason": "No.", "version": "77"})
        assert stale.status_code == 409
        assert "Somebody else has changed this meanwhile" in stale.text
    seen = str(fresh(session, panel).version)
    assert officer.post(f"{here}/settle", data={"words": "Enough.", "version": seen}).location
    sign = {"grade": "G2", "award_tier": "B", "weeks": "12", "reason": "Long reason typed"}
    stale = officer.post(f"{here}/sign", data={**sign, "version": "77"})
    assert stale.status_code == 409
    assert "Long reason typed" in stale.text
    bad = officer.post(f"{here}/sign", data={**sign, "weeks": "many", "version": "1"})
    assert bad.status_code == 422
    assert "Long reason typed" in bad.text
    assert session.scalar(sa.select(sa.func.count(GradeDecision.id))) == 0


def test_a_panel_can_be_stopped_and_named_anew(case, login, session):
    panel = case.named()
    officer, here = login(case.officer), f"/office/grading/{case.problem.id}"
    empty = officer.post(f"{here}/stop", data={"reason": "", "version": str(panel.version)})
    assert empty.status_code == 422
    assert "the reason is kept on record" in empty.text
    data = {"reason": "Both are away.", "version": str(panel.version)}
    assert officer.post(f"{here}/stop", data=data).location == here
    assert "Both are away." in page(officer, here)
    data = {"ai": str(case.fourth.id), "sector": str(case.third.id)}
    assert officer.post(f"{here}/panel", data=data).location == here
    assert "Panel, round 2" in page(officer, here)
    bad = officer.post(f"{here}/panel", data={"ai": "x"})
    assert bad.status_code in (409, 422)


def test_a_problem_may_be_signed_without_a_panel_where_the_office_allows_it(
    case, login, make, session
):
    make.save(OfficeSetting(key="grading_needs_panel", value=0))
    officer, here = login(case.officer), f"/office/grading/{case.problem.id}"
    assert "Sign the grade" in page(officer, here)
    sign = {
        "grade": "G2", "award_tier": "B", "weeks": "12", "reason": "Plain.",
        "difference_reason": "So.", "version": str(case.problem.version),
    }  # fmt: skip
    assert officer.post(f"{here}/sign", data=sign).location == here
    assert "Signed without a panel" in page(officer, here)
    assert fresh(session, case.problem).state is ProblemState.GRADED


def test_a_reviewer_says_what_they_know_and_whom_they_stand_near(case, login, make):
    make.problem(organization=case.organization)  # So that its name is public.
    scorer = login(case.ai)
    data = {"competencies": ["PER-CV"], "sectors": ["IND-FOD"], "capacity": "2", "version": "1"}
    assert scorer.post("/reviews/profile", data=data).location == "/reviews/profile"
    stale = scorer.post("/reviews/profile", data={**data, "capacity": "3"})
    assert stale.status_code == 409
    assert 'value="3"' in stale.text
    bad = scorer.post("/reviews/profile", data={**data, "capacity": "many"})
    assert bad.status_code == 422
    name = case.organization.name_en
    bad = scorer.post("/reviews/profile/conflicts", data={"name": NASTY, "reason": "x"})
    assert bad.status_code == 422
    assert "<script>alert" not in bad.text
    for _click in range(2):
        answer = scorer.post("/reviews/profile/conflicts", data={"name": name, "reason": "Shares."})
        assert answer.location == "/reviews/profile#conflicts"
    shown = page(scorer, "/reviews/profile")
    assert "Shares." in shown
    conflict = re.search(r"/conflicts/(\d+)/end", shown)
    assert conflict is not None
    assert login(case.third).post(conflict[0].join(("/reviews/profile", ""))).status_code == 404
    assert scorer.post("/reviews/profile" + conflict[0]).status_code == 303
    assert "None declared." in page(scorer, "/reviews/profile")
