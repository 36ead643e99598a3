"""Screening and coaching over HTTP: officer, broker and owner at work on one problem."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.clock import utcnow
from matchmaker.models import BrokerAssignment, Problem, ProblemComment, Role, Screening
from matchmaker.workflows.problem import ProblemState

S = ProblemState
CRITERIA = tuple(shipped_rubric("screening").criteria)
THREES = dict.fromkeys(CRITERIA, "3")
NASTY = "😀 مرحبا <script>alert(1)</script>"


@pytest.fixture
def officer(make):
    return make.officer(name="Officer Wu")


@pytest.fixture
def owner(make):
    return make.user(name="Owner Lin", email="owner@example.com")


@pytest.fixture
def problem(make, owner):
    return make.problem(
        S.SUBMITTED,
        organization=make.organization(owner, name_en="Bolts Ltd", name_zh="螺絲公司"),
        title_en="Bolts",
        title_zh="螺絲",
        grade=None,
        published_at=None,
        intake={"contact": True, "value": "saving"},
    )


def words(answer):
    text = re.sub(r"<(script|style).*?</\1>", "", answer.text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def fresh(session, row):
    session.rollback()
    session.expire_all()
    return session.get(type(row), row.id)


def start(client, problem, session):
    client.post(f"/office/problems/{problem.id}/screen")
    return session.scalars(sa.select(Screening).order_by(Screening.id.desc())).first()


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", ("Screening, round 1", "Suggested: 1 of 4", "A single contact", "Gates")),
        ("zh_Hant_TW", ("第 1 輪審查", "建議 1 分", "門檻", "資料完整性")),
    ],
)
def test_the_pages_of_a_screening_speak_the_readers_language(
    login, officer, problem, session, locale, expected
):
    client = login(officer, locale)
    start(client, problem, session)
    page = words(client.get(f"/office/problems/{problem.id}"))
    for text in expected[:2] + expected[3:]:
        assert text in page
    assert client.get("/office/problems").status_code == 200
    assert client.get(f"/problems/{problem.id}/coaching").status_code == 200
    assert client.get(f"/problems/{problem.id}/versions").status_code == 200


def test_points_are_chosen_by_their_anchors_and_kept(login, officer, problem, session):
    client = login(officer)
    row = start(client, problem, session)
    page = html.unescape(client.get(f"/office/problems/{problem.id}").text)
    criterion = shipped_rubric("screening").criteria["SC1"]
    for anchor in criterion.anchors.values():
        assert anchor.en in page
    assert page.count('name="SC1"') == 5
    answer = client.post(
        f"/office/screenings/{row.id}/points", data={**THREES, "version": row.version}
    )
    assert answer.status_code == 303
    page = words(client.get(f"/office/problems/{problem.id}"))
    assert "75 of 100" in page
    assert "Worth posting: it goes on to be graded." in page
    assert fresh(session, row).points == dict.fromkeys(CRITERIA, 3)


def test_points_left_out_or_stale_keep_what_was_chosen(login, make, officer, problem, session):
    client = login(officer)
    row = start(client, problem, session)
    url, version = f"/office/screenings/{row.id}/points", row.version
    for wrong in ("x", "7", "-1", "9" * 40):
        answer = client.post(url, data={**THREES, "SC2": wrong, "version": version})
        assert answer.status_code == 422
    assert "SC2-0" in answer.text
    other = login(make.officer())
    assert other.post(url, data={**THREES, "version": version}).status_code == 303
    answer = client.post(url, data={**THREES, "SC1": "4", "version": version})
    assert answer.status_code == 409
    assert "Somebody else saved this after you opened it." in answer.text
    checked = re.search(r'<input checked[^>]*name="SC1"[^>]*value="4"', answer.text)
    assert checked is not None
    assert fresh(session, row).points["SC1"] == 3


def test_a_gate_bars_listing_in_words(login, officer, problem, session):
    client = login(officer)
    row = start(client, problem, session)
    points = {**THREES, "SC6": "0", "version": row.version}
    client.post(f"/office/screenings/{row.id}/points", data=points)
    version = fresh(session, row).version
    answer = client.post(
        f"/office/screenings/{row.id}/list", data={"version": version, "note": "Anyway " + NASTY}
    )
    assert answer.status_code == 409
    assert "A gate is not passed, so this cannot be listed yet" in words(answer)
    assert "Anyway" in answer.text
    assert "<script>alert" not in answer.text
    assert fresh(session, row).outcome is None


def test_returning_gives_the_owner_a_checklist_with_links(login, officer, owner, problem, session):
    client = login(officer)
    row = start(client, problem, session)
    fields = [item["field"] for item in row.suggestion["missing"]][:2]
    data = {
        "version": row.version,
        "missing": [*fields, "no_such_field"],
        "more": "Say who maintains the line",
        "more_field": "who",
        "note": "Nearly there",
    }
    answer = client.post(f"/office/screenings/{row.id}/coach", data=data)
    assert answer.status_code == 303
    assert fresh(session, problem).state is S.RETURNED
    assert [item["field"] for item in fresh(session, row).missing] == [*fields, "who"]
    page = login(owner).get(f"/problems/{problem.id}/coaching")
    text = words(page)
    assert "What the office asks for" in text
    assert "Nearly there" in text
    assert "Say who maintains the line" in text
    assert "Still missing" in text
    assert f"/problems/{problem.id}/guide/" in page.text
    again = client.post(f"/office/screenings/{row.id}/coach", data=data)
    assert again.location == f"/office/problems/{problem.id}"


def test_returning_without_an_item_is_refused(login, officer, problem, session):
    client = login(officer)
    row = start(client, problem, session)
    data = {"version": row.version, "note": "  "}
    client.post(
        f"/office/screenings/{row.id}/points", data={**dict.fromkeys(CRITERIA, "2"), **data}
    )
    data["version"] = fresh(session, row).version
    answer = client.post(f"/office/screenings/{row.id}/coach", data=data)
    assert answer.status_code == 422
    assert "Choose at least one item" in words(answer)


def test_declining_needs_a_reason_and_ends_the_round(login, officer, problem, session):
    client = login(officer, "zh_Hant_TW")
    row = start(client, problem, session)
    url = f"/office/screenings/{row.id}/decline"
    answer = client.post(url, data={"version": row.version, "note": "說明"})
    assert answer.status_code == 422
    assert "請至少選擇一項原因。" in words(answer)
    assert "說明</textarea>" in answer.text
    data = {"version": row.version, "reasons": ["solved"], "note": "說明"}
    assert client.post(url, data=data).status_code == 303
    assert fresh(session, problem).state is S.DECLINED
    assert fresh(session, row).outcome == "decline"


def test_unknown_screenings_and_conclusions_are_not_found(login, make, officer, problem, session):
    client = login(officer)
    row = start(client, problem, session)
    assert client.post("/office/screenings/999/list").status_code == 404
    assert client.post(f"/office/screenings/{row.id}/explode").status_code == 404
    assert login(make.user()).post(f"/office/screenings/{row.id}/list").status_code == 404


def test_the_broker_is_assigned_sees_the_problem_and_cannot_decide(
    login, make, officer, problem, session
):
    mentor = make.user(Role.MENTOR, name="Broker Jiang")
    broker, client = login(mentor), login(officer)
    assert broker.get(f"/office/problems/{problem.id}").status_code == 404
    url = f"/office/problems/{problem.id}/broker"
    page = client.get(f"/office/problems/{problem.id}")
    assert "Broker Jiang (in hand: 0)" in page.text
    answer = client.post(url, data={"broker_id": mentor.id, "version": 0})
    assert answer.status_code == 303
    late = login(make.officer()).post(url, data={"broker_id": officer.id, "version": 0})
    assert late.status_code == 409
    assert "Somebody else changed the broker meanwhile. It is now: Broker Jiang." in words(late)
    row = start(client, problem, session)
    page = words(broker.get(f"/office/problems/{problem.id}"))
    assert "You coach, an officer decides" in page
    assert (
        broker.post(
            f"/office/screenings/{row.id}/points", data={**THREES, "version": row.version}
        ).status_code
        == 303
    )
    refused = broker.post(f"/office/screenings/{row.id}/list", data={"version": 2})
    assert refused.status_code == 403
    assert "Only programme officers decide on problems." in words(refused)
    assert "Bolts" in words(broker.get("/desk"))
    assert "Broker Jiang" in words(client.get("/office/problems"))
    assert broker.post(url + "/release", data={"version": 1}).location == "/desk"
    place = session.scalars(sa.select(BrokerAssignment)).one()
    assert fresh(session, place).broker_id is None
    assert broker.get(f"/office/problems/{problem.id}").status_code == 404


def test_owner_and_broker_talk_beside_a_field(login, make, officer, owner, problem, session):
    client, mine = login(officer), login(owner)
    url = f"/problems/{problem.id}/coaching"
    answer = client.post(url, data={"field": "text_en", "body": f"How many? {NASTY}"})
    assert answer.location.endswith("/coaching#field-text_en")
    page = mine.get(url)
    assert "How many? 😀 مرحبا &lt;script&gt;" in page.text
    assert "Open comments: 1" in words(page)
    thread = session.scalars(sa.select(ProblemComment)).one()
    mine.post(url, data={"field": "text_en", "thread_id": thread.id, "body": "About 400"})
    settled = mine.post(f"/comments/{thread.id}/resolve")
    assert settled.status_code == 303
    page = words(client.get(f"/office/problems/{problem.id}"))
    assert "About 400" in page
    assert "Settled" in page
    assert client.post(f"/comments/{thread.id}/reopen").status_code == 303
    assert fresh(session, thread).resolved_at is None


@pytest.mark.parametrize("body", ["", "   ", "x" * 4_001])
def test_a_refused_comment_keeps_what_was_typed(login, owner, problem, session, body):
    url = f"/problems/{problem.id}/coaching"
    answer = login(owner).post(url, data={"field": "text_en", "body": body})
    assert answer.status_code == 422
    assert 'id="comment-text_en-error"' in answer.text
    assert (body.strip() or "Write a comment.") in answer.text
    assert session.scalars(sa.select(ProblemComment)).all() == []


def test_comments_are_for_owner_and_office_only(login, make, client, problem, session):
    problem.apply("screen")
    problem.grade, problem.published_at = "G1", utcnow()
    problem.apply("grade")
    problem.apply("publish")
    session.commit()
    for path in ("coaching", "versions"):
        answer = login(make.user()).get(f"/problems/{problem.id}/{path}")
        assert answer.status_code == 403
        assert "What owner and office work out together" in words(answer)
        assert client.get(f"/problems/{problem.id}/{path}").status_code in (302, 401)


def test_the_office_writes_with_the_owner_and_the_owner_sees_what(
    login, make, officer, owner, problem, session
):
    client = login(officer)
    assert client.get(f"/problems/{problem.id}/edit").status_code == 302
    start(client, problem, session)
    page = client.get(f"/problems/{problem.id}/edit")
    assert page.status_code == 200
    version = re.search(r'name="version" type="hidden" value="(\d+)"', page.text).group(1)
    data = {
        "version": version,
        "call_id": problem.call_id,
        "title_zh": "螺絲刮痕",
        "title_en": "Scratched bolts",
        "text_en": problem.text_en,
        "text_zh": problem.text_zh,
        "teams_wanted": "1",
    }
    answer = client.post(f"/problems/{problem.id}/edit", data=data)
    assert answer.location == f"/problems/{problem.id}/coaching"
    submitted = client.post(f"/problems/{problem.id}/edit", data={**data, "submit": "1"})
    assert submitted.status_code in (403, 409)
    page = login(owner, "zh_Hant_TW").get(f"/problems/{problem.id}/versions?old=1&new=2")
    assert "計畫辦公室修改" in words(page)
    assert "<ins><span" in page.text
    assert "刮痕" in re.search(r"<ins>.*?</ins>", page.text, re.S).group(0)
    for query in ("old=2&new=1", "old=9&new=9", "old=x&new=", "new=1", ""):
        assert login(owner).get(f"/problems/{problem.id}/versions?{query}").status_code == 200


def test_when_nobody_at_the_owner_is_left_the_office_names_a_contact(
    login, officer, owner, problem, session
):
    client, url = login(officer), f"/office/problems/{problem.id}"
    assert "Nobody at the owner can be reached" not in words(client.get(url))
    owner.disabled_at = utcnow()
    session.commit()
    assert "Nobody at the owner can be reached" in words(client.get(url))
    wrong = client.post(f"{url}/contact", data={"name": "Ms Lin", "email": "lin", "reason": "x"})
    assert wrong.status_code == 422
    assert "This is not an e-mail address." in words(wrong)
    assert 'value="Ms Lin"' in wrong.text
    data = {"name": "Ms Lin", "email": "lin@example.com", "reason": "Called them"}
    assert client.post(f"{url}/contact", data=data).status_code == 303
    assert fresh(session, problem).contact_email == "lin@example.com"


def test_the_queue_filters_sorts_and_pages(login, make, officer):
    client, now = login(officer), utcnow()
    call, organization = make.call(), make.organization()
    for number in range(26):
        make.problem(
            S.SUBMITTED,
            call=call,
            organization=organization,
            title_en=f"Number {number:02}",
            submitted_at=now - timedelta(days=number),
        )
    first = client.get("/office/problems")
    assert words(first).index("Number 25") < words(first).index("Number 24")
    assert "Number 01" not in words(first)
    assert "Number 01" in words(client.get("/office/problems?page=2"))
    assert "Late" in words(first)
    late = words(client.get("/office/problems?due=late"))
    assert "Number 14" in late
    assert "Number 13" not in late
    soon = words(client.get("/office/problems?due=soon&broker=nobody"))
    assert "Number 12" in soon
    assert "Number 20" not in soon
    for query in ("due=x", "broker=%00", "broker=999999999999999", "sort=x", "state=listed"):
        assert client.get(f"/office/problems?{query}").status_code == 200


def test_a_problem_outlives_every_page(login, officer, problem, session):
    """Whatever a round keeps, later pages still show it: the rubric of then, the names, the points."""
    client = login(officer)
    row = start(client, problem, session)
    client.post(f"/office/screenings/{row.id}/points", data={**THREES, "version": row.version})
    version = fresh(session, row).version
    client.post(f"/office/screenings/{row.id}/list", data={"version": version})
    page = words(client.get(f"/office/problems/{problem.id}"))
    assert "Earlier rounds" in page
    assert "Round 1" in page
    assert "Officer Wu" in page
    assert session.scalars(sa.select(Problem.state)).one() == S.SCREENING
