"""Taking checks over HTTP, and the office's questions: journeys, second tabs, bad input."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.competency.quiz import TRIAL_ANSWERS
from matchmaker.models import AuditEvent, QuizAnswer, QuizCheck, QuizItem, Role
from matchmaker.services import quiz_item
from matchmaker.workflows.quiz_check import QuizCheckState
from matchmaker.workflows.quiz_item import QuizItemState

BEGIN = "/me/checks/begin?competency=FND-ML"
WORDS = {
    "competency": "FND-ML",
    "level": "2",
    "stem_zh": "哪個好？",
    "stem_en": "Which is best?",
    "rationale_zh": "因為。",
    "rationale_en": "Because.",
    "key": "2",
    **{f"option_{n}_zh": f"選項{n}" for n in (1, 2, 3)},
    **{f"option_{n}_en": f"Option {n}" for n in (1, 2, 3)},
}


def begun(client):
    """Begin a check; the address of its first question."""
    done = client.post(BEGIN)
    assert done.status_code == 303
    return done.headers["Location"]


def place(page):
    return re.search(r'name="place"[^>]*value="(\d+)"', page)[1]


def item(session, code="QZ-FND-ML-1-01"):
    session.rollback()
    return session.scalars(sa.select(QuizItem).filter_by(code=code)).one()


@pytest.fixture
def office(make, login):
    """Two officers signed in."""
    return login(make.officer()), login(make.officer())


def drafted(client, **words):
    done = client.post("/office/quiz/new", data={**WORDS, **words})
    assert done.status_code == 303, done.text
    return done.headers["Location"]


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        ("en", ("Machine learning", "Begin", "Question 1", "What it said", "Right answers")),
        ("zh_Hant_TW", ("機器學習", "開始", "第 1 題", "小測結果", "答對題數")),
    ],
)
def test_somebody_takes_a_check(make, login, session, locale, texts):
    client = login(make.user(), locale)
    assert texts[0] in client.get("/me/checks").text
    assert texts[1] in client.get(BEGIN).text
    address = begun(client)
    page = client.get(address).text
    assert texts[2] in page

    for _ in range(10):
        found = place(page)
        page = client.post(
            address, data={"place": found, "chosen": "0"}, follow_redirects=True
        ).text
        if "answer-form" not in page:
            break

    assert texts[3] in page
    assert texts[4] in page
    check = session.scalars(sa.select(QuizCheck)).one()
    assert check.state is QuizCheckState.DONE
    assert {row.language for row in check.answers} == {"en" if locale == "en" else "zh"}
    for row in check.answers:
        assert row.item.rationale("en" if locale == "en" else "zh") not in page
    actions = session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["quiz:start", "quiz:finish"]
    again = client.post(BEGIN)
    assert again.status_code == 429
    said = {"en": "You can take it again from 20", "zh_Hant_TW": "您不久前才做過這份小測，20"}
    assert said[locale] in again.text


def test_two_tabs_and_a_second_click(make, login, session):
    client = login(make.user())
    address = begun(client)
    assert begun(client) == address
    desk = client.get("/desk").text
    assert "Check: Machine learning" in desk
    assert f'href="{address}"' in desk
    client.post(address, data={"place": "1", "chosen": "1"})

    page = client.post(address, data={"place": "1", "chosen": "2"}, follow_redirects=True).text

    assert "answered already; the first answer stands" in page
    first = session.scalars(sa.select(QuizAnswer).order_by(QuizAnswer.place)).first()
    assert first.chosen == first.order[1]
    assert session.scalar(sa.select(sa.func.count()).select_from(QuizAnswer)) == 2


NO_ANSWERS = [{}, {"chosen": "7"}, {"chosen": "👩‍🔬"}, {"chosen": "x" * 100_000}]


def test_an_answer_that_is_none_is_refused_beside_the_question(make, login, session):
    client = login(make.user())
    address = begun(client)
    stem = session.scalars(sa.select(QuizAnswer)).one().item.stem_en

    for data in NO_ANSWERS:
        answer = client.post(address, data={"place": "1", **data})
        assert answer.status_code == 422
        assert "Choose one of the answers." in answer.text
        assert stem in html.unescape(answer.text)
    for odd in ("", "0", "99", "<script>", "\x00"):
        assert client.post(address, data={"place": odd, "chosen": "0"}).status_code == 404


def test_a_check_whose_day_is_over_says_so(make, login, session):
    client = login(make.user())
    address = begun(client)
    check = session.scalars(sa.select(QuizCheck)).one()
    check.ends_at = utcnow() - timedelta(minutes=1)
    session.commit()

    assert "The 24 hours are over" in client.get(address).text
    page = client.post(address, data={"place": "1", "chosen": "0"}, follow_redirects=True).text
    assert "What you had answered counts." in page
    assert "Stopped midway" in page


def test_checks_are_ones_own(make, login, app):
    address = begun(login(make.user()))

    assert login(make.user()).get(address).status_code == 404
    assert login(make.officer()).get(address).status_code == 404
    assert login(make.officer()).get("/me/checks").status_code == 403
    assert app.test_client().get(address).status_code in (302, 401)
    assert login(make.user()).get("/me/checks/begin?competency=%00").status_code == 404
    assert login(make.user()).get("/me/checks/begin").status_code == 404
    for path in ("/office/quiz", "/office/quiz/new", "/office/figures/quiz"):
        for person in (make.user(), make.user(Role.MENTOR), make.user(Role.ASSOCIATION)):
            assert login(person).get(path).status_code == 403


def test_a_question_from_draft_to_use_by_two_officers(office, make, session):
    first, second = office
    address = drafted(first)
    row = item(session, "QZ-FND-ML-2-02")

    def post(client, action, **data):
        session.rollback()
        session.refresh(row)
        return client.post(f"{address}/{action}", data={"version": row.version, **data})

    assert post(first, "propose").status_code == 303
    assert "wait for a second officer" in second.get("/desk").text
    assert "wait for a second officer" not in first.get("/desk").text
    assert post(first, "approve").status_code == 403
    no_reason = post(second, "return", reason=" ")
    assert no_reason.status_code == 422
    assert "Say why." in no_reason.text
    assert post(second, "return", reason="The second answer is right too.").status_code == 303
    assert "The second answer is right too." in first.get(address).text
    session.rollback()
    session.refresh(row)
    edited = {**WORDS, "version": row.version, "stem_en": "Which fits?"}
    assert first.post(f"{address}/edit", data=edited).status_code == 303
    assert post(first, "propose").status_code == 303
    assert post(second, "approve").status_code == 303
    too_few = post(second, "promote")
    assert too_few.status_code == 422
    assert f"From {TRIAL_ANSWERS} on it can count." in too_few.text
    answers(session, make, row, TRIAL_ANSWERS)
    assert post(second, "promote").status_code == 303
    assert item(session, "QZ-FND-ML-2-02").state is QuizItemState.LIVE
    assert post(first, "edit", **WORDS).status_code == 409


def answers(session, make, row, count):
    """So many people have answered *row*, the abler the righter; every second one in English."""
    for number in range(count):
        check = QuizCheck(
            user=make.user(),
            competency=row.competency,
            language="zh",
            seed="x",
            started_at=utcnow(),
            ends_at=utcnow(),
            parameters_version="2",
        )
        session.add(check)
        level = number % 5
        chosen = row.key if level > 2 else (row.key + 1) % 3
        asked = {"slope": 1.5, "difficulty": 1.75, "floor": 0.33, "ceiling": 0.97}
        given = QuizAnswer(
            item=row,
            place=1,
            order=[0, 1, 2],
            asked_at=utcnow(),
            answered_at=utcnow(),
            chosen=chosen,
            is_correct=chosen == row.key,
            level_before=float(level),
            language="en" if number % 2 else "zh",
            **asked,
        )
        check.answers.append(given)
    session.commit()


def test_a_stale_page_keeps_what_was_typed_beside_what_was_saved(office, session):
    first, second = office
    address = drafted(first)
    version = item(session, "QZ-FND-ML-2-02").version
    theirs = {**WORDS, "version": version, "stem_en": "Which is theirs?"}
    assert second.post(f"{address}/edit", data=theirs).status_code == 303

    answer = first.post(f"{address}/edit", data={**theirs, "stem_en": "Which is <mine>?"})

    assert answer.status_code == 409
    assert "Which is theirs?" in answer.text
    assert "Which is &lt;mine&gt;?" in answer.text


REFUSED = [
    ({"stem_en": ""}, "Please fill this in."),
    ({"stem_zh": "\x00 \x07"}, "Please fill this in."),
    ({"option_3_zh": "", "option_3_en": ""}, "Give three to five answers"),
    ({"option_2_zh": ""}, "Each answer is needed in both languages."),
    ({"option_2_en": "Option 1"}, "Two answers say the same."),
    ({"key": "5"}, "Say which answer is best."),
    ({"competency": "NO-SUCH"}, "Choose the competency it asks about."),
    ({"level": "5"}, "Questions are for levels 1 to 4."),
    ({"stem_en": "x" * 1_000_000}, "at most 1000 characters"),
]


def test_a_question_that_cannot_be_asked_is_refused_in_its_place(office, session):
    for change, message in REFUSED:
        typed = {**WORDS, "rationale_en": "<script>alert(1)</script> שלום 👩‍🔬", **change}
        answer = office[0].post("/office/quiz/new", data=typed)

        assert answer.status_code == 422
        assert message in answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; שלום 👩‍🔬" in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(QuizItem)) == 0


def test_a_better_wording_takes_the_place_of_the_old_one(office, make, session):
    first, second = office
    assert first.post("/office/quiz/shipped").status_code == 303
    old = item(session)
    address = first.post(f"/office/quiz/{old.id}/revise").headers["Location"].removesuffix("/edit")
    assert first.post(f"/office/quiz/{old.id}/revise").headers["Location"] == f"{address}/edit"
    session.rollback()
    row = session.scalars(sa.select(QuizItem).filter_by(replaces_id=old.id)).one()
    for client, action in ((first, "propose"), (second, "approve")):
        session.refresh(row)
        assert client.post(f"{address}/{action}", data={"version": row.version}).status_code == 303
        session.rollback()
    assert item(session).state is QuizItemState.LIVE
    answers(session, make, row, TRIAL_ANSWERS)
    session.refresh(row)
    assert second.post(f"{address}/promote", data={"version": row.version}).status_code == 303

    assert item(session).state is QuizItemState.RETIRED
    assert row.code in first.get(f"/office/quiz/{old.id}").text


def test_a_wrong_question_is_retired_for_good(office, session):
    first, _second = office
    first.post("/office/quiz/shipped")
    row = item(session)
    address = f"/office/quiz/{row.id}"
    data = {"version": row.version, "reason": "Two are right.", "is_wrong": "y"}

    assert first.post(f"{address}/retire", data={**data, "reason": ""}).status_code == 422
    assert first.post(f"{address}/retire", data=data).status_code == 303
    assert first.post(f"{address}/retire", data=data).status_code == 409  # A second click.
    version = item(session).version
    back = first.post(f"{address}/restore", data={"version": version})
    assert back.status_code == 409
    assert "Make a new wording of it instead." in back.text
    event = session.scalars(sa.select(AuditEvent).filter_by(action="quiz_item:retire")).one()
    assert event.data["is_wrong"] is True
    assert "retired a question" in first.get("/office/audit?action=quiz_item:retire").text


def test_the_bank_goes_out_and_comes_back(office, session):
    first, _second = office
    first.post("/office/quiz/shipped")
    n_items = session.scalar(sa.select(sa.func.count()).select_from(QuizItem))

    for kind in ("csv", "xlsx", "jsonl"):
        content = first.get(f"/office/quiz/questions.{kind}").data
        bring = {"file": (io.BytesIO(content), f"bank.{kind}")}
        page = first.post("/office/quiz/import", data=bring, follow_redirects=True).text
        assert f"New: 0, changed: 0, as before: {n_items}" in page
    assert first.get("/office/quiz/questions.exe").status_code == 404


def test_one_bad_row_keeps_all_out(office, session):
    first, _second = office
    options = [{"en": f"A{n}", "zh": f"甲{n}"} for n in range(3)]
    good = {
        "id": "QZ-FND-ML-2-77",
        "competency": "FND-ML",
        "level": 2,
        "stem_en": "Which?",
        "stem_zh": "哪個？",
        "rationale_en": "So.",
        "rationale_zh": "故。",
        "options": options,
        "key": 2,
    }
    rows = [good, {**good, "id": "QZ-FND-ML-3-78"}, {**good, "id": "x"}]

    def bring(rows):
        lines = "\n".join(json.dumps(row) for row in rows).encode()
        data = {"file": (io.BytesIO(lines), "q.jsonl")}
        return first.post("/office/quiz/import", data=data, follow_redirects=True)

    answer = bring(rows)
    assert answer.status_code == 422
    assert "line 2" in answer.text
    assert "line 3" in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(QuizItem)) == 0
    assert "New: 1" in bring([good]).text
    row = item(session, good["id"])
    assert (row.state, row.key) == (QuizItemState.PROPOSED, 1)
    again = bring([{**good, "key": 1}])
    assert again.status_code == 422
    assert "no draft any more" in again.text
    nothing = first.post("/office/quiz/import", data={"file": (io.BytesIO(b""), "q.exe")})
    assert nothing.status_code == 422


def test_figures_tell_of_questions_and_not_of_people(office, make, session):
    first, _second = office
    quiz_item.ensure_bank(session)
    session.commit()
    answers(session, make, item(session), 70)

    page = first.get("/office/figures/quiz").text

    assert "QZ-FND-ML-1-01" in page
    assert "Dead answer" in page
    assert first.get("/office/figures/ratings").status_code == 200
    for name in ("quiz", "ratings"):
        table = first.get(f"/office/figures/{name}.csv").text
        assert "Rule" not in table.split("\n")[0]
        assert len(table) > 500
        assert first.get(f"/office/figures/{name}.xlsx").data[:2] == b"PK"
    listed = first.get("/office/quiz?state=live&level=1").text
    assert "QZ-FND-ML-1-01" in listed
    assert "QZ-FND-ML-2-01" not in listed
