"""What waits over HTTP: the office's board and ladders, one's desk, one's calendar."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from icalendar import Calendar

from matchmaker.clock import utcnow
from matchmaker.models import (
    AuditEvent,
    CalendarLink,
    Delivery,
    OutboxMessage,
    Question,
    Role,
    User,
    WaitingLadder,
    WaitingStep,
)
from matchmaker.queries import waiting as queries
from matchmaker.services import erasure, notification_closing
from matchmaker.workflows.problem import ProblemState
from tests.functional.test_dashboard import links, words

BOARD, LADDERS = "/office/waiting", "/office/waiting/ladders"
QUESTION = LADDERS + "/question.answer"
GOOD = {"version": "0", "is_on": "y", "before": "3, 1", "after": "0", "leads": "2", "office": "5"}


@pytest.fixture
def question(make):
    """A question that has waited for two days too long."""
    owner, asker = make.user(), make.user()
    problem = make.problem(
        organization=make.organization(owner, name_en="Screws Ltd", name_zh="螺絲公司"),
        author=owner,
        title_en="Which screws?",
        title_zh="哪些螺絲？",
    )
    return make.save(
        Question(
            problem=problem,
            team=make.team(asker),
            asker=asker,
            text="How many?",
            language="en",
            due_at=utcnow() - timedelta(days=2),
            created_at=utcnow() - timedelta(days=9),
        )
    )


@pytest.mark.parametrize(
    ("locale", "task", "owner", "late"),
    [
        ("en", "Answer a question: Which screws?", "Screws Ltd", "2 days ago"),
        ("zh_Hant_TW", "回覆提問：哪些螺絲？", "螺絲公司", "2天前"),
    ],
)
def test_the_board_says_what_waits_for_whom_and_since_when(
    make, login, question, session, locale, task, owner, late
):
    fresh = make.problem(ProblemState.SUBMITTED, submitted_at=utcnow())
    client = login(make.officer(), locale)
    page = client.get(BOARD)
    for text in (task, owner):
        assert text in words(page)
    assert late in words(page).replace(" 天", "天").replace("2 天前", "2天前")
    assert page.text.index(f"/questions/{question.id}/answer") < page.text.index(
        f"/office/problems/{fresh.id}"
    )
    only = client.get(f"{BOARD}?state=overdue")
    assert f"/office/problems/{fresh.id}" not in links(only)
    escalated = "Escalated" if locale == "en" else "已通報"
    assert words(client.get(BOARD)).count(escalated) == 1  # The filter's own.
    step = WaitingStep(
        kind="question.answer",
        subject_id=question.id,
        due_at=question.due_at,
        step="office+2",
        user_id=question.asker_id,
    )
    make.save(step)
    assert words(client.get(f"{BOARD}?state=escalated")).count(task) == 1
    assert words(client.get(BOARD)).count(escalated) == 2


def test_the_board_is_for_the_office(make, login, question, client):
    for person in (question.asker, make.user(Role.MENTOR), make.user(Role.REVIEWER)):
        assert login(person).get(BOARD).status_code == 403
        assert login(person).get(BOARD + "/list.csv").status_code == 403
    assert client.get(BOARD).status_code == 302
    reader = login(make.user(Role.ADMINISTRATOR))
    assert "Which screws?" in words(reader.get(BOARD))
    assert reader.get(LADDERS).status_code == 200
    assert reader.get(QUESTION).status_code == 403
    assert reader.post(QUESTION, data=GOOD).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["?state=nothing", "?kind=%00", "?days=99999999999999999999", "?page=-1", "?holder=<script>"],
)
def test_the_board_takes_any_address(make, login, question, query):
    assert login(make.officer()).get(BOARD + query).status_code == 200


def test_the_board_as_a_file_is_limited_as_the_page(make, login, question):
    make.problem(ProblemState.SUBMITTED, submitted_at=utcnow())
    client = login(make.officer())
    rows = list(csv.reader(io.StringIO(client.get(f"{BOARD}/list.csv?kind=question.answer").text)))
    body = [row for row in rows if row and row[0].startswith("Answer a question")]
    assert len(body) == 1
    assert body[0][2] == "Screws Ltd"
    assert body[0][5:] == ["9", "2", "No"]
    assert not [row for row in rows if row and row[0].startswith("Screen")]
    file = client.get(f"{BOARD}/list.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(file.data)).active
    values = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert "Answer a question: Which screws?" in values


# Ladders


def test_an_officer_sets_a_ladder_and_it_is_on_record(make, login, session):
    client = login(make.officer())
    assert "Two days before" in words(client.get(LADDERS))
    assert client.post(QUESTION, data=GOOD).status_code == 303
    row = session.scalars(sa.select(WaitingLadder)).one()
    assert row.days == {"before": [1, 3], "after": [0], "leads": [2], "office": [5]}
    assert "days before: 3, 1" in words(client.get(LADDERS))
    assert session.scalars(sa.select(AuditEvent.action)).all() == ["waiting:set_ladder"]
    assert client.post(QUESTION, data=GOOD).status_code == 303  # A second click.
    assert session.scalars(sa.select(AuditEvent.action)).all() == ["waiting:set_ladder"]
    stale = client.post(QUESTION, data={**GOOD, "before": "9"})
    assert stale.status_code == 409
    assert 'value="9"' in stale.text
    assert "Somebody else has changed this" in words(stale)
    off = client.post(QUESTION, data={"version": "1", "before": "", "after": ""})
    assert off.status_code == 303
    assert re.findall(r"\bOff\b", words(client.get(LADDERS))) == ["Off"]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("before", "0", "each from 1 to 60"),
        ("before", "61", "each from 1 to 60"),
        ("after", "1,2,3,4,5,6,7", "at most 6 numbers"),
        ("after", "-1", "Write numbers of days"),
        ("leads", "<script>", "Write numbers of days"),
        ("office", "三", "Write numbers of days"),
        ("office", "9" * 61, "60"),
        ("within", "0", "from 1 to 180"),
        ("within", "99999999999999999999", "enter a whole number"),
        ("within", "", "from 1 to 180"),
    ],
)
def test_a_ladder_refuses_what_it_cannot_use(make, login, session, field, typed, said):
    url = LADDERS + "/match.answer"
    page = login(make.officer()).post(url, data={**GOOD, "within": "30", field: typed})
    assert page.status_code == 422
    assert said in words(page)
    assert session.scalars(sa.select(WaitingLadder)).all() == []


def test_there_is_no_ladder_for_what_is_no_kind(make, login):
    client = login(make.officer())
    assert client.get(LADDERS + "/nothing").status_code == 404
    assert client.post(LADDERS + "/nothing", data=GOOD).status_code == 404


# The desk


def test_the_desk_says_until_when_and_counts_for_the_office(make, login, question):
    owner = question.problem.author
    question.due_at = datetime(2030, 5, 1, 2, 0, tzinfo=UTC)
    make.session.commit()
    page = words(login(owner).get("/desk"))
    assert "1 May 2030, 10:00 (Taipei)" in page
    question.due_at = utcnow() - timedelta(days=1)
    make.session.commit()
    page = login(make.officer()).get("/desk")
    assert "All that waits in the programme: 1" in words(page)
    assert "Overdue: 1" in words(page)
    assert "/office/waiting?state=overdue" in links(page)


# The calendar


def make_address(client, token=""):
    """Press the button of the page, or send *token* in its stead."""
    form = re.search(r'name="token" value="([^"]+)"', client.get("/account/calendar").text)
    return client.post("/account/calendar/make", data={"token": token or form[1]})


def test_a_second_click_shows_the_same_address(make, login, session):
    mine, other = login(make.user()), login(make.user())
    token = "a" * 43
    pages = [words(make_address(mine, token)) for _ in range(2)]
    assert f"/account/calendar/{token}.ics" in pages[0]
    assert pages[0].count(".ics") == pages[1].count(".ics") == 1
    assert session.scalars(sa.select(AuditEvent.action)).all() == ["calendar_link:make"]
    for stranger, typed in ((other, token), (mine, "short"), (mine, "a" * 42 + "<")):
        refused = make_address(stranger, typed)
        assert refused.status_code == 422
        assert "Please try once more" in words(refused)
    assert session.scalar(sa.select(sa.func.count(CalendarLink.id))) == 1


def test_a_calendar_reads_due_times_by_a_secret_address(make, login, client, question, session):
    owner = question.problem.author
    mine = login(owner)
    assert "You have no address yet" in words(mine.get("/account/calendar"))
    page = words(make_address(mine))
    address = next(word for word in page.split() if word.endswith(".ics"))
    path = address.removeprefix("http://localhost")
    assert session.scalars(sa.select(CalendarLink.token_hash)).one() not in page
    feed = client.get(path)
    assert feed.mimetype == "text/calendar"
    assert feed.headers["Cache-Control"] == "private, no-store"
    (event,) = Calendar.from_ical(feed.data).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Answer a question: Which screws?"
    assert event["DTSTART"].dt == question.due_at.replace(microsecond=0)
    assert str(event["URL"]) == f"http://localhost/questions/{question.id}/answer"
    assert address not in words(mine.get("/account/calendar"))
    again = words(make_address(mine))
    assert client.get(path).status_code == 404  # The old address stops at once.
    path = next(w for w in again.split() if w.endswith(".ics")).removeprefix("http://localhost")
    assert client.get(path).status_code == 200
    assert mine.post("/account/calendar/revoke").status_code == 303
    assert mine.post("/account/calendar/revoke").status_code == 303
    assert client.get(path).status_code == 404


def test_an_address_ends_with_its_time_and_its_account(make, login, client, session, ctx):
    person = make.user()
    page = words(make_address(login(person)))
    path = next(w for w in page.split() if w.endswith(".ics")).removeprefix("http://localhost")
    assert client.get(path).status_code == 200
    session.execute(sa.update(CalendarLink).values(expires_at=utcnow()))
    session.commit()
    assert client.get(path).status_code == 404
    session.execute(sa.update(CalendarLink).values(expires_at=utcnow() + timedelta(days=1)))
    person.disabled_at = utcnow()
    session.commit()
    assert client.get(path).status_code == 404
    person.disabled_at = None
    erasure.erase(ctx(None), person)
    session.commit()
    assert session.scalars(sa.select(CalendarLink)).all() == []


@pytest.mark.parametrize("token", ["x", "%00", "a" * 3000, "..%2f..", "<script>"])
def test_a_wrong_address_is_no_address(client, token):
    assert client.get(f"/account/calendar/{token}.ics").status_code == 404


# What was told of a case that is closed


def test_a_case_one_stepped_aside_from_is_closed_in_what_was_told(make, login, ctx, session):
    reader = make.user(Role.REVIEWER)
    context = ctx(None)
    for number, title in ((7, "Secret screws"), (70, "Open nuts")):
        context.send_mail(
            "grade_review.due",
            reader,
            title=title,
            until="soon",
            url=f"http://localhost/reviews/{number}",
        )
    news = "\n\n".join(
        f"Score: {title}\nhttp://localhost/reviews/{number}"
        for number, title in ((7, "Secret screws"), (70, "Open nuts"))
    )
    context.send_mail(
        "waiting.gathered", reader, count=2, news=news, url="http://localhost/desk", choices="-"
    )
    session.commit()
    assert "Secret screws" in words(login(reader).get("/notifications"))
    assert notification_closing.close_case(context, reader, "/reviews/7") == 2
    session.commit()
    page = login(reader).get("/notifications")
    assert "Secret screws" not in page.text
    assert "Open nuts" in words(page)
    rows = session.execute(
        sa.select(OutboxMessage.subject, Delivery.path, Delivery.state)
        .join(Delivery, Delivery.message_id == OutboxMessage.id)
        .order_by(Delivery.id)
    ).all()
    assert rows[0] == ("A case that is closed to you", "", "discarded")
    assert rows[1][1] == "/reviews/70"


@pytest.mark.xdist_group("sample")
def test_every_way_leads_to_a_page_that_its_reader_may_open(sample_site):
    """What waits for somebody in the sample can be opened by them, and by the office where it says so."""
    faults, seen = [], set()
    for role, person in sample_site.people.items():
        with sample_site.app.sessions() as session:
            user = session.get_one(User, person.id)
            ways = {(item.kind.key, item.path) for item in queries.of_person(session, user)}
            if user.is_officer:
                board = queries.everything(session, user, queries.Filter(), limit=200)
                ways |= {(item.kind.key, item.office_path) for item in board if item.office_path}
        for key, path in sorted(ways):
            seen.add(key)
            status = sample_site.client(role).get(path).status_code
            if status != 200:
                faults.append(f"{role} {key} {path}: {status}")
    assert faults == []
    assert len(seen) > 20
