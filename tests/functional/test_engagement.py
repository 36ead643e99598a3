"""Work under way over HTTP: kick-off, stages and early ends, in both languages and with bad input."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import AuditEvent, Engagement, MemberRole, Milestone, Role, StageDecision
from matchmaker.workflows.engagement import EngagementState as S

NASTY = "<script>alert(1)</script> 👩‍🔬 עברית \x07 needle"


@pytest.fixture
def case(make):
    """An engagement in its kick-off, with somebody on every side."""
    row = make.engagement(S.KICKOFF, stages=["PoC", "PoS"])
    people = {
        "team": row.team.members[0].user,
        "owner": row.problem.organization.members[0].user,
        "office": make.officer(),
        "mentor": make.user(Role.MENTOR),
        "stranger": make.user(),
    }
    return row, people


def read_anew(session):
    """See what requests have committed since."""
    session.rollback()
    session.expire_all()


def text_of(answer):
    return re.sub(r"<[^>]+>|\s+", " ", answer.text)


def test_from_kickoff_to_the_next_stage(case, login, session):
    row, people = case
    page = f"/engagements/{row.id}"
    team, owner = login(people["team"], "zh_Hant_TW"), login(people["owner"], "en")
    office = login(people["office"], "en")

    shown = owner.get(page)
    assert "Complete your lines of the kick-off checklist" in text_of(shown)
    assert "您接下來要做的事" in team.get(page).text
    version = re.search(r'name="version"[^>]*value="(\d+)"', shown.text)[1]
    named = {"version": version, "person_id": people["owner"].id}
    assert owner.post(f"{page}/contact", data=named).status_code == 303
    mentor = {"version": int(version) + 1, "person_id": people["mentor"].id}
    assert office.post(f"{page}/mentor", data=mentor).status_code == 303
    assert owner.post(f"{page}/data", data={"note": NASTY}).status_code == 303
    assert team.post(f"{page}/calendar").status_code == 303
    refused = team.post(f"{page}/begin", data={"version": int(version) + 2})
    assert refused.status_code == 409
    assert "檢核表尚未完成" in refused.text
    assert owner.post(f"{page}/calendar").status_code == 303
    shown = team.get(page)
    assert "一切就緒，可以開始合作" in shown.text
    assert "<script>alert" not in shown.text
    assert "needle" in shown.text
    current = session.scalar(sa.select(Engagement.version).where(Engagement.id == row.id))
    for _click in range(2):
        assert team.post(f"{page}/begin", data={"version": current}).status_code == 303

    read_anew(session)
    assert row.state is S.POC
    proposal = {"version": row.version, "outcome": "go", "cause": "", "reason": "All tests passed."}
    for _click in range(2):
        assert owner.post(f"{page}/stage", data=proposal).status_code == 303
    read_anew(session)
    assert session.scalar(sa.select(sa.func.count(StageDecision.id))) == 1
    decision = session.scalars(sa.select(StageDecision)).one()
    assert "sign it or say why not" in text_of(office.get(page))
    assert office.post(f"{page}/stage/sign", data={"version": 99}).status_code == 409
    signed = office.post(f"{page}/stage/sign", data={"version": decision.version})
    assert signed.status_code == 303
    read_anew(session)
    assert row.state is S.POS
    assert "Signed" in text_of(owner.get(page))


def test_everybody_finds_it_where_they_look(case, login, make):
    row, people = case
    make.call_rules(row.call)
    link = f"/engagements/{row.id}"
    team, owner, office = (login(people[name]) for name in ("team", "owner", "office"))
    for client, pages in (
        (team, ["/engagements", f"/teams/{row.team_id}", f"/applications/{row.application_id}"]),
        (owner, ["/engagements", f"/problems/{row.problem_id}"]),
        (office, ["/office/engagements"]),
    ):
        for page in pages:
            assert f'href="{link}' in client.get(page).text, page
    assert "Kick-off: " in text_of(owner.get("/desk"))
    assert "Work without a mentor: 1" in text_of(office.get("/desk"))
    assert "/office/engagements" in office.get("/office").text


def test_strangers_know_nothing_of_it(case, login, client):
    row, people = case
    stranger = login(people["stranger"])
    paths = [
        "",
        "/calendar.ics",
        *("/contact", "/mentor", "/data", "/calendar", "/waive/terms", "/begin"),
        *("/stage", "/stage/sign", "/stage/drop", "/dates", "/stop", "/resume"),
        *("/stop-request", "/stop-request/withdraw", "/stop-request/answer"),
    ]
    for path in paths:
        ask = stranger.get if path in ("", "/calendar.ics") else stranger.post
        assert ask(f"/engagements/{row.id}{path}").status_code == 404, path
    assert stranger.get("/office/engagements").status_code == 403
    assert stranger.get("/office/engagements/export.csv").status_code == 403
    assert stranger.get(f"/office/calls/{row.call_id}/stop").status_code == 403
    assert f"/engagements/{row.id}" not in stranger.get(f"/teams/{row.team_id}").text
    assert client.get("/engagements").status_code == 302


def test_what_is_wrong_is_said_beside_what_was_typed(case, login, session):
    row, people = case
    page, office = f"/engagements/{row.id}", login(people["office"], "zh_Hant_TW")
    version = row.version
    stop = {"version": version, "cause": "", "reason": NASTY}
    answer = office.post(f"{page}/stop", data=stop)
    assert answer.status_code == 422
    assert "請選擇原因" in answer.text
    assert "needle" in answer.text
    assert "<script>alert" not in answer.text
    cases = [
        ("stop", {"version": version, "cause": "nonsense", "reason": "x"}, 422),
        ("stop", {"version": version, "cause": "law", "reason": ""}, 422),
        ("stop", {"version": version, "cause": "law", "reason": "x" * 5000}, 422),
        ("stop", {"version": 0, "cause": "law", "reason": "x"}, 409),
        ("dates", {"version": version, "days": "9" * 30, "cause": "law", "reason": "x"}, 422),
        ("dates", {"version": version, "days": "-1", "cause": "law", "reason": "x"}, 422),
        ("mentor", {"version": version, "person_id": people["team"].id}, 422),
        ("stage", {"version": version, "outcome": "", "reason": "x"}, 422),
        ("stage", {"version": version, "outcome": "go", "reason": "x"}, 409),
        ("resume", {"version": version, "reason": ""}, 422),
        ("waive/mentor", {"reason": ""}, 422),
        ("waive/nothing", {"reason": "x"}, 404),
    ]
    for path, data, status in cases:
        assert office.post(f"{page}/{path}", data=data).status_code == status, (path, data)
    read_anew(session)
    assert (row.state, row.version) == (S.KICKOFF, version)
    assert session.scalar(sa.select(sa.func.count(AuditEvent.id))) == 0


def test_a_request_to_stop_its_answer_and_the_way_back(make, login, session):
    row = make.engagement(S.POC)
    page = f"/engagements/{row.id}"
    team, office = login(row.team.members[0].user, "en"), login(make.officer(), "zh_Hant_TW")
    asked = {"cause": "method", "reason": "Our approach leads nowhere."}
    for _click in range(2):
        assert team.post(f"{page}/stop-request", data=asked).status_code == 303
    assert "Our approach leads nowhere." in office.get(page).text
    empty = office.post(f"{page}/stop-request/answer", data={"version": 1, "answer": "go_on"})
    assert empty.status_code == 422
    granted = {"version": 1, "answer": "stop", "reason": ""}
    for _click in range(2):
        assert office.post(f"{page}/stop-request/answer", data=granted).status_code == 303
    read_anew(session)
    assert row.state is S.STOPPED
    assert "The approach did not work (The team’s side)" in text_of(team.get(page))
    back = {"version": row.version, "reason": "Asked by mistake."}
    for _click in range(2):
        assert office.post(f"{page}/resume", data=back).status_code == 303
    read_anew(session)
    assert row.state is S.POC
    events = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert events == [
        "stop_request:ask",
        "stop_request:grant",
        "engagement:stop",
        "problem:evaluate",
        "engagement:resume",
    ]
    assert "Asked by mistake." in team.get(page).text


def test_the_office_stops_a_call_after_reading_what_that_ends(make, login, session):
    row, officer = make.engagement(S.POC), make.officer()
    office, path = login(officer, "en"), f"/office/calls/{row.call_id}/stop"
    shown = text_of(office.get(path))
    assert "Work that stops now: 1." in shown
    assert row.team.name_en in shown
    assert office.post(path, data={"cause": "call_cancelled", "reason": " "}).status_code == 422
    reason = {"cause": "call_cancelled", "reason": "The budget was cut."}
    for count in (1, 0):
        answer = office.post(path, data=reason, follow_redirects=True)
        assert f"Stopped: {count}." in text_of(answer)
    read_anew(session)
    assert row.stop_reason == "The budget was cut."
    assert "Nothing goes on in this call" in text_of(office.get(path))


def test_the_board_narrows_and_exports_what_it_shows(make, login, session):
    now = utcnow()
    late = make.engagement(S.KICKOFF, opened_at=now - timedelta(days=30))
    fine = make.engagement(S.POC, opened_at=now)
    make.save(
        Milestone(engagement=fine, stage="PoC", number=1, title="Rig", due_at=now + timedelta(5))
    )
    office = login(make.officer(), "en")
    board = office.get("/office/engagements").text
    assert board.index(late.number) < board.index(fine.number)
    for query, shown in (("flag=overdue", True), ("state=poc", False), ("q=zzz", None)):
        text = office.get(f"/office/engagements?{query}").text
        assert (late.number in text, fine.number in text) == (shown is True, shown is False)
    csv = office.get("/office/engagements/export.csv?flag=overdue")
    assert csv.mimetype == "text/csv"
    assert late.number in csv.text
    assert fine.number not in csv.text
    for odd in ("flag=%00", "state=99999999999999999999", "call=99999999999999999999", "page=-1"):
        assert office.get(f"/office/engagements?{odd}").status_code == 200
    book = office.get("/office/engagements/export.xlsx")
    assert book.data[:2] == b"PK"


def test_only_a_lead_asks_to_stop(make, login, session):
    row = make.engagement(S.POC)
    row.team.members[0].role = MemberRole.MEMBER
    session.commit()
    member = login(row.team.members[0].user, "en")
    asked = {"cause": "method", "reason": "Enough."}
    assert member.post(f"/engagements/{row.id}/stop-request", data=asked).status_code == 403
    assert "Ask to stop early" not in member.get(f"/engagements/{row.id}").text
