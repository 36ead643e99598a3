"""Changes of published problems over HTTP."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.models import ProblemRevision, Screening
from matchmaker.workflows.problem import ProblemState

CRITERIA = tuple(shipped_rubric("screening").criteria)
TEXT = "產線目前以目視檢查金屬零件，容易漏看細小刮痕，希望以深度學習做瑕疵檢測。" * 3
NASTY = "😀 مرحبا <script>alert(1)</script>"


@pytest.fixture
def owner(make):
    return make.user()


@pytest.fixture
def problem(make, owner):
    return make.problem(
        organization=make.organization(owner), title_en="Bolts", title_zh="螺絲", text_zh=TEXT
    )


def words(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def only(session, model):
    """The one row there is, as the requests have left it."""
    session.rollback()
    session.expire_all()
    return session.scalars(sa.select(model)).one()


def typed(problem, **changes):
    return {
        "version": "0",
        "title_zh": "螺絲",
        "title_en": "Nuts and bolts",
        "text_zh": TEXT,
        "text_en": problem.text_en,
        "sector": "IND-MFG",
        "region": "central",
        "techniques": "computer vision",
        "requirements-0-competency": "PER-CV",
        "requirements-0-level": "3",
        "requirements-0-importance": "3",
        "teams_wanted": "1",
        "deadline_at": "2098-12-31T17:00",
        "contact_name": "Contact",
        "contact_email": "c@example.com",
        "reason": "The line makes nuts too",
        **changes,
    }


def test_from_a_proposal_to_the_public_page(login, make, client, owner, problem, session):
    mine, office = login(owner), login(make.officer())
    url = f"/problems/{problem.id}/amendment"
    assert url in mine.get(f"/problems/{problem.id}").text
    assert mine.get(url).status_code == 200
    assert mine.post(url, data=typed(problem)).location == url
    page = mine.get(url)
    assert "<ins>" in page.text
    data = typed(problem, version="1", submit="1", teams_wanted="2")
    assert mine.post(url, data=data).location == url
    assert "With the programme office" in words(mine.get(url))
    client.get("/language/en")
    assert "Nuts and bolts" not in client.get(f"/problems/{problem.id}").text
    row = only(session, ProblemRevision)
    page = f"/office/amendments/{row.id}"
    assert page in office.get("/office/problems").text
    assert "The line makes nuts too" in words(office.get(page))
    assert office.post(f"{page}/screen").location == page
    found = only(session, Screening)
    points = dict.fromkeys(CRITERIA, "3")
    assert office.post(f"{page}/points", data={**points, "version": found.version}).location == page
    stale = office.post(f"{page}/accept", data={"version": found.version})
    assert stale.status_code == 409
    assert "Somebody else changed this screening" in words(stale)
    assert office.post(f"{page}/accept", data={"version": found.version + 1}).location == page
    public = words(client.get(f"/problems/{problem.id}"))
    assert "Nuts and bolts" in public
    assert "Changed since publication" in public
    assert "Title (English)" in public
    assert "Change after publication" in words(mine.get(f"/problems/{problem.id}/versions"))
    assert office.get(page).status_code == 200


def test_a_change_is_returned_with_items_and_declined_with_reasons(
    login, make, owner, problem, session
):
    mine, office = login(owner, "zh_Hant_TW"), login(make.officer(), "zh_Hant_TW")
    url = f"/problems/{problem.id}/amendment"
    mine.post(url, data=typed(problem, submit="1"))
    row = only(session, ProblemRevision)
    page = f"/office/amendments/{row.id}"
    office.post(f"{page}/screen")
    found = only(session, Screening)
    field = found.suggestion["missing"][0]["field"]
    empty = office.post(f"{page}/decline", data={"version": found.version, "note": " "})
    assert empty.status_code == 422
    assert "請說明原因，將留存紀錄。" in words(empty)
    data = {"version": found.version, "missing": [field], "note": "請補數字 " + NASTY}
    assert office.post(f"{page}/return", data=data).location == page
    text = mine.get(url)
    assert "請補數字" in words(text)
    assert "<script>alert" not in text.text
    assert office.post(f"{page}/explode").status_code == 404


def test_bad_input_keeps_what_was_typed(login, owner, problem, session):
    client, url = login(owner), f"/problems/{problem.id}/amendment"
    for wrong, message in (
        ({"title_en": "x" * 201}, "Please use at most 200 characters."),
        ({"reason": "", "submit": "1"}, "Say why: the office reads it, and decides sooner."),
        ({"region": "moon"}, "Not a valid choice"),
        ({"text_zh": "x" * 1_000_000}, "Please use at most 20000 characters."),
    ):
        answer = client.post(url, data=typed(problem, **wrong))
        assert answer.status_code == 422, wrong
        assert message in words(answer)
        assert "computer vision" in answer.text
    assert session.scalars(sa.select(ProblemRevision)).all() == []


def test_a_stale_change_is_shown_beside_the_saved_one(login, owner, problem):
    client, url = login(owner), f"/problems/{problem.id}/amendment"
    client.post(url, data=typed(problem, title_en="First"))
    answer = client.post(url, data=typed(problem, title_en="Second"))
    assert answer.status_code == 409
    assert "Saved version and yours" in words(answer)
    assert "First" in answer.text
    assert 'value="Second"' in answer.text
    again = client.post(url, data=typed(problem, title_en="First"))
    assert again.location == url


def test_withdrawing_keeps_what_is_published(login, owner, problem, session):
    client, url = login(owner), f"/problems/{problem.id}/amendment"
    client.post(url, data=typed(problem, submit="1"))
    row = only(session, ProblemRevision)
    for _click in range(2):
        answer = client.post(f"/amendments/{row.id}/withdraw")
        assert answer.location == f"/problems/{problem.id}"
    session.rollback()
    assert session.get(ProblemRevision, row.id).state == "withdrawn"


def test_who_gets_in(login, make, client, owner, problem):
    url = f"/problems/{problem.id}/amendment"
    assert client.get(url).status_code in (302, 401)
    refused = login(make.user()).get(url)
    assert refused.status_code == 403
    assert "Only members of the organization that sets this problem propose" in words(refused)
    login(owner).post(url, data=typed(problem, submit="1"))
    assert login(make.user()).get("/office/amendments/1").status_code == 404
    assert login(owner).get("/office/amendments/1").status_code == 403


def test_a_problem_that_is_not_published_is_changed_where_it_is_written(login, make, owner):
    problem = make.problem(ProblemState.CLOSED, organization=make.organization(owner))
    answer = login(owner).get(f"/problems/{problem.id}/amendment")
    assert answer.location == f"/problems/{problem.id}"
