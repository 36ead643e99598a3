"""What waits: one list, ladders whose steps are taken once, letters in the morning, what lapses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import (
    Band,
    Channel,
    Decision,
    DecisionRound,
    Delivery,
    DeliveryChoice,
    Invitation,
    Match,
    MatchRun,
    OrganizationMember,
    OutboxMessage,
    PrivateCall,
    Question,
    Role,
    WaitingLadder,
    WaitingStep,
)
from matchmaker.models.organization import MemberRole
from matchmaker.queries import waiting as queries
from matchmaker.queries import waiting_application, waiting_people, waiting_problem
from matchmaker.queries.decision import usual_days
from matchmaker.queries.waiting_kind import Ladder
from matchmaker.services import waiting as service
from matchmaker.services import waiting_lapse
from matchmaker.workflows.decision_round import DecisionRoundState
from matchmaker.workflows.delivery import DeliveryState
from matchmaker.workflows.invitation import InvitationState
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.private_call import PrivateCallState
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both

TAIPEI = ZoneInfo("Asia/Taipei")
#: A Thursday, ten in the morning in Taipei.
DUE = datetime(2026, 12, 10, 2, 0, tzinfo=UTC)
LADDER = {"before": [3, 1], "after": [0, 2], "leads": [3], "office": [5]}


def at(text: str, zone: ZoneInfo = TAIPEI) -> datetime:
    """A moment by the wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.fixture
def clock(monkeypatch):
    """Set the time for all that asks for it: ``clock("2026-12-07T09:30")``."""

    def set_to(text: str, zone: ZoneInfo = TAIPEI) -> datetime:
        moment = at(text, zone)
        modules = (queries, waiting_problem, waiting_application, waiting_people)
        for module in (*modules, service, waiting_lapse):
            monkeypatch.setattr(module, "utcnow", lambda: moment)
        return moment

    return set_to


@pytest.fixture
def world(make):
    """An officer, an owner with a lead and an author, and a question that waits for the author."""
    officer, lead, author, asker = make.officer(), make.user(), make.user(), make.user()
    owner = make.organization(lead, author)
    problem = make.problem(organization=owner, author=author)
    question = make.save(
        Question(
            problem=problem,
            team=make.team(asker),
            asker=asker,
            text="How many images?",
            language="en",
            due_at=DUE,
            created_at=DUE - timedelta(days=20),
        )
    )
    make.save(WaitingLadder(kind="question.answer", days=LADDER))
    return officer, lead, author, question


def letters(session) -> list[tuple[str, str, str]]:
    """Kind, address and body of every letter, in order."""
    rows = session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.kind, row.recipient, row.body) for row in rows]


def run(ctx, session) -> int:
    """One round of reminding; how many people were written to."""
    found = service.remind(ctx(None))["letters"]
    session.commit()
    return found


# The ladder


def test_every_step_goes_once_to_whom_it_is_for(world, ctx, session, clock):
    officer, lead, author, question = world
    moments = {
        "2026-12-04T12:00": None,
        "2026-12-07T10:30": author,  # Three days before, on Monday morning.
        "2026-12-07T11:30": None,
        "2026-12-09T10:30": author,
        "2026-12-11T09:30": author,  # It was due on Thursday at ten: the next morning.
        "2026-12-14T09:30": author,  # Two and three days after are at the weekend: lead and author.
        "2026-12-14T15:30": None,
        "2026-12-16T09:30": officer,
        "2026-12-28T09:30": None,
    }
    told = []
    for moment, expected in moments.items():
        clock(moment)
        before = len(letters(session))
        run(ctx, session)
        run(ctx, session)  # A second worker, or the same again.
        new = [address for _, address, _ in letters(session)[before:]]
        told.append((moment, sorted(new)))
        if expected is not None:
            assert expected.email in new, moment
    assert [len(new) for _, new in told] == [0, 1, 0, 1, 1, 2, 0, 1, 0]
    assert told[5][1] == sorted([author.email, lead.email])
    kind, _, body = letters(session)[0]
    assert kind == "waiting.one"
    assert "Due: 10 Dec 2026, 10:00 (UTC+08:00)" in body
    assert f"/questions/{question.id}/answer" in body
    assert "the office may answer" in body
    office = letters(session)[-1]
    assert "Others have not done this yet, and it is late:" in office[2]
    assert "Was due: 10 Dec 2026, 10:00 (UTC+08:00)" in office[2]
    assert "/office/waiting?kind=question.answer" in office[2]


def test_an_extension_begins_a_new_ladder(world, ctx, session, clock):
    _, _, author, question = world
    clock("2026-12-09T10:30")
    assert run(ctx, session) == 1
    question.due_at = DUE + timedelta(days=7)
    session.commit()
    assert run(ctx, session) == 0
    clock("2026-12-16T10:30")
    assert run(ctx, session) == 1
    assert [address for _, address, _ in letters(session)] == [author.email] * 2


def test_what_is_done_is_not_reminded_of(world, ctx, session, clock):
    clock("2026-12-09T10:30")
    session.execute(sa.delete(Question))
    assert run(ctx, session) == 0


def test_a_kind_that_is_off_reminds_nobody_and_still_waits(world, ctx, session, clock):
    _, _, author, _ = world
    session.scalars(sa.select(WaitingLadder)).one().is_on = False
    clock("2026-12-09T10:30")
    assert run(ctx, session) == 0
    assert [item.kind.key for item in queries.of_person(session, author)] == ["question.answer"]


def test_nothing_is_sent_of_a_round_that_died(world, ctx, session, clock):
    """Letter and step stand and fall together."""
    clock("2026-12-09T10:30")
    service.remind(ctx(None))
    session.rollback()  # The worker was killed.
    assert letters(session) == []
    assert run(ctx, session) == 1


@on_both
def test_two_workers_at_once_take_a_step_once(world, ctx, session, clock, monkeypatch):
    """The second has read what was taken before the first wrote it."""
    clock("2026-12-09T10:30")
    monkeypatch.setattr(queries, "taken", lambda *_: set())
    assert run(ctx, session) == 1
    assert run(ctx, session) == 0
    assert len(letters(session)) == 1
    assert session.scalar(sa.select(sa.func.count(WaitingStep.id))) == 1


def test_who_cannot_sign_in_is_left_out_and_their_leads_hear(world, ctx, session, clock):
    _, lead, author, _ = world
    author.disabled_at = utcnow()
    clock("2026-12-09T10:30")
    run(ctx, session)
    assert [address for _, address, _ in letters(session)] == [lead.email]


def test_many_reminders_are_one_letter_by_the_way_its_reader_chose(
    world, ctx, make, session, clock
):
    _, _, author, question = world
    for number in range(43):
        make.save(
            Question(
                problem=question.problem,
                team=question.team,
                asker=question.asker,
                text=f"And {number}?",
                language="en",
                due_at=DUE,
                created_at=DUE - timedelta(days=20),
            )
        )
    make.save(DeliveryChoice(user_id=author.id, topic="waiting", channel=Channel.DIGEST))
    clock("2026-12-09T10:30")
    assert run(ctx, session) == 1
    message = session.scalars(sa.select(OutboxMessage)).one()
    assert message.kind == "waiting.gathered"
    assert message.subject == "What waits for you: 44"
    assert message.body.count("Answer a question:") == 40
    assert "And further: 4" in message.body
    delivery = session.scalars(sa.select(Delivery)).one()
    assert (delivery.channel, delivery.state) == (Channel.DIGEST, DeliveryState.GATHERED)
    assert delivery.is_open


# The clock


@pytest.mark.parametrize(
    ("due", "days", "expected"),
    [
        ("2026-12-10T10:00", 0, "2026-12-11T09:00"),
        ("2026-12-10T08:00", 0, "2026-12-10T09:00"),
        ("2026-12-11T17:00", 0, "2026-12-14T09:00"),  # Friday evening: Monday.
        ("2026-12-14T17:00", -1, "2026-12-14T09:00"),  # The day before is a Sunday.
        ("2026-12-14T08:00", -1, "2026-12-13T09:00"),  # Monday at nine would be too late.
        ("2026-12-10T23:59", -3, "2026-12-07T09:00"),
    ],
)
def test_letters_leave_on_a_working_morning_unless_it_is_due_before(due, days, expected):
    assert service.send_at(at(due), days, TAIPEI) == at(expected)


def test_at_night_and_at_weekends_only_what_is_urgent_is_sent(world, ctx, session, clock):
    _, _, author, question = world
    for late_start in ("2026-12-12T12:00", "2026-12-13T03:00", "2026-12-14T08:59"):
        clock(late_start)  # The worker comes back when the step is two days old.
        assert run(ctx, session) == 0
    clock("2026-12-14T09:00")
    assert run(ctx, session) == 2
    question.due_at = at("2026-12-21T08:00")
    session.commit()
    clock("2026-12-20T10:00")  # A Sunday; due before Monday's nine o'clock.
    assert run(ctx, session) == 1
    assert letters(session)[-1][1] == author.email


def test_a_clock_that_jumps_back_sends_nothing_twice(world, ctx, session, clock):
    """New York goes from two to one o'clock on 1 November 2026; moments are kept in UTC."""
    *_, question = world
    zone = ZoneInfo("America/New_York")
    question.due_at = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)  # Nine o'clock standard time.
    question.created_at = datetime(2026, 10, 1, tzinfo=UTC)
    session.commit()
    context = ctx(None)
    context.settings = replace(context.settings, timezone=zone)
    # Three days before by the wall clock is a Saturday: Monday at nine, after the jump.
    assert service.send_at(question.due_at, -3, zone) == datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
    # Five days before is still summer time: nine on the wall, though 121 hours before.
    assert service.send_at(question.due_at, -5, zone) == datetime(2026, 10, 29, 13, 0, tzinfo=UTC)
    sent = 0
    for minutes in range(0, 60 * 24 * 4, 30):
        moment = datetime(2026, 10, 30, 12, 0, tzinfo=UTC) + timedelta(minutes=minutes)
        clock(moment.replace(tzinfo=None).isoformat(), ZoneInfo("UTC"))
        sent += service.remind(context)["letters"]
    assert sent == 1  # Monday's: the steps of three days and of one fall together.


def test_a_step_from_before_it_began_is_skipped(world, clock, session):
    _, _, author, question = world
    question.created_at = at("2026-12-07T12:00")
    session.commit()
    clock("2026-12-08T09:30")
    (item,) = queries.of_person(session, author)
    steps = service.steps_now(item, Ladder(**LADDER), service.utcnow(), TAIPEI)
    assert list(steps) == []


# Who sees what


@on_both
def test_one_list_for_each(world, make, session, clock, ctx):
    officer, lead, author, question = world
    clock("2026-12-12T12:00")
    for person in (lead, author):
        (item,) = queries.of_person(session, person)
        assert item.is_overdue
        assert item.path == f"/questions/{question.id}/answer"
        assert item.context("zh") == question.problem.organization.name_zh
    assert queries.of_person(session, question.asker) == []
    assert queries.of_person(session, make.user()) == []
    board = queries.board(session, officer, queries.Filter())
    assert [item.kind.key for item in board.items] == ["question.answer"]
    assert queries.count(session, officer) == {"question.answer": (1, 1)}
    for chosen, total in (
        (queries.Filter(state="overdue"), 1),
        (queries.Filter(state="soon"), 0),
        (queries.Filter(state="escalated"), 0),
        (queries.Filter(kind="question.answer", days=14), 1),
        (queries.Filter(days=60), 0),
        (queries.Filter(kind="nothing"), 0),
        (queries.Filter(holder="owner"), 1),
        (queries.Filter(holder="office"), 0),
    ):
        assert queries.board(session, officer, chosen).total == total, chosen
    for nobody in (author, lead, make.user(Role.REVIEWER), make.user(Role.MENTOR)):
        assert queries.board(session, nobody, queries.Filter()).total == 0
    clock("2026-12-16T12:00")
    run(ctx, session)
    assert queries.board(session, officer, queries.Filter(state="escalated")).total == 1
    assert queries.escalated(session, board.items) == {board.items[0].key}


def test_what_happens_in_house_is_for_its_own_officers(world, make, session, ctx, clock):
    officer, lead, author, question = world
    owner = question.problem.organization
    private = PrivateCall(
        call=question.problem.call, organization=owner, state=PrivateCallState.OPEN
    )
    from matchmaker.models import PrivateCallOfficer

    private.officers.append(PrivateCallOfficer(user=lead))
    make.save(private)
    session.expire_all()
    assert queries.board(session, officer, queries.Filter()).total == 0
    assert queries.board(session, lead, queries.Filter()).total == 1
    clock("2026-12-16T12:00")
    run(ctx, session)
    assert {address for _, address, _ in letters(session)} == {author.email, lead.email}
    assert not session.scalar(sa.select(sa.func.count(Delivery.id)).where(Delivery.is_open))


def test_drafts_are_on_nobodys_board(make, session, clock):
    officer, author = make.officer(), make.user()
    problem = make.problem(
        ProblemState.DRAFT,
        organization=make.organization(author),
        call=make.call(closes_at=DUE),
        author=author,
    )
    clock("2026-12-09T12:00")
    assert queries.board(session, officer, queries.Filter()).total == 0
    (item,) = queries.of_person(session, author)
    assert (item.kind.key, item.subject_id) == ("problem.draft", problem.id)
    clock("2026-12-11T12:00")
    assert queries.of_person(session, author) == []


# What lapses


@pytest.fixture
def told(make):
    """A team that was told of a problem on 1 December."""
    starter, member = make.officer(), make.user()
    problem, team = make.problem(deadline_at=None), make.team(member)
    published = at("2026-12-01T09:00")
    run = MatchRun(
        call=problem.call,
        starter=starter,
        state=MatchRunState.PUBLISHED,
        finished_at=published,
        published_at=published,
    )
    facts = {"score": 0.7, "band": Band.GOOD, "confidence": "high"}
    match = Match(
        run=run,
        problem=problem,
        team=team,
        state=MatchState.INVITED,
        problem_rank=1,
        team_rank=1,
        **facts,
    )
    return starter, member, make.save(match)


def test_a_recommendation_ends_after_its_days_and_both_sides_are_told(told, ctx, session, clock):
    starter, member, match = told
    nothing = {"matches": 0, "invitations": 0, "referrals": 0}
    clock("2026-12-31T08:59")
    assert waiting_lapse.lapse(ctx(None)) == nothing
    clock("2026-12-31T09:00")
    assert waiting_lapse.lapse(ctx(None)) == {**nothing, "matches": 1}
    session.commit()
    assert match.state is MatchState.EXPIRED
    assert [(kind, address) for kind, address, _ in letters(session)] == [
        ("match.expired", member.email),
        ("match.lapsed", starter.email),
    ]
    assert "ended on 31 Dec 2026, 09:00 (UTC+08:00)" in letters(session)[0][2]
    assert waiting_lapse.lapse(ctx(None)) == nothing


def test_a_recommendation_ends_when_applications_close(told, make, ctx, session, clock):
    _, member, match = told
    make.call_rules(
        match.run.call,
        applications_open_at=at("2026-11-01T09:00"),
        applications_close_at=at("2026-12-10T12:00"),
    )
    clock("2026-12-10T11:00")
    (item,) = queries.of_person(session, member)
    assert item.due_at == at("2026-12-10T12:00")
    assert waiting_lapse.lapse(ctx(None))["matches"] == 0
    clock("2026-12-10T12:00")
    assert waiting_lapse.lapse(ctx(None))["matches"] == 1


def test_an_invitation_expires_and_its_sender_is_told(make, ctx, session, clock):
    lead = make.user()
    invitation = make.save(
        Invitation(
            team=make.team(lead, name_en="Weavers"),
            inviter=lead,
            email="friend@example.com",
            token_hash="0" * 64,
            expires_at=DUE,
        )
    )
    clock("2026-12-10T09:59")
    assert waiting_lapse.lapse(ctx(None))["invitations"] == 0
    clock("2026-12-10T10:00")
    assert waiting_lapse.lapse(ctx(None))["invitations"] == 1
    assert invitation.state is InvitationState.EXPIRED
    ((kind, address, body),) = letters(session)
    assert (kind, address) == ("invitation.expired", lead.email)
    assert "friend@example.com did not answer the invitation to join Weavers" in body
    assert f"/teams/{invitation.team_id}/members" in body
    assert session.scalars(sa.select(Delivery.is_open)).all() == [False]


def test_the_same_person_as_lead_and_holder_gets_one_line(world, ctx, session, clock):
    officer, lead, author, _ = world
    session.execute(
        sa.update(OrganizationMember)
        .where(OrganizationMember.user_id == author.id)
        .values(role=MemberRole.LEAD)
    )
    session.commit()
    clock("2026-12-14T09:30")
    run(ctx, session)
    bodies = {address: body for _, address, body in letters(session)}
    assert bodies[author.email].count("Answer a question:") == 1
    assert "Others have not done" in bodies[lead.email]
    assert officer.email not in bodies


def test_the_usual_time_needs_a_few_decisions(make, session):
    call = make.call()
    problem = make.problem(call=call)
    announced = at("2026-11-20T09:00")
    round_ = make.save(
        DecisionRound(
            call=call,
            starter=make.officer(),
            state=DecisionRoundState.ANNOUNCED,
            announced_at=announced,
        )
    )
    for n, days in enumerate((10, 20, 30, 40, 90)):
        assert usual_days(session) is None, n
        application = make.application(problem, make.team(make.user()))
        application.submitted_at = announced - timedelta(days=days)
        make.save(Decision(round=round_, application=application))
    assert usual_days(session) == 30
