"""A data room over HTTP: who enters, what acceptance opens, what happens when terms change."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import (
    Attachment,
    AttachmentDownload,
    AuditEvent,
    DataAcceptance,
    DataTerms,
    OutboxMessage,
)
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.problem import ProblemState
from tests.desk import CSV, PEOPLE, TERMS, around, attach, recommend, write_terms


@pytest.fixture
def room(make, ctx):
    """A published problem with one file in its data room and terms in force."""
    people = around(make)
    people.file = attach(ctx(), people.problem)
    write_terms(ctx(), people.problem)
    return people


def address(people, tail=""):
    return f"/problems/{people.problem.id}/data-room{tail}"


def open_file(client, people):
    return client.post(address(people, f"/files/{people.file.id}"))


def accept(client, people, number=1):
    return client.post(address(people, "/accept"), data={"number": number, "agreed": "y"})


def statuses(people, app, login, act):
    """What *act* gets for everybody."""
    found = {}
    for name in PEOPLE:
        person = people.person(name)
        found[name] = act(login(person) if person else app.test_client()).status_code
    return found


KEEPERS = {"owner": 200, "colleague": 200, "officer": 200, "administrator": 200}
DENIED = dict.fromkeys(("stranger", "reviewer", "other", "member"), 403)


def test_who_opens_a_file_without_having_accepted(room, app, login):
    found = statuses(room, app, login, lambda client: open_file(client, room))

    assert found == {"visitor": 401, **DENIED, **KEEPERS}


def test_who_sees_what_of_the_room(room, app, login):
    shown, hidden = [], []
    for name in PEOPLE[1:]:
        page = login(room.person(name)).get(address(room))
        assert page.status_code == (200 if name in ("member", *KEEPERS) else 403)
        (shown if "sample.csv" in page.text else hidden).append(name)
        assert ("Who has accepted" in page.text) == (name in KEEPERS)
        assert ("The data room opens to teams that" in page.text) == (name in hidden)

    assert hidden == ["stranger", "reviewer", "other"]
    assert app.test_client().get(address(room)).status_code == 302


def test_who_accepts(room, app, login):
    found = statuses(room, app, login, lambda client: accept(client, room))

    refused = dict.fromkeys(("stranger", "reviewer", "other"), 403)
    allowed = dict.fromkeys(("member", *KEEPERS), 303)
    assert found == {"visitor": 401, **refused, **allowed}


def test_who_writes_terms_admits_and_reads_the_log(room, app, login):
    edit = statuses(room, app, login, lambda c: c.get(address(room, "/terms")))
    log = statuses(room, app, login, lambda c: c.get(address(room, "/log.csv")))
    new = {"name": "Lin", "email": "lin@else.example"}
    admit = statuses(room, app, login, lambda c: c.post(address(room, "/admissions"), data=new))

    assert edit == {"visitor": 302, **DENIED, **KEEPERS, "administrator": 403}
    assert log == {"visitor": 302, **DENIED, **KEEPERS}
    owners = {"owner": 303, "colleague": 303, "officer": 403, "administrator": 403}
    assert admit == {"visitor": 401, **DENIED, **owners}


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_a_member_accepts_and_opens_the_file(room, login, session, locale):
    client = login(room.member, locale)
    shown = client.get(address(room)).text
    text = TERMS["text_en"] if locale == "en" else TERMS["text_zh"]
    assert text in shown
    assert room.member.name in shown

    accepted = accept(client, room)
    opened = open_file(client, room)

    assert accepted.status_code == 303
    assert opened.data == CSV
    assert opened.headers["Content-Disposition"] == "attachment; filename=sample.csv"
    assert opened.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    word = session.scalars(sa.select(DataAcceptance)).one()
    assert (word.name, word.team_id, word.locale) == (room.member.name, room.team.id, locale)
    assert word.content_sha256 == session.scalars(sa.select(DataTerms.sha256)).one()
    assert word.expires_at - word.accepted_at == timedelta(days=180)
    line = session.scalars(sa.select(AttachmentDownload)).one()
    assert (line.user_id, line.acceptance_id, line.terms_number) == (room.member.id, word.id, 1)
    assert line.sha256 == hashlib.sha256(CSV).hexdigest()


def test_without_a_tick_nothing_is_accepted(room, login, session):
    answer = login(room.member).post(address(room, "/accept"), data={"number": 1})

    assert answer.status_code == 422
    assert "Tick the box if you accept" in answer.text
    assert session.scalars(sa.select(DataAcceptance)).all() == []


def test_second_click_is_one_acceptance(room, login, session):
    client = login(room.member)
    accept(client, room)
    accept(client, room)

    assert len(session.scalars(sa.select(DataAcceptance)).all()) == 1


def test_running_download_finishes_and_the_next_asks_again(room, login, ctx):
    client = login(room.member)
    accept(client, room)

    running = client.post(address(room, f"/files/{room.file.id}"), buffered=False)
    chunks = running.iter_encoded()
    write_terms(ctx(), room.problem, 1, text_en=TERMS["text_en"] + " Within 14 days.")
    finished = b"".join(chunks)
    running.close()
    again = open_file(client, room)

    assert finished == CSV
    assert again.status_code == 403
    assert "Read and accept the terms of the data room first" in again.text
    assert "Within 14 days." in again.text
    assert accept(client, room, 2).status_code == 303
    assert open_file(client, room).data == CSV


def test_terms_that_changed_while_somebody_read_are_shown_anew(room, login, ctx, session):
    write_terms(ctx(), room.problem, 1, text_en=TERMS["text_en"] + " Within 14 days.")

    answer = accept(login(room.member), room, 1)

    assert answer.status_code == 409
    assert "The terms changed while you were reading." in answer.text
    assert "Within 14 days." in answer.text
    assert session.scalars(sa.select(DataAcceptance)).all() == []


def test_two_people_change_the_terms(room, login, session):
    values = {**TERMS, "number": 1, "valid_days": 90, "note": "Shorter."}
    first = login(room.owner).post(address(room, "/terms"), data=values)
    second = login(room.colleague).post(
        address(room, "/terms"), data={**values, "valid_days": 30, "text_en": "Mine. " * 20}
    )

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Somebody else has put a new version in force" in second.text
    assert "Mine. Mine." in second.text
    assert 'name="number" type="hidden" value="2"' in second.text
    assert session.scalars(sa.select(DataTerms.number)).all() == [1, 2]


BAD = [
    ({"text_zh": ""}, "Write the terms in this language too"),
    ({"text_en": "short"}, "Write the terms in this language too"),
    ({"text_en": "x" * 1_000_000}, "Please use at most 20000 characters."),
    ({"valid_days": "0"}, "Choose a number of days from 1 to 3650."),
    ({"valid_days": "x"}, "Please enter a whole number."),
    ({"note": ""}, "Say what changed"),
]


def test_bad_terms_are_refused_beside_the_field(room, login, session):
    values = {
        **TERMS,
        "text_en": TERMS["text_en"] + "!",
        "number": 1,
        "valid_days": 90,
        "note": "x",
    }
    client = login(room.owner)
    for change, words in BAD:
        answer = client.post(address(room, "/terms"), data={**values, **change})
        assert answer.status_code == 422
        assert words in answer.text

    assert session.scalars(sa.select(DataTerms.number)).all() == [1]


def test_odd_words_are_kept_and_shown_as_words(room, login):
    odd = "😀 不得外流 \u202eRTL شروط <script>x</script> " * 9
    values = {**TERMS, "text_zh": odd, "number": 1, "valid_days": 90, "note": "新"}
    done = login(room.owner).post(address(room, "/terms"), data=values)
    page = login(room.member, "zh_Hant_TW").get(address(room)).text

    assert done.status_code == 303
    assert "😀 不得外流" in page
    assert "<script>x" not in page
    assert "\u202e" not in page


def test_whoever_accepted_is_told_of_new_terms(room, login, ctx, session):
    accept(login(room.member), room)
    write_terms(ctx(), room.problem, 1, valid_days=10, note="Ten days only.")

    letters = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.kind == "data_terms.changed")
    )

    assert [(item.user_id, "Ten days only." in item.body) for item in letters] == [
        (room.member.id, True)
    ]


@pytest.mark.parametrize("name", ["member", "owner", "officer"])
def test_ending_an_acceptance_closes_the_room(room, login, session, name):
    accept(login(room.member), room)
    word = session.scalars(sa.select(DataAcceptance)).one()
    person = login(room.person(name))

    silent = person.post(f"/data-room/acceptances/{word.id}/revoke", data={"reason": ""})
    spoken = person.post(f"/data-room/acceptances/{word.id}/revoke", data={"reason": "Left"})
    again = open_file(login(room.member), room)

    assert (silent.status_code, spoken.status_code) == (303 if name == "member" else 422, 303)
    assert again.status_code == 403
    session.rollback()
    assert (word.revoked_at is not None, word.revoker_id) == (True, room.person(name).id)
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event.action == "data_terms:revoke"


def test_others_neither_see_nor_end_an_acceptance(room, app, login, session):
    accept(login(room.member), room)
    word = session.scalars(sa.select(DataAcceptance)).one()
    page = f"/data-room/acceptances/{word.id}"

    seen = statuses(room, app, login, lambda c: c.get(page))
    ended = {
        name: login(room.person(name)).post(page + "/revoke", data={"reason": "x"}).status_code
        for name in ("stranger", "reviewer", "other", "administrator")
    }

    unknown = {"stranger": 404, "reviewer": 404, "other": 404}
    assert seen == {"visitor": 302, **unknown, "member": 200, **KEEPERS}
    assert ended == {**unknown, "administrator": 403}


def test_proof_can_be_checked_by_anybody(room, login, session):
    client = login(room.member)
    accept(client, room)
    number = session.scalars(sa.select(DataAcceptance.id)).one()

    proof = client.get(f"/data-room/acceptances/{number}.json").json
    page = client.get(f"/data-room/acceptances/{number}").text

    said = proof.pop("sha256")
    written = json.dumps(proof, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(written.encode()).hexdigest() == said
    assert proof["person"] == {"account": room.member.id, "name": room.member.name}
    assert proof["terms"]["text_en"] == TERMS["text_en"]
    assert proof["accepted_sha256"] == proof["terms"]["sha256"]
    assert said in page
    assert TERMS["text_en"] in page


def test_acceptance_lapses(room, login, session):
    client = login(room.member)
    accept(client, room)
    word = session.scalars(sa.select(DataAcceptance)).one()
    word.accepted_at, word.expires_at = utcnow() - timedelta(days=9), utcnow() - timedelta(days=1)
    session.commit()

    assert open_file(client, room).status_code == 403
    assert accept(client, room).status_code == 303
    assert open_file(client, room).data == CSV


def test_admitted_person_may_accept(room, login, session):
    owner, stranger = login(room.owner), login(room.stranger)
    new = {"name": "林專家", "email": room.stranger.email.upper()}
    assert open_file(stranger, room).status_code == 403

    owner.post(address(room, "/admissions"), data=new)
    letters = session.scalars(sa.select(OutboxMessage.recipient)).all()
    accept(stranger, room)
    opened = open_file(stranger, room)
    admission = owner.get(address(room)).text.split("/admissions/")[1].split("/")[0]
    owner.post(address(room, f"/admissions/{admission}/withdraw"))
    after = open_file(stranger, room)

    assert room.stranger.email in letters
    assert opened.data == CSV
    assert after.status_code == 403


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ({"name": "", "email": "a@b.example"}, "Write the person&#39;s name."),
        ({"name": "Lin", "email": "nothing"}, "e-mail address"),
    ],
)
def test_bad_admissions(room, login, new, words):
    answer = login(room.owner).post(address(room, "/admissions"), data=new)

    assert answer.status_code == 422
    assert words in answer.text


ENTITLED = {
    (MatchState.INVITED, MatchRunState.PUBLISHED),
    (MatchState.ACCEPTED, MatchRunState.PUBLISHED),
    (MatchState.ACCEPTED, MatchRunState.SUPERSEDED),
}


def test_which_matches_let_a_team_in(make, login, ctx):
    let_in = set()
    people = around(make)
    people.file = attach(ctx(), people.problem)
    write_terms(ctx(), people.problem)
    for run_state in (MatchRunState.DONE, MatchRunState.PUBLISHED, MatchRunState.SUPERSEDED):
        for state in MatchState:
            user = make.user()
            recommend(make, people.officer, people.problem, make.team(user), state, run_state)
            if accept(login(user), people).status_code == 303:
                let_in.add((state, run_state))

    assert let_in == ENTITLED


def test_in_which_states_a_room_is_open(make, login):
    people, found = around(make), {}
    client = login(people.member)
    for state in ProblemState:
        people.problem = make.problem(state, organization=people.organization)
        recommend(make, people.officer, people.problem, people.team)
        found[state] = accept(client, people).status_code

    # 409: there are no terms yet, so the room itself was open.
    is_open = (ProblemState.PUBLISHED, ProblemState.SOLVING, ProblemState.EVALUATING)
    unknown = dict.fromkeys(ProblemState, 404)
    assert found == {**unknown, **dict.fromkeys(is_open, 409), ProblemState.CLOSED: 403}


def test_removed_file_no_longer_opens(room, login, session):
    client = login(room.member)
    accept(client, room)
    login(room.owner).post(
        f"/problems/{room.problem.id}/files/{room.file.id}/remove", data={"reason": "Wrong file"}
    )

    assert open_file(client, room).status_code == 404
    assert session.get_one(Attachment, room.file.id).name == "sample.csv"


def test_log_is_a_table_for_owner_and_office(room, login):
    member = login(room.member)
    accept(member, room)
    open_file(member, room)
    open_file(login(room.officer), room)

    table = login(room.owner).get(address(room, "/log.csv")).text.splitlines()
    page = login(room.officer).get(address(room)).text

    assert table[0].startswith("\ufeffWhen (UTC),Name,Account,File,SHA-256 of the file")
    assert f",{room.officer.name},{room.officer.id},sample.csv," in table[1]
    assert table[2].endswith(",1,1")
    assert page.count("sample.csv") >= 3


def test_erased_account_keeps_its_word_and_loses_its_letters(room, login, session):
    accept(login(room.member), room)
    room.member.erase(utcnow())
    session.commit()

    word = session.scalars(sa.select(DataAcceptance)).one()
    page = login(room.owner).get(address(room)).text

    assert word.name
    assert word.name in page
    assert open_file(login(room.member), room).status_code in (302, 401)
