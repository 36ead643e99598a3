"""Evidence over HTTP: rate oneself, show something, ask somebody, look at it for the programme."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.competency import load_taxonomy
from matchmaker.competency.evidence import Result
from matchmaker.models import AuditEvent, Evidence, LevelEstimate, OutboxMessage, Role
from matchmaker.queries.level_piece import today
from matchmaker.services.evidence_record import MilestoneResult, record_result
from matchmaker.workflows.evidence import EvidenceState
from tests import bad_files

WORK = {
    "kind": "artefact",
    "title": "Scratch detection for a screw maker",
    "obtained_on": "2026-06-01",
    "role": "I labelled the pictures and trained the model.",
    "url": "https://code.example/scratch",
    "competency_1": "PER-CV",
    "level_1": "3",
}
REASON = "Clean code with tests, run on real pictures; methods were compared."
FOUNDATIONS = [item.id for item in load_taxonomy().competencies_of("FND")]


def show(client, file=None, **fields):
    data = {**WORK, **fields}
    if file is not None:
        data["file"] = (io.BytesIO(file[1]), file[0])
    return client.post("/me/evidence/new", data=data)


def decide(client, row, action="check", level="3", reason=REASON, **fields):
    data = {"action": action, "level": level, "reason": reason, "version": row.version, **fields}
    return client.post(f"/office/evidence/{row.id}/decide", data=data)


def rows(session):
    session.rollback()  # What requests have committed since is seen by a new transaction only.
    session.expire_all()
    return session.scalars(sa.select(Evidence).order_by(Evidence.id)).all()


def main_of(answer):
    return answer.text.split("<main", 1)[1]


@pytest.fixture
def handed_in(make, login, session):
    """A work that waits for a look."""
    person = make.user(name="Lin Yi-Jun")
    assert show(login(person), hand_in="y").status_code == 303
    return rows(session)[0]


@pytest.mark.parametrize(
    ("locale", "anchor", "saved"),
    [
        ("en", "I have delivered it on real, imperfect data", "Saved: Foundations"),
        ("zh_Hant_TW", "我曾在真實、不完美的資料上獨立完成", "已儲存："),
    ],
)
def test_a_person_rates_themselves_page_by_page(make, login, session, locale, anchor, saved):
    client = login(make.user(), locale)
    assert "0 / 6" in client.get("/me/levels").text
    assert anchor in client.get("/me/levels/FND").text

    done = client.post("/me/levels/FND", data=dict.fromkeys(FOUNDATIONS, "2") | {"seen": "0"})

    assert (done.status_code, done.location) == (303, "/me/levels/DAT")
    assert saved in client.get(done.location).text
    assert "6 / 6" in client.get("/me/levels").text
    assert {row.competency: row.level for row in rows(session)} == dict.fromkeys(FOUNDATIONS, 2)
    assert session.scalar(sa.select(sa.func.count(LevelEstimate.id))) == 6


def test_two_tabs_do_not_overwrite_each_other(make, login, session):
    client = login(make.user())
    client.post("/me/levels/FND", data={"FND-ML": "2", "seen": "0"})

    again = client.post("/me/levels/FND", data={"FND-ML": "2", "seen": "0"})
    late = client.post("/me/levels/FND", data={"FND-ML": "4", "seen": "0"})

    assert again.status_code == 303  # A second click.
    assert late.status_code == 409
    assert "Saved meanwhile, in another window" in late.text
    assert 'checked id="FND-ML-4"' in late.text.replace("\n", " ")
    newest = rows(session)[-1].id
    forward = client.post("/me/levels/FND", data={"FND-ML": "4", "seen": str(newest)})
    assert forward.status_code == 303
    found = [row for row in rows(session) if row.competency == "FND-ML"]
    assert [(row.level, row.state) for row in found] == [
        (2, EvidenceState.WITHDRAWN),
        (4, EvidenceState.CLAIMED),
    ]


def test_what_ones_team_claims_is_said_beside_the_question(make, login):
    person = make.user()
    make.team(person, competencies=[("FND-DL", 3)])
    page = login(person).get("/me/levels/FND").text
    assert page.count("Your team’s profile says: L3 Independent") == 1


def test_industries_one_does_not_know_are_not_written_down(make, login, session):
    client = login(make.user())
    data = dict.fromkeys(load_taxonomy().sectors, "0") | {"IND-AGR": "2", "seen": "0"}
    assert client.post("/me/levels/IND", data=data).location == "/me/levels"
    assert [(row.competency, row.level) for row in rows(session)] == [("IND-AGR", 2)]
    assert client.get("/me/levels/XYZ").status_code == 404
    bad = client.post("/me/levels/FND", data={"FND-ML": "9", "seen": "x"})
    assert bad.status_code == 422


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_a_work_is_shown_looked_at_and_its_person_reads_why(make, login, session, locale):
    person, mentor = make.user(name="Lin Yi-Jun", locale=locale), make.user(Role.MENTOR)
    mine = login(person, locale)

    done = show(mine, ("scratches.pdf", bad_files.pdf()), hand_in="y")
    row = rows(session)[0]

    assert done.location == f"/me/evidence/{row.id}"
    assert row.state is EvidenceState.ASKED
    page = mine.get(done.location).text
    assert ("estimated level in Computer vision" if locale == "en" else "電腦視覺") in page
    office = login(mentor, locale)
    queue = main_of(office.get("/office/evidence"))
    assert WORK["title"] in queue
    assert "Lin Yi-Jun" in queue
    assert decide(office, row).location == "/office/evidence"
    page = main_of(mine.get(done.location))
    assert REASON in page
    assert "scratches.pdf" in page
    assert ("Checked" if locale == "en" else "已查核") in page
    session.rollback()
    letter = session.scalars(sa.select(OutboxMessage)).one()
    assert letter.recipient == person.email
    assert REASON in letter.body
    known = session.scalars(sa.select(LevelEstimate)).one()
    assert (known.competency, known.is_unknown) == ("PER-CV", False)
    decided = main_of(office.get("/office/evidence/decided"))
    assert WORK["title"] in decided
    actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[-3:] == ["evidence:add", "evidence:ask", "evidence:check"]


BAD_WORKS = [
    ({"title": ""}, "Give it a title."),
    ({"title": "x" * 1_000_000}, "Please use at most 200 characters."),
    ({"url": "javascript:alert(1)"}, "Give the whole address, beginning with https://."),
    ({"url": "https://"}, "Give the whole address, beginning with https://."),
    ({"url": "", "role": "Short"}, "describe what you did in at least 40 characters"),
    ({"url": "", "kind": "certificate"}, "Attach the certificate, or give the address"),
    ({"obtained_on": ""}, "Say when: the day, or the last day of the work."),
    ({"obtained_on": "2999-01-01"}, "This day is in the future."),
    ({"obtained_on": "1900-01-01"}, "Give a day from 1950 on."),
    ({"obtained_on": "yesterday"}, "Not a valid date value."),
    ({"competency_1": "", "level_1": ""}, "Choose one to 3 competencies it shows."),
    ({"level_1": ""}, "Choose the level it shows."),
    ({"competency_1": "<script>"}, "Not a valid choice."),
    ({"kind": "milestone"}, "Not a valid choice."),
]


def test_bad_works_are_refused_and_what_was_typed_stays(make, login, session):
    client = login(make.user())
    for fields, message in BAD_WORKS:
        answer = show(client, **fields)
        assert (fields, answer.status_code) == (fields, 422)
        assert message in answer.text, fields
    assert "I labelled the pictures" in answer.text
    assert rows(session) == []


def test_odd_signs_are_kept_as_text_and_never_as_markup(make, login, session):
    client = login(make.user())
    odd = "🔬 <script>alert(1)</script> \u202eabc\x00 مرحبا"
    page = client.get(show(client, title=odd).location).text
    assert "<script>alert" not in page
    assert rows(session)[0].title == "🔬 <script>alert(1)</script> abc مرحبا"
    assert len(rows(session)) == 1


def test_a_second_click_adds_nothing_and_tomorrow_is_forgiven(make, login, session):
    client = login(make.user())
    tomorrow = (today() + timedelta(days=1)).isoformat()
    first, second = show(client, obtained_on=tomorrow), show(client, obtained_on=tomorrow)
    assert first.location == second.location
    assert len(rows(session)) == 1


def test_a_certificate_that_is_something_else_is_refused(make, login, session):
    client = login(make.user())
    program = ("certificate.pdf", b"MZ" + bytes(200))
    table = ("certificate.csv", b"name,level\nLin,3\n")
    for file, message in (
        (program, "is a program, a script or a web page"),
        (table, "certificate.csv is no certificate"),
        (("certificate.png", b"hello"), "is not what its name says"),
        (("certificate.pdf", b""), "is empty"),
    ):
        answer = show(client, file, kind="certificate", url="")
        assert answer.status_code == 422
        assert message in answer.text
        assert WORK["title"] in answer.text
    assert rows(session) == []


def test_who_opens_the_file(make, login, session):
    person, other = make.user(), make.user()
    file = ("pictures.csv", b"name,scratches\na,1\n")
    assert show(login(person), file, hand_in="y").status_code == 303
    row = rows(session)[0]
    found = {
        name: login(reader).get(f"/evidence/{row.id}/file").status_code
        for name, reader in (
            ("owner", person),
            ("mentor", make.user(Role.MENTOR)),
            ("officer", make.officer()),
            ("other", other),
            ("enterprise", make.user(kind="enterprise")),
            ("reviewer", make.user(Role.REVIEWER)),
        )
    }
    assert found == {
        "owner": 200,
        "mentor": 200,
        "officer": 200,
        "other": 404,
        "enterprise": 404,
        "reviewer": 404,
    }
    answer = login(person).get(f"/evidence/{row.id}/file")
    assert answer.data == file[1]
    assert "attachment" in answer.headers["Content-Disposition"]
    login(person).post(f"/me/evidence/{row.id}/withdraw", data={"version": row.version})
    assert login(person).get(f"/evidence/{row.id}/file").status_code == 404


def test_nobody_else_reads_a_piece(make, login, handed_in):
    for reader in (make.user(), make.officer()):
        assert login(reader).get(f"/me/evidence/{handed_in.id}").status_code == 404
    for reader, status in ((make.user(), 403), (make.user(Role.REVIEWER), 403)):
        assert login(reader).get("/office/evidence").status_code == status
        assert login(reader).get(f"/office/evidence/{handed_in.id}").status_code == 404


def test_a_stale_decision_keeps_what_was_written(make, login, session, handed_in):
    one, two = login(make.user(Role.MENTOR)), login(make.officer())
    assert decide(one, handed_in).status_code == 303
    assert decide(one, handed_in).status_code == 303  # A second click.

    late = decide(two, handed_in, "reject", reason="This is somebody else's repository.")

    assert late.status_code == 409
    assert "Changed meanwhile" in late.text
    assert "somebody else" in late.text
    assert rows(session)[0].state is EvidenceState.CHECKED


BAD_DECISIONS = [
    ({"action": ""}, "Choose what you decide."),
    ({"action": "withdraw"}, "Choose what you decide."),
    ({"level": ""}, "Choose the level the piece shows."),
    ({"level": "0"}, "Choose the level the piece shows."),
    ({"reason": "Fine."}, "Give the reason in at least 20 characters"),
    ({"reason": "x" * 1_000_000}, "Please use at most 600 characters."),
]


def test_bad_decisions_are_refused(make, login, session, handed_in):
    client = login(make.officer())
    for fields, message in BAD_DECISIONS:
        answer = decide(client, handed_in, **fields)
        assert (fields, answer.status_code) == (fields, 422)
        assert message in answer.text
    assert rows(session)[0].state is EvidenceState.ASKED


def test_a_piece_is_taken_by_one_and_decided_before_the_next(make, login, session, handed_in):
    other = make.user()
    assert show(login(other), hand_in="y", title="A second work").status_code == 303
    first, second = rows(session)
    one, two = login(make.user(Role.MENTOR, name="Mentor One")), login(make.officer())
    assert one.post(f"/office/evidence/{first.id}/take").status_code == 303
    first = rows(session)[0]

    refused = decide(two, first)
    page = two.get(f"/office/evidence/{first.id}").text

    assert refused.status_code == 409
    assert "Mentor One is looking at this piece right now" in page
    assert 'id="decision-form"' not in page
    assert f"/office/evidence/{second.id}" in main_of(two.get("/office/evidence"))
    assert decide(one, first).location == f"/office/evidence/{second.id}"
    assert one.post(f"/office/evidence/{first.id}/take").status_code == 409
    one.post(f"/office/evidence/{second.id}/take")
    assert one.post(f"/office/evidence/{second.id}/release").status_code == 303
    assert decide(two, rows(session)[1], "reject", "").status_code == 303


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_a_colleague_is_asked_and_answers(make, login, session, locale):
    person, colleague = make.user(name="Lin Yi-Jun"), make.user(locale=locale)
    make.team(person, colleague)
    mine, theirs = login(person), login(colleague, locale)
    asked = mine.post(
        "/me/evidence/ask",
        data={
            "person": f"peer:{colleague.id}",
            "competencies": ["PER-CV", "FND-ML"],
            "note": "Last winter",
        },
    )
    assert asked.status_code == 303
    one, two = rows(session)
    desk = theirs.get("/desk").text
    assert ("Lin Yi-Jun asks for your view" if locale == "en" else "Lin Yi-Jun") in desk
    assert "Last winter" in theirs.get(f"/me/asked/{person.id}").text

    short = theirs.post(f"/me/asked/{person.id}", data={f"level-{one.id}": "3"})
    empty = theirs.post(f"/me/asked/{person.id}", data={})
    done = theirs.post(
        f"/me/asked/{person.id}",
        data={
            f"level-{one.id}": "3",
            f"reason-{one.id}": "Built the camera rig alone.",
            f"level-{two.id}": "none",
        },
    )

    assert (short.status_code, empty.status_code, done.status_code) == (422, 422, 303)
    assert theirs.get(f"/me/asked/{person.id}").status_code == 404
    one, two = rows(session)
    assert (one.level, one.state) == (3, EvidenceState.CHECKED)
    assert (two.level, two.state) == (None, EvidenceState.REJECTED)
    page = main_of(mine.get("/me/evidence"))
    assert "Has answered" in page
    assert "Could not say" in page
    assert mine.post(f"/me/evidence/{one.id}/withdraw").status_code == 403


def test_asking_goes_wrong_in_words(make, login, session):
    person, stranger = make.user(), make.user()
    client = login(person)
    assert "Nobody to ask yet" in client.get("/me/evidence/ask").text
    mentor = make.user(Role.MENTOR)
    for data, status, message in (
        ({"person": "", "competencies": ["PER-CV"]}, 422, "Choose whom you ask."),
        ({"person": f"mentor:{mentor.id}"}, 422, "Choose one to 5 competencies"),
        (
            {"person": f"mentor:{mentor.id}", "competencies": FOUNDATIONS},
            422,
            "Choose one to 5 competencies",
        ),
        ({"person": f"mentor:{mentor.id}", "competencies": ["X"]}, 422, "no competency called X"),
        ({"person": f"peer:{stranger.id}", "competencies": ["PER-CV"]}, 404, ""),
        ({"person": f"mentor:{stranger.id}", "competencies": ["PER-CV"]}, 404, ""),
    ):
        answer = client.post("/me/evidence/ask", data=data)
        assert (data, answer.status_code) == (data, status)
        assert message in answer.text
    assert rows(session) == []


def test_contradicting_evidence_is_said_on_the_page(make, login, session):
    client = login(make.user())
    client.post("/me/levels/PER", data={"PER-CV": "5", "seen": "0"})
    show(client, level_1="2")
    page = main_of(client.get("/me/evidence"))
    assert "Your evidence contradicts itself: Computer vision" in page
    assert "Piece of work says level 2, Own rating says level 5." in page


def test_results_in_problems_are_listed(make, login, session, ctx):
    person = make.user()
    found = MilestoneResult(
        milestone="engagement:1:1", stage="PoC", needed=3, result=Result.PASSED, share="main"
    )
    record_result(ctx(None), person.id, "PER-CV", found, obtained_on=today(), title="Scratches")
    session.commit()
    client = login(person)
    assert "Results in problems" in main_of(client.get("/me/evidence"))
    row = rows(session)[0]
    page = main_of(client.get(f"/me/evidence/{row.id}"))
    assert "L3 Independent" in page
    assert "higher than without it" in page
    refused = client.post(f"/me/evidence/{row.id}/withdraw", data={"version": row.version})
    assert refused.status_code == 403
    assert "A result in a problem stays on record." in refused.text


def test_a_text_in_a_third_language_is_told_to_the_reviewer(make, login, session):
    show(login(make.user()), hand_in="y", title="傷の検出", role="画像から傷を見つけました。")
    page = login(make.officer()).get(f"/office/evidence/{rows(session)[0].id}").text
    assert "seems to be neither Chinese nor English" in page


def test_a_course_without_an_assessment_shows_no_level(make, login, session):
    client = login(make.user())
    done = show(client, kind="course", hand_in="y")
    row = rows(session)[0]
    assert (row.relevance, row.state) == (0.0, EvidenceState.CLAIMED)
    assert "kept in your record, but shows no level" in client.get(done.location).text
    refused = client.post(f"/me/evidence/{row.id}/hand-in", data={"version": row.version})
    assert refused.status_code == 403
    assert show(client, kind="course", is_assessed="y", hand_in="y").status_code == 303
    assert rows(session)[1].state is EvidenceState.ASKED
