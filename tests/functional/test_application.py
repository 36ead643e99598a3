"""Applications over HTTP: written together, handed in, withdrawn; rules, near copies, decisions."""

from __future__ import annotations

import hashlib
import html
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.assessment.application_parts import DEFAULT_PARTS, parts_for, stages_of
from matchmaker.clock import utcnow
from matchmaker.models import (
    Application,
    ApplicationFile,
    ApplicationTwin,
    AuditEvent,
    CallRules,
    FormDraft,
    TeamMember,
)
from matchmaker.workflows.application import ApplicationState
from tests.desk import around

ASKED = [part for part in parts_for(DEFAULT_PARTS, stages_of("G2")) if part.kind == "text"]
SENTENCE = "We film every part on the line and train a small model on the pictures. "


@pytest.fixture
def people(make):
    found = around(make)
    found.rules = make.call_rules(found.problem.call)
    return found


def begin(client, people):
    done = client.post(f"/problems/{people.problem.id}/apply", data={"team_id": people.team.id})
    assert done.status_code == 303, done.text
    return done.location.removesuffix("/edit")


def fields(*users, version=1, **changed):
    data = {f"part_{part.id}": SENTENCE * 3 for part in ASKED}
    data |= {"part_price": "450,000", "version": str(version)}
    for number, user in enumerate(users):
        data |= {
            f"people-{number}-user_id": str(user.id),
            f"people-{number}-takes_part": "y",
            f"people-{number}-role": "All of it",
            f"people-{number}-share": str(100 // len(users)),
            f"people-{number}-country": "TW",
        }
    return data | changed


def one(session):
    session.rollback()  # What requests have committed since is seen by a new transaction only.
    return session.scalars(sa.select(Application).order_by(Application.id.desc())).first()


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_a_team_applies_from_the_problems_page_to_the_receipt(people, login, session, locale):
    client, chinese = login(people.member, locale), locale != "en"
    page = client.get(f"/problems/{people.problem.id}").text
    assert ("開放申請中" if chinese else "Applications are open") in page
    assert f'href="/problems/{people.problem.id}/apply"' in page
    start = client.get(f"/problems/{people.problem.id}/apply").text
    assert all(part.name("zh" if chinese else "en") in html.unescape(start) for part in ASKED)
    assert "UTC+8" in start

    address = begin(client, people)
    assert begin(client, people) == address  # A second click.
    edit = client.get(f"{address}/edit").text
    assert 'data-autosave="/drafts/application:' in edit
    early = client.post(f"{address}/submit", data={"version": "1"})
    assert early.status_code == 422
    assert ("這個項目必填" if chinese else "This part is asked for.") in early.text

    assert client.post(f"{address}/edit", data=fields(people.member)).status_code == 303
    row = one(session)
    done = client.post(f"{address}/submit", data={"version": row.version})
    assert (done.status_code, done.location) == (303, f"{address}/receipts/1")
    again = client.post(f"{address}/submit", data={"version": row.version})
    assert again.location == done.location
    row = one(session)
    receipt = client.get(done.location).text
    assert row.content_hash in receipt
    file = client.get(f"{address}/receipts/1.json")
    assert hashlib.sha256(file.data).hexdigest() == row.content_hash
    assert people.member.name not in file.text
    shown = client.get(address).text
    assert ("已經收到了" if chinese else "It is in.") in shown
    assert "NT$ 450,000" in shown
    assert ("已交" if chinese else "Handed in") in client.get("/applications").text
    assert client.get(f"{address}/versions/1").status_code == 200
    assert client.get(f"{address}/versions/2").status_code == 404


def test_a_colleagues_save_is_told_and_both_texts_stand_side_by_side(people, login, make, session):
    address = begin(login(people.member), people)
    colleague = make.user()
    session.add(TeamMember(team_id=people.team.id, user_id=colleague.id))
    session.commit()
    theirs = fields(people.member, part_risks="Rain on the day of the test. " * 3)
    assert login(colleague).post(f"{address}/edit", data=theirs).status_code == 303

    mine = fields(people.member, part_risks="Snow on the day of the test. " * 3)
    stale = login(people.member).post(f"{address}/edit", data=mine)
    assert stale.status_code == 409
    assert "A colleague has saved meanwhile" in stale.text
    assert "Rain on the day" in stale.text
    assert "Snow on the day" in stale.text
    assert one(session).parts["risks"].startswith("Rain")
    version = one(session).version
    assert f'name="version" type="hidden" value="{version}"' in stale.text
    mine["version"] = str(version)
    assert login(people.member).post(f"{address}/edit", data=mine).status_code == 303
    assert one(session).parts["risks"].startswith("Snow")

    refused = login(colleague).post(f"{address}/submit", data={"version": version + 1})
    assert refused.status_code == 403
    assert "Only a lead of the team hands the application in." in html.unescape(refused.text)


def test_typing_keeps_itself_until_it_is_saved(people, login, session):
    client = login(people.member)
    address = begin(client, people)
    key = "application:" + address.rsplit("/", 1)[1]
    kept = client.post(f"/drafts/{key}", data=fields(people.member, part_risks="Half a sent"))
    assert kept.status_code == 200
    assert "Half a sent" in client.get(f"{address}/edit").text
    assert "You have typed something that is not saved" in client.get(address).text
    client.post(f"{address}/edit", data=fields(people.member))
    session.rollback()
    assert session.scalars(sa.select(FormDraft)).all() == []


def test_what_people_type_is_kept_as_text(people, login, session):
    client = login(people.member)
    address = begin(client, people)
    odd = "<script>alert(1)</script> 🚀 \u202eevil \x07 مرحبا " * 4
    page = client.post(
        f"{address}/edit",
        data=fields(people.member, part_risks=odd, **{"people-0-role": odd[:100]}),
    )
    assert page.status_code == 303
    shown = client.get(address).text
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 🚀 evil" in shown

    version = one(session).version
    wrong = {"part_risks": "x" * 1_000_000, "people-0-share": "many"}
    page = client.post(f"{address}/edit", data=fields(people.member, version=version, **wrong))
    assert page.status_code == 422
    assert "Please use at most 3000 characters." in page.text
    assert "Please enter a whole number." in page.text
    wrong = {"people-0-country": "XX", "people-0-user_id": str(people.owner.id)}
    page = client.post(f"{address}/edit", data=fields(people.member, version=version, **wrong))
    assert page.status_code == 422
    assert "Choose the country from the list." in page.text
    assert "Only members of the team can work in it." in page.text
    empty = client.post(f"{address}/edit", data={"version": version})
    assert empty.status_code == 303  # A draft may be empty; it just cannot be handed in.
    assert client.post(f"{address}/submit", data={}).status_code == 409
    for tail in ("", "/edit", "/receipts/1", "/versions/1"):
        assert login(people.other).get(address + tail).status_code == 404
        assert login(people.officer).get(address + tail).status_code == 404  # Not handed in yet.


def test_after_the_deadline_the_text_is_closed_but_one_can_withdraw(people, login, make, session):
    application = make.application(people.problem, people.team)
    people.rules.applications_close_at = utcnow() - timedelta(seconds=3)
    session.commit()
    client, address = login(people.member), f"/applications/{application.id}"
    late = client.post(f"{address}/edit", data=fields(people.member, version=application.version))
    assert late.status_code == 409 or late.status_code == 422
    assert "The deadline has passed." in late.text
    assert f'href="{address}/edit"' not in client.get(address).text

    version = one(session).version
    missing = client.post(f"{address}/withdraw", data={"version": version, "cause": ""})
    assert missing.status_code == 422
    assert "Choose why: the office reads it." in missing.text
    gone = client.post(
        f"{address}/withdraw", data={"version": version, "cause": "people", "reason": "She left."}
    )
    assert gone.status_code == 303
    assert one(session).state is ApplicationState.WITHDRAWN
    office = login(people.officer).get(f"/office/applications/{application.id}").text
    assert "Somebody we need has left" in office
    assert "She left." in office


def test_files_are_checked_kept_with_the_version_and_opened_by_few(people, login, make, session):
    client = login(people.member)
    address = begin(client, people)

    def attach(name, content):
        data = {"note": "The pilot", "file": (io.BytesIO(content), name)}
        return client.post(f"{address}/files", data=data, content_type="multipart/form-data")

    assert attach("pilot.csv", b"a,b\n1,2\n").status_code == 303
    assert attach("pilot.csv", b"a,b\n1,2\n").status_code == 303  # A second click.
    bad = attach("run.exe", b"MZ" + b"\0" * 200)
    assert bad.status_code == 422
    assert client.post(f"{address}/files", data={}).status_code == 422
    file = session.scalars(sa.select(ApplicationFile)).one()
    client.post(f"{address}/edit", data=fields(people.member))
    client.post(f"{address}/submit", data={"version": one(session).version})
    assert client.post(f"{address}/files/{file.id}/remove").status_code == 303

    opened = login(people.officer).get(f"{address}/files/{file.id}")
    assert (opened.status_code, opened.data) == (200, b"a,b\n1,2\n")
    assert opened.headers["Content-Disposition"].startswith("attachment")
    assert login(people.other).get(f"{address}/files/{file.id}").status_code == 404
    assert "There are changes that are not handed in" in client.get(address).text


def test_the_office_sees_compares_refuses_and_begins_the_review(people, login, make, session):
    text = {part.id: SENTENCE * 4 for part in ASKED}
    one_, two = (
        make.application(people.problem, t, parts=text) for t in (people.team, people.other_team)
    )
    session.add(
        ApplicationTwin(application_id=two.id, other_id=one_.id, likeness=0.9, parts={"risks": 1.0})
    )
    session.commit()
    officer = login(people.officer)
    listed = officer.get("/office/applications").text
    assert f'href="/office/applications/{one_.id}"' in listed
    assert "Near copy" in listed
    assert "2 applications" in officer.get("/office/applications?state=submitted&flag=copy").text
    assert (
        "0 applications" in officer.get("/office/applications?q=%F0%9F%9A%80&state=no&call=x").text
    )
    twin = session.scalars(sa.select(ApplicationTwin)).one()
    address = f"/office/applications/twins/{twin.id}"
    assert "Two applications that say nearly the same" in officer.get(address).text
    assert address in officer.get("/desk").text
    assert officer.post(address, data={"verdict": "", "note": "x"}).status_code == 422
    judged = {"verdict": "harmless", "note": "Both quote a norm.", "version": twin.version}
    assert officer.post(address, data=judged).status_code == 303
    assert officer.post(address, data=judged | {"note": "No."}).status_code == 409

    refuse = f"/office/applications/{two.id}/refuse"
    version = two.version
    assert officer.post(refuse, data={"version": version, "reason": ""}).status_code == 422
    assert officer.post(refuse, data={"version": 99, "reason": "Late."}).status_code == 409
    assert officer.post(refuse, data={"version": version, "reason": "Late."}).status_code == 303
    assert "Late." in login(people.other).get(f"/applications/{two.id}").text
    back = officer.post(
        f"/office/applications/{two.id}/take-back", data={"version": version + 1, "reason": "No."}
    )
    assert back.status_code == 303
    assert (
        login(people.administrator).post(refuse, data={"version": 1, "reason": "x"}).status_code
        == 403
    )
    session.rollback()
    people.rules.applications_close_at = utcnow() - timedelta(minutes=1)
    session.commit()
    begin_url = f"/office/calls/{people.rules.call_id}/begin-review"
    assert begin_url in officer.get("/office/applications").text
    assert officer.post(begin_url).status_code == 303
    session.rollback()
    assert {row.state for row in session.scalars(sa.select(Application))} == {
        ApplicationState.UNDER_REVIEW
    }
    for path in ("/office/applications", address, f"/office/applications/{two.id}"):
        assert login(people.member).get(path).status_code in (403, 404)
    actions = set(session.scalars(sa.select(AuditEvent.action)))
    assert {"application:judge_twin", "application:decline", "application:reverse"} <= actions


def rules_fields(**changed):
    now = utcnow()
    return {
        "applications_open_at": f"{now:%Y-%m-%dT08:00}",
        "applications_close_at": f"{now + timedelta(days=30):%Y-%m-%dT17:00}",
        "max_applications_per_team": "2",
        "max_files": "3",
        "blind": "y",
        "parts-0-id": "idea",
        "parts-0-zh": "構想",
        "parts-0-en": "The idea <b>",
        "parts-0-kind": "text",
        "parts-0-most": "500",
        "parts-0-required": "y",
        "eligibility-0-kind": "country_share",
        "eligibility-0-least": "50",
        "eligibility-0-values": "tw、jp",
        "eligibility-0-grades": "G2",
        "version": "0",
        **changed,
    }


def test_the_office_sets_the_rules_of_a_call(make, login, session):
    people = around(make)
    officer, call = login(people.officer), people.problem.call
    address = f"/office/calls/{call.id}/rules"
    page = officer.get(address)
    assert page.status_code == 200
    assert "How you understand the problem" in page.text  # What is proposed to begin with.
    assert address in officer.get("/office/calls").text

    wrong = {
        "applications_close_at": "2020-01-01T00:00",
        "max_applications_per_team": "99",
        "parts-0-id": "Idea!",
        "parts-0-en": "",
        "parts-0-most": "0",
        "eligibility-0-values": "Mars",
        "eligibility-0-least": "500",
    }
    bad = officer.post(address, data=rules_fields(**wrong))
    assert bad.status_code == 422
    said = html.unescape(bad.text)
    for words in (
        "The deadline has to come after applications open.",
        "A number from 1 to 20, please.",
        "Part 1: the short name is made of small letters, digits and “_”.",
        "Part 1: give it a name in both languages.",
        "Part 1: the limits go from 0 to 20000, the smaller one first.",
        "Rule 1: name at least one, and only such as there are.",
        "Rule 1: the numbers do not make sense.",
    ):
        assert words in said
    assert officer.post(address, data=rules_fields()).status_code == 303
    assert officer.post(address, data=rules_fields()).status_code == 303  # A second click.
    rules = session.scalars(sa.select(CallRules)).one()
    assert rules.eligibility == [
        {
            "kind": "country_share",
            "least": 50,
            "most": None,
            "values": ["TW", "JP"],
            "grades": ["G2"],
            "team_kinds": [],
        }
    ]
    assert (rules.blind, [part["id"] for part in rules.parts]) == (True, ["idea"])
    stale = officer.post(address, data=rules_fields(max_files="9"))
    assert stale.status_code == 409
    assert "Somebody else has changed these rules" in stale.text
    start = login(people.member).get(f"/problems/{people.problem.id}/apply").text
    assert "The idea &lt;b&gt;" in start
    more = officer.post(address, data=rules_fields(more="1"))
    assert "parts-3-id" in more.text
    for person in (people.member, people.administrator, people.owner):
        assert login(person).get(address).status_code == 403


def test_a_running_call_keeps_its_promise_and_tells_teams_of_changes(
    people, make, login, session, ctx
):
    from dataclasses import replace

    from matchmaker.errors import InvalidInput
    from matchmaker.models import OutboxMessage
    from matchmaker.services import call_rules as service

    make.application(people.problem, people.team, ApplicationState.DRAFT)
    officer, rules = ctx(people.officer), people.rules
    values = service.values_of(rules)
    sooner = replace(values, applications_close_at=values.applications_close_at - timedelta(days=1))
    with pytest.raises(InvalidInput) as refused:
        service.set_rules(officer, rules.call_id, sooner, version=rules.version)
    assert [m.text for m in refused.value.fields["applications_close_at"]] == [
        "Teams are writing already: the deadline can be put off, not brought forward."
    ]
    later = replace(values, applications_close_at=values.applications_close_at + timedelta(days=1))
    service.set_rules(officer, rules.call_id, later, version=rules.version)
    told = session.execute(sa.select(OutboxMessage.kind, OutboxMessage.recipient)).all()
    assert told == [("application.rules_changed", people.member.email)]
    make.application(people.problem, people.other_team, ApplicationState.UNDER_REVIEW)
    with pytest.raises(InvalidInput):
        service.set_rules(officer, rules.call_id, values, version=rules.version)
