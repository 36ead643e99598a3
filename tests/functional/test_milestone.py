"""Milestones over HTTP: planned, written, handed in, sent back, decided, reopened, extended."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import (
    ExtensionRequest,
    Milestone,
    MilestoneChange,
    MilestoneFeedback,
    Role,
)
from matchmaker.workflows.engagement import EngagementState as E
from matchmaker.workflows.milestone import MilestoneState as S


@pytest.fixture
def case(make, session):
    """Work in its first stage with one milestone."""
    mentor, owner = make.user(Role.MENTOR), make.user()
    work = make.engagement(E.POC, mentor=mentor)
    work.problem.organization.members[0].user = owner
    session.commit()
    row = make.milestone(engagement=work)
    return SimpleNamespace(
        officer=make.officer(),
        owner=owner,
        mentor=mentor,
        member=work.team.members[0].user,
        work=work,
        row=row,
        plan=f"/engagements/{work.id}/milestones",
        url=f"/engagements/{work.id}/milestones/{row.id}",
    )


def typed(moment):
    """A moment as a browser sends it from Taipei."""
    return (moment + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")


def fresh(session, row):
    """*row* as it is now: the application works in transactions of its own."""
    session.commit()
    session.refresh(row)


WORDS = {
    "en": {
        "tab": "Milestones",
        "handed": "Handed in",
        "late": "Late by 3 days",
        "changes": "Changes requested",
        "opinion": "Opinion on the result: Partly reached",
        "decided": "Milestone reached",
        "reopened": "Reopened: it does not count",
    },
    "zh_Hant_TW": {
        "tab": "里程碑",
        "handed": "已交",
        "late": "遲交 3 天",
        "changes": "要求修改",
        "opinion": "對結果的意見：部分達成",
        "decided": "里程碑達成",
        "reopened": "已重啟：不再算數",
    },
}


@pytest.mark.parametrize("locale", list(WORDS))
def test_from_writing_to_a_decision_and_back(case, login, session, locale) -> None:
    words, row, url = WORDS[locale], case.row, case.url
    row.due_at = utcnow() - timedelta(days=2, hours=1)
    session.commit()
    team, owner, office = (login(one, locale) for one in (case.member, case.owner, case.officer))
    assert words["tab"] in team.get(f"/engagements/{case.work.id}").text
    assert url in team.get(case.plan).text

    text = "辨識率 <b>九成</b> 🎉 العربية\x07"
    saved = team.post(
        f"{url}/write",
        data={"version": row.version, "text": text, "links": "https://a.example/x\n"},
    )
    assert saved.status_code == 303
    fresh(session, row)
    assert (row.text, row.links) == ("辨識率 <b>九成</b> 🎉 العربية", ["https://a.example/x"])
    assert "&lt;b&gt;九成" in team.get(url).text
    assert "九成" not in owner.get(url).text, "nobody else reads what is not handed in"
    assert owner.get(f"{url}/write").status_code == 403
    for _ in range(2):
        assert team.post(f"{url}/submit", data={"version": row.version}).status_code == 303
    fresh(session, row)
    assert len(row.versions) == 1
    page = owner.get(url).text
    assert "&lt;b&gt;九成" in page
    assert "<b>九成" not in page
    assert words["late"] in page
    assert words["handed"] in team.get(case.plan).text

    body = f"{url}/receipts/1"
    assert row.versions[0].content_hash in team.get(body).text
    record = owner.get(f"{body}.json")
    assert hashlib.sha256(record.data).hexdigest() == row.versions[0].content_hash

    asked = owner.post(
        f"{url}/changes",
        data={
            "version": row.version,
            "body": "Say on which data.",
            "until": typed(utcnow() + timedelta(days=5)),
        },
    )
    assert asked.status_code == 303
    assert words["changes"] in team.get(url).text
    fresh(session, row)
    team.post(
        f"{url}/write", data={"version": row.version, "text": "辨識率九成五，三號線。", "links": ""}
    )
    fresh(session, row)
    team.post(f"{url}/submit", data={"version": row.version})
    difference = owner.get(f"{url}/versions/2").text
    assert re.search(r"<ins>.*?五，三號線。</ins>", difference)
    assert "https://a.example/x</del>" in difference
    assert owner.get(f"{url}/versions/2?against=9").status_code == 404

    said = {"outcome": "partly", "cause": "data_unfit", "body": "Half of it."}
    assert owner.post(f"{url}/opinion", data=said).status_code == 303
    assert words["opinion"] in office.get(url).text
    fresh(session, row)
    decision = {"version": row.version, "outcome": "passed", "cause": "", "reason": ""}
    assert office.post(f"{url}/decision", data=decision).status_code == 303
    assert words["decided"] in team.get(url).text

    fresh(session, row)
    data = {"version": row.version, "reason": "The figures were made up."}
    assert owner.post(f"{url}/reopen", data=data).status_code == 403
    assert office.post(f"{url}/reopen", data=data).status_code == 303
    page = team.get(url).text
    assert words["reopened"] in page
    assert "The figures were made up." in page


def test_the_page_says_when_the_owner_was_silent(case, make, login, session) -> None:
    row = make.milestone(S.SUBMITTED, engagement=case.work, number=2, title="Second")
    row.review_due_at = utcnow() - timedelta(hours=1)
    session.commit()
    office = login(case.officer, "zh_Hant_TW")
    assert f"{case.plan}/{row.id}" in office.get("/office/milestones").text
    url = f"{case.plan}/{row.id}"
    decision = {
        "version": row.version,
        "outcome": "failed",
        "cause": "quality",
        "reason": "Too few.",
    }
    assert office.post(f"{url}/decision", data=decision).status_code == 303

    assert "出題單位逾期未表示意見，由計畫辦公室逕行決定。" in office.get(url).text


def test_more_time_over_the_pages(case, login, session) -> None:
    row = case.row
    until = row.due_at + timedelta(days=10)
    team, office = login(case.member, "en"), login(case.officer, "en")
    data = {"until": typed(until), "cause": "data_late", "reason": "The data came in May."}
    for _ in range(2):
        assert team.post(f"{case.url}/extensions", data=data).status_code == 303
    session.commit()
    request = session.scalars(sa.select(ExtensionRequest)).one()
    assert "The office decides" in team.get(case.url).text
    assert case.url in office.get("/office/milestones").text

    answer = f"{case.url}/extensions/{request.id}"
    given = {"version": request.version, "answer": "grant", "moves_rest": "y", "note": ""}
    assert team.post(answer, data=given).status_code == 403
    no = office.post(answer, data={**given, "answer": "refuse"})
    assert no.status_code == 422
    assert office.post(answer, data=given).status_code == 303
    assert "More time given" in team.get(case.url).text
    fresh(session, row)
    assert row.due_at == until.replace(second=0, microsecond=0)
    stamp = (until + timedelta(hours=8)).strftime("%Y%m%d")
    assert stamp in team.get(f"/engagements/{case.work.id}/calendar.ics").text


def test_the_plan_over_the_pages(case, login, session) -> None:
    team, owner = login(case.member, "en"), login(case.owner, "en")
    due = utcnow() + timedelta(days=20)
    data = {
        "version": "0",
        "stage": "PoC",
        "title": "Trial <script>alert(1)</script>",
        "asked": "One week on site.",
        "due_at": typed(due),
        "reason": "",
    }
    refused = team.post(f"{case.plan}/new", data=data)
    assert refused.status_code == 422
    assert "Say why: the reason is kept on record." in refused.text
    for _ in range(2):
        sent = team.post(f"{case.plan}/new", data={**data, "reason": "Safer."})
        assert sent.status_code == 303
    session.commit()
    change = session.scalars(sa.select(MilestoneChange)).one()
    page = owner.get(case.plan).text
    assert "Trial &lt;script&gt;" in page
    answer = f"{case.plan}/changes/{change.id}"
    no = owner.post(answer, data={"version": change.version, "answer": "refuse", "note": ""})
    assert no.status_code == 422
    assert team.post(answer, data={"version": 1, "answer": "agree"}).status_code == 403
    assert (
        owner.post(answer, data={"version": change.version, "answer": "agree"}).status_code == 303
    )
    session.commit()
    rows = session.scalars(sa.select(Milestone).order_by(Milestone.id)).all()
    assert [row.title for row in rows][1:] == [data["title"]]

    url = f"{case.plan}/{rows[1].id}"
    assert team.post(f"{url}/order", data={"direction": "up", "version": 1}).status_code == 303
    fresh(session, rows[1])
    edit = {**data, "title": "Trial", "version": rows[1].version}
    assert owner.post(f"{url}/edit", data=edit).status_code == 303
    stale = owner.post(f"{url}/edit", data={**edit, "title": "Other", "version": 1})
    assert stale.status_code == 409
    assert 'value="Other"' in stale.text
    assert "Somebody has changed it meanwhile" in stale.text
    fresh(session, rows[1])
    gone = owner.post(f"{url}/drop", data={"version": rows[1].version, "reason": "No."})
    assert gone.status_code == 303
    fresh(session, case.row)
    last = owner.post(f"{case.url}/drop", data={"version": case.row.version, "reason": "No."})
    assert last.status_code == 409
    assert "A stage needs a milestone" in last.text


def test_files_are_seen_by_the_people_of_the_work_only(case, make, login, session) -> None:
    team = login(case.member, "en")
    sent = team.post(
        f"{case.url}/files",
        data={"note": "Figures", "file": (io.BytesIO(b"a,b\n1,2\n"), "figures.csv")},
    )
    assert sent.status_code == 303
    fresh(session, case.row)
    file = case.row.files[0]
    url = f"{case.url}/files/{file.id}"
    assert team.get(url).data == b"a,b\n1,2\n"
    owner = login(case.owner, "en")
    assert owner.get(url).status_code == 404
    bad = team.post(f"{case.url}/files", data={"file": (io.BytesIO(b"MZ\x90"), "x.exe")})
    assert bad.status_code == 422
    fresh(session, case.row)
    assert team.post(f"{case.url}/submit", data={"version": case.row.version}).status_code == 303
    assert owner.get(url).data == b"a,b\n1,2\n"
    session.commit()
    for stranger in (make.user(), make.user(Role.REVIEWER)):
        client = login(stranger, "en")
        for path in (url, case.url, case.plan, f"{case.url}/versions/1", f"{case.url}/receipts/1"):
            assert client.get(path).status_code == 404, path
    assert team.post(f"{url}/remove").status_code == 303
    assert "figures.csv" in owner.get(case.url).text


def test_bad_input_is_told_and_what_was_typed_is_kept(case, login, session) -> None:
    team, office = login(case.member, "en"), login(case.officer, "en")
    long = team.post(
        f"{case.url}/write", data={"version": 1, "text": "x" * 20_001, "links": "javascript:x"}
    )
    assert long.status_code == 422
    assert "Please use at most 20000 characters." in long.text
    wrong = team.post(f"{case.url}/write", data={"version": 1, "text": "kept", "links": "nowhere"})
    assert wrong.status_code == 422
    assert "Link 1: give the whole address" in wrong.text
    assert "kept" in wrong.text
    team.post(f"{case.url}/write", data={"version": 1, "text": "first", "links": ""})
    stale = team.post(f"{case.url}/write", data={"version": 1, "text": "second", "links": ""})
    assert stale.status_code == 409
    assert "A colleague has saved meanwhile" in stale.text
    assert "first" in stale.text
    assert "second" in stale.text

    for data, status in (
        ({}, 422),
        ({"outcome": "wonderful"}, 422),
        ({"outcome": "failed", "cause": "nonsense", "version": 2}, 422),
        ({"outcome": "failed", "cause": "quality", "reason": "x" * 4001, "version": 2}, 422),
        ({"outcome": "failed", "cause": "quality", "reason": "x", "version": 99 * 10**30}, 409),
        ({"outcome": "failed", "cause": "quality", "reason": "x", "version": 2}, 409),
    ):
        assert office.post(f"{case.url}/decision", data=data).status_code == status, data
    fresh(session, case.row)
    assert case.row.state is S.PLANNED
    case.row.due_at = utcnow() - timedelta(days=1)
    session.commit()
    page = office.get(case.url).text
    assert re.findall(r'name="outcome"[^>]*value="(\w+)"', page) == ["failed"]
    for path in (f"{case.plan}/999999", f"{case.url}/versions/1", f"{case.plan}/changes/9"):
        assert office.get(path).status_code in (404, 405), path
    assert team.post(f"{case.url}/comments", data={"body": " "}).status_code == 422
    session.commit()
    assert session.scalar(sa.select(sa.func.count(MilestoneFeedback.id))) == 0


def test_the_queue_is_for_the_office(case, login) -> None:
    for user in (case.member, case.owner, case.mentor):
        assert login(user, "en").get("/office/milestones").status_code == 403


def test_every_field_has_a_label_and_an_id_of_its_own(case, make, login, session) -> None:
    """Several forms with the same fields stand on one page."""
    row = make.milestone(S.SUBMITTED, engagement=case.work, number=2, title="Second")
    row.review_due_at = utcnow()
    session.commit()
    for user, path in (
        (case.owner, f"{case.plan}/{row.id}"),
        (case.officer, f"{case.plan}/{row.id}"),
        (case.owner, case.url),
        (case.member, case.url),
    ):
        page = login(user, "en").get(path).text
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids)), [one for one in ids if ids.count(one) > 1]
        labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', page))
        assert labelled <= set(ids)
        fields = re.findall(r'<(?:textarea|select)[^>]* id="([^"]+)"', page)
        assert set(fields) <= labelled, path
