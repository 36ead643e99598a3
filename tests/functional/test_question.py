"""Questions over HTTP: asked without names, answered for all, hidden with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import AuditEvent, OutboxMessage, Question, QuestionFollow
from matchmaker.services import question as service
from matchmaker.workflows.problem import ProblemState
from matchmaker.workflows.question import QUESTION_WORKFLOW, QuestionAction, QuestionState
from tests.desk import PEOPLE, around

TEXT = "How many inspectors labelled the pictures?"


def address(people, tail=""):
    return f"/problems/{people.problem.id}/questions{tail}"


def ask(client, people, text=TEXT, team=None, **fields):
    data = {"team_id": (team or people.team).id, "text": text, **fields}
    return client.post(address(people), data=data)


def answer(client, number, text="Three.", version=1):
    return client.post(f"/questions/{number}/answer", data={"text": text, "version": version})


@pytest.fixture
def asked(make, login, session):
    """A published problem with one open question."""
    people = around(make)
    assert ask(login(people.member), people).status_code == 303
    people.question = session.scalars(sa.select(Question)).one()
    return people


def reload(session, people):
    session.rollback()  # What requests have committed since is seen by a new transaction only.
    return session.get_one(Question, people.question.id)


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_a_team_asks_and_everybody_reads_it_without_names(make, app, login, session, locale):
    people = around(make)
    text = TEXT if locale == "en" else "標註由幾位檢驗員完成？請說明流程。"

    done = ask(login(people.member, locale), people, text)

    assert done.status_code == 303
    question = session.scalars(sa.select(Question)).one()
    assert question.language == ("en" if locale == "en" else "zh")
    assert question.due_at - question.created_at == pytest.approx(
        timedelta(days=5), abs=timedelta(seconds=5)
    )
    names = (people.team.name_en, people.team.name_zh, people.member.name)
    seeing = set()
    looking = PEOPLE if locale == "en" else ("visitor", "member", "officer", "administrator")
    for name in looking:
        person = people.person(name)
        client = login(person) if person else app.test_client()
        page = client.get(address(people)).text
        assert text in page
        content = page.split("<main", 1)[1].split('id="ask"')[0]
        if any(word in content for word in names):
            seeing.add(name)
        assert f'lang="{"en" if locale == "en" else "zh-Hant-TW"}">{text}' in page
    assert text in client.get(f"/problems/{people.problem.id}").text
    assert seeing == {"member", "officer", "administrator"}


def test_who_may_ask(make, app, login):
    people = around(make)
    found = {}
    for name in PEOPLE:
        person = people.person(name)
        client = login(person) if person else app.test_client()
        team = people.other_team if name == "other" else people.team
        found[name] = ask(client, people, f"{TEXT} ({name})", team).status_code

    nobody = dict.fromkeys(PEOPLE, 403)
    assert found == {**nobody, "visitor": 401, "member": 303, "other": 303}


def test_nobody_asks_for_another_team(make, login):
    people = around(make)

    refused = ask(login(people.other), people, team=people.team)

    assert refused.status_code == 403
    assert "Choose one of your own teams." in refused.text


BAD = [
    ("", "Write the question."),
    ("short", "Write at least 10 characters."),
    ("x" * 1_000_000, "Please use at most 4000 characters."),
    ("Hello from {team}, how many pictures?", "Your question gives away who asks"),
    ("I am {name}, how many pictures?", "Your question gives away who asks"),
    ("Write to me at me@team.example please", "Your question gives away who asks"),
    ("請打 0912-345-678 給我們團隊討論", "Your question gives away who asks"),
]


def test_bad_questions_are_refused_and_stay_typed(make, login, session):
    people = around(make)
    client = login(people.member)
    for text, words in BAD:
        text = text.format(team=people.team.name_en.upper(), name=people.member.name)
        refused = ask(client, people, text)
        assert refused.status_code == 422
        assert words in refused.text
        assert text[:30] in refused.text

    assert session.scalars(sa.select(Question)).all() == []


def test_odd_words_are_words(make, login):
    people = around(make)
    client = login(people.member)
    for text in ("😀 how many pictures?", "<script>alert(1)</script>", "كم عدد الصور؟ \u202e"):
        assert ask(client, people, text).status_code == 303

    page = client.get(address(people)).text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "😀" in page


def test_second_click_is_one_question_and_a_day_has_its_limit(make, login, session):
    people = around(make)
    client = login(people.member)
    for number in (1, 1, 2, 3, 4, 5):
        assert ask(client, people, f"Question number {number}?").status_code == 303

    refused = ask(client, people, "Question number 6?")

    assert len(session.scalars(sa.select(Question)).all()) == 5
    assert refused.status_code == 429
    assert "Your team has asked 5 questions about this problem today." in refused.text
    assert "Question number 6?" in refused.text


def test_when_questions_are_taken(make, login):
    people, found = around(make), {}
    client = login(people.member)
    for state in ProblemState:
        people.problem = make.problem(state, organization=people.organization)
        found[state] = ask(client, people).status_code

    told = (ProblemState.SOLVING, ProblemState.EVALUATING, ProblemState.CLOSED)
    unknown = dict.fromkeys(ProblemState, 404)
    assert found == {**unknown, **dict.fromkeys(told, 409), ProblemState.PUBLISHED: 303}


def test_questions_close_with_the_deadline(make, login):
    people = around(make, deadline_at=utcnow() - timedelta(hours=1))

    refused = ask(login(people.member), people)
    page = login(people.member).get(address(people)).text

    assert refused.status_code == 422
    assert "The deadline for teams has passed, and questions closed with it." in refused.text
    assert "Questions are closed" in page
    assert "Ask a question" not in page


def test_who_may_answer_and_hide(asked, app, login):
    answering, hiding, pages = {}, {}, {}
    number = asked.question.id
    for name in PEOPLE:
        person = asked.person(name)
        client = login(person) if person else app.test_client()
        pages[name] = client.get(f"/questions/{number}/answer").status_code
        answering[name] = answer(client, number, "", 99).status_code
        hiding[name] = client.post(f"/questions/{number}/hide", data={"reason": ""}).status_code

    nobody = dict.fromkeys(PEOPLE, 403)
    allowed = {"owner": 422, "colleague": 422, "officer": 422}
    assert answering == {**nobody, "visitor": 401, **allowed}
    assert pages == {**nobody, "visitor": 302, "owner": 200, "colleague": 200, "officer": 200}
    assert hiding == {**nobody, "visitor": 401, "officer": 422}


@pytest.mark.parametrize("name", ["owner", "officer"])
def test_answer_reaches_everybody_and_by_letter_whoever_asked(asked, client, login, session, name):
    login(asked.other).post(address(asked, "/follow"))

    done = answer(login(asked.person(name)), asked.question.id)
    page = client.get(address(asked), headers={"Accept-Language": "en"}).text

    assert done.status_code == 303
    assert "Three." in page
    side = "Answer of the owner" if name == "owner" else "Answer of the programme office"
    assert side in page
    assert asked.person(name).name not in page
    session.rollback()
    letters = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.kind == "question.answered")
    )
    told = {item.user_id: item.body for item in letters}
    assert told.keys() == {asked.member.id, asked.other.id}
    assert all(TEXT in body and "Three." in body for body in told.values())


def test_correction_keeps_the_answer_before(asked, login, session):
    owner = login(asked.owner)
    answer(owner, asked.question.id, "Two.")
    done = answer(owner, asked.question.id, "Three.", reload(session, asked).version)
    page = login(asked.other).get(address(asked)).text

    assert done.status_code == 303
    assert [item.text for item in reload(session, asked).answers] == ["Two.", "Three."]
    assert "Earlier answers: 1" in page
    assert "Two." in page
    kinds = session.scalars(sa.select(OutboxMessage.kind)).all()
    assert kinds.count("question.corrected") == 1


def test_two_people_answer_at_once(asked, login, session):
    first = answer(login(asked.owner), asked.question.id, "Two.")
    second = answer(login(asked.officer), asked.question.id, "Three, I think.")

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Two." in second.text
    assert "Three, I think." in second.text
    assert len(reload(session, asked).answers) == 1


def test_double_click_on_an_answer_is_one(asked, login, session):
    owner = login(asked.owner)
    assert answer(owner, asked.question.id).status_code == 303
    assert answer(owner, asked.question.id).status_code == 303
    assert len(reload(session, asked).answers) == 1


def test_hidden_question_is_seen_by_office_and_asker_alone(asked, app, login, session):
    officer = login(asked.officer)
    hidden = officer.post(
        f"/questions/{asked.question.id}/hide", data={"reason": "Names a person", "version": 1}
    )
    seeing = {
        name
        for name in PEOPLE
        if TEXT
        in (login(asked.person(name)) if asked.person(name) else app.test_client())
        .get(address(asked))
        .text
    }

    assert hidden.status_code == 303
    assert seeing == {"member", "officer", "administrator"}
    assert "Names a person" in login(asked.member).get(address(asked)).text
    session.rollback()
    event = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (event.action, event.data["reason"]) == ("question:hide", "Names a person")
    letter = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.kind == "question.hidden")
    ).one()
    assert (letter.user_id, "Names a person" in letter.body) == (asked.member.id, True)


@pytest.mark.parametrize("is_answered", [False, True])
def test_shown_again_as_it_was(asked, login, session, is_answered):
    officer, number = login(asked.officer), asked.question.id
    if is_answered:
        answer(login(asked.owner), number)
    version = reload(session, asked).version
    officer.post(f"/questions/{number}/hide", data={"reason": "x", "version": version})
    refused = answer(login(asked.owner), number, "Other.", version + 1)
    version = reload(session, asked).version
    shown = officer.post(f"/questions/{number}/show", data={"version": version})

    assert refused.status_code in (404, 409)
    assert shown.status_code == 303
    state = reload(session, asked).state
    assert state is (QuestionState.ANSWERED if is_answered else QuestionState.OPEN)


@pytest.mark.parametrize("action", list(QuestionAction))
@pytest.mark.parametrize("state", list(QuestionState))
def test_states_and_actions(state, action):
    allowed = {
        QuestionState.OPEN: {QuestionAction.ANSWER, QuestionAction.HIDE},
        QuestionState.ANSWERED: {QuestionAction.ANSWER, QuestionAction.HIDE},
        QuestionState.HIDDEN: {QuestionAction.REOPEN, QuestionAction.RESTORE},
    }

    assert QUESTION_WORKFLOW.can(state, action) == (action in allowed[state])


def test_reminders_go_to_the_owner_before_and_after_the_due_time(asked, ctx, session, run_jobs):
    def remind(due_in):
        reload(session, asked).due_at = utcnow() + due_in
        asked.question.reminded_at = None
        session.commit()
        count = service.remind(ctx())
        session.commit()
        return count

    assert remind(timedelta(days=4)) == 0
    assert remind(timedelta(days=1)) == 1
    assert service.remind(ctx()) == 0  # Reminded already.
    assert remind(timedelta(days=-1)) == 1
    kinds = [
        kind
        for kind, user in session.execute(sa.select(OutboxMessage.kind, OutboxMessage.user_id))
        if user == asked.owner.id
    ]
    assert kinds == ["question.asked", "question.due", "question.late"]


def test_follow_and_unfollow(asked, login, session):
    refused = login(asked.stranger).post(address(asked, "/follow"))
    assert refused.status_code == 403
    client = login(asked.other)
    client.post(address(asked, "/follow"))
    client.post(address(asked, "/follow"))
    session.rollback()
    following = {row.user_id for row in session.scalars(sa.select(QuestionFollow))}
    client.post(address(asked, "/unfollow"))

    assert following == {asked.member.id, asked.other.id}
    session.rollback()
    assert [row.user_id for row in session.scalars(sa.select(QuestionFollow))] == [asked.member.id]
