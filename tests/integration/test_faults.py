"""What comes in the way of a programme: each has one end, and nobody is told twice or missed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.db import make_sessions, unit_of_work
from matchmaker.errors import Conflict, InvalidTransition
from matchmaker.models import (
    Application,
    ApplicationOrigin,
    AuditEvent,
    Cause,
    DecisionOutcome,
    DecisionRound,
    DeclineCause,
    Delivery,
    Job,
    MemberRole,
    OutboxMessage,
    Problem,
    User,
    WithdrawalCause,
)
from matchmaker.queries.allocation_input import read_input
from matchmaker.queries.call_rules import is_open, rules_of
from matchmaker.services import (
    application_closing,
    application_decision,
    audit,
    decision_announcement,
    decision_follow,
    engagement_stop,
)
from matchmaker.services import decision as decisions
from matchmaker.services import problem as problems
from matchmaker.services.application_withdrawal import withdraw
from matchmaker.services.context import Context
from matchmaker.services.decision import Choice
from matchmaker.settings import Settings
from matchmaker.web import Matchmaker
from matchmaker.web.forms.base import BaseForm, LocalMoment
from matchmaker.web.i18n import show_moment
from matchmaker.worker import Worker
from matchmaker.workflows.application import LIVE_STATES, ApplicationState
from matchmaker.workflows.decision_round import DecisionRoundState
from matchmaker.workflows.delivery import DeliveryState
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both
from tests.factories import Factory

S = ApplicationState
Ctx = Callable[..., Context]
ROOT = Path(__file__).parents[2]
REASON = "命題單位的產線已經改建，題目不再成立。"


def apply(make: Factory, problem: Problem, state: ApplicationState = S.UNDER_REVIEW) -> Application:
    """An application of a team of one for *problem*."""
    lead = make.user()
    team = make.team(lead)
    team.members[0].role = MemberRole.LEAD
    handed_in = None if state is S.DRAFT else utcnow() - timedelta(days=1)
    row = Application(
        call_id=problem.call_id,
        problem_id=problem.id,
        team_id=team.id,
        lead_id=lead.id,
        origin=ApplicationOrigin.OWN,
        state=state,
        submitted_at=handed_in,
    )
    made: Application = make.save(row)
    return made


def told(session: Session, kind: str) -> Counter[int | None]:
    """How many letters of *kind* each person has."""
    return Counter(
        session.scalars(sa.select(OutboxMessage.user_id).where(OutboxMessage.kind.startswith(kind)))
    )


# What people applied for is no more


def test_a_withdrawn_problem_closes_what_is_under_way_and_says_why(
    make: Factory, ctx: Ctx, session: Session
) -> None:
    owner = make.user()
    problem = make.problem(organization=make.organization(owner))
    rows = {state: apply(make, problem, state) for state in (S.DRAFT, *LIVE_STATES)}
    over = apply(make, problem, S.DECLINED)
    other = apply(make, make.problem(call=problem.call))

    problems.withdraw(ctx(owner), problem.id, reason=REASON)
    session.commit()

    assert {row.state for row in rows.values()} == {S.WITHDRAWN}
    assert {(row.withdrawal_cause, row.withdrawal_reason) for row in rows.values()} == {
        (None, REASON)
    }
    assert (over.state, other.state) == (S.DECLINED, S.UNDER_REVIEW)
    assert told(session, "application.closed") == {row.lead_id: 1 for row in rows.values()}
    body = session.scalars(
        sa.select(OutboxMessage.body).where(OutboxMessage.kind == "application.closed")
    ).first()
    assert REASON in str(body)
    assert "apply elsewhere at once" in str(body)
    events = sa.select(sa.func.count()).where(AuditEvent.action == "application:close")
    assert session.scalar(events) == len(rows)


def test_a_call_that_is_stopped_ends_everything_in_it_once(
    make: Factory, ctx: Ctx, session: Session
) -> None:
    officer, call = make.officer(), make.call()
    make.call_rules(call)
    engaged = make.engagement(problem=make.problem(ProblemState.SOLVING, call=call))
    problem = make.problem(call=call)
    rows = [apply(make, problem, state) for state in (S.UNDER_REVIEW, S.OFFERED, S.CONFIRMED)]
    elsewhere = apply(make, make.problem())

    def stop() -> tuple[int, int]:
        found = application_closing.stop_call(ctx(officer), call.id, Cause.CALL_CANCELLED, REASON)
        session.commit()
        return found

    assert stop() == (1, 3)
    assert stop() == (0, 0)

    assert engaged.state is EngagementState.STOPPED
    assert engaged.application.state is S.CONFIRMED  # The record of what was done stays.
    assert {row.state for row in rows} == {S.WITHDRAWN}
    assert elsewhere.state is S.UNDER_REVIEW
    assert told(session, "application.closed") == {row.lead_id: 1 for row in rows}
    assert set(told(session, "engagement.call_stopped").values()) == {1}
    assert not is_open(rules_of(session, call.id), problem)  # Nobody begins anew.


# A team has room for one


def test_work_in_another_call_takes_a_teams_room(
    ready: Announcement, make: Factory, ctx: Ctx, session: Session
) -> None:
    """Neither moves up, nor is placed, nor confirms, beside what it has to do elsewhere."""
    waiting = ready.row.decisions[1].application
    engaged = make.engagement(problem=make.problem(ProblemState.SOLVING), team=waiting.team)
    ready.announce(ctx(ready.officer))
    session.commit()
    call_id, first = waiting.call_id, ready.row.decisions[0].application
    given = read_input(session, call_id)
    assert given.busy == {waiting.team_id: 1}
    assert given.room(waiting.team_id) == 0
    assert given.room(first.team_id) == 1

    withdraw(ctx(first.lead), first.id, cause=WithdrawalCause.NO_TIME, version=first.version)
    assert decision_follow.move_up(ctx(None)) == 0
    waiting.team.capacity = 2
    session.commit()
    assert decision_follow.move_up(ctx(None)) == 1
    assert waiting.state is S.OFFERED
    waiting.team.capacity = 1
    session.commit()
    with pytest.raises(Conflict, match="in this call or in others"):
        application_decision.confirm(ctx(waiting.lead), waiting.id, version=waiting.version)

    session.rollback()
    engagement_stop.stop(
        ctx(make.officer()), engaged.id, cause=Cause.FUNDS, reason=REASON, version=engaged.version
    )
    confirmed = application_decision.confirm(ctx(waiting.lead), waiting.id, version=waiting.version)
    assert confirmed.state is S.CONFIRMED


# Announcing


@dataclass
class Announcement:
    """A round that is ready to be announced, and whom it concerns."""

    row: DecisionRound
    officer: User
    leads: list[int | None]

    def announce(self, ctx: Context) -> DecisionRound:
        return decision_announcement.announce(ctx, self.row.id, version=self.row.version)


@pytest.fixture
def ready(make: Factory, ctx: Ctx, session: Session) -> Announcement:
    """One place, a team that gets it, one that waits, and one that is not selected."""
    officer, owner = make.officer(), make.user()
    problem = make.problem(teams_wanted=1, organization=make.organization(owner))
    rows = [apply(make, problem) for _ in range(3)]
    row = decisions.prepare(ctx(officer), problem.call_id)
    session.commit()
    choices = [
        Choice(DecisionOutcome.OFFER),
        Choice(DecisionOutcome.WAITLIST),
        Choice(DecisionOutcome.DECLINE, DeclineCause.GAPS, "補上影像標註的經驗。"),
    ]
    for application, choice in zip(rows, choices, strict=True):
        (one,) = (one for one in row.decisions if one.application_id == application.id)
        decisions.decide(ctx(officer), one.id, choice, version=one.version)
    session.commit()
    return Announcement(row, officer, [application.lead_id for application in rows])


PROGRAM = """
import os, signal, sys
from pathlib import Path
from sqlalchemy.orm import Session
from matchmaker.db import make_engine, make_sessions, unit_of_work
from matchmaker.models import User
from matchmaker.services import decision_announcement
from matchmaker.services.context import Context
from matchmaker.settings import Settings
from matchmaker.adapters import mail
from matchmaker.worker import Worker

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

what, url, folder, officer, number, version = sys.argv[1:]
settings = Settings(database_url=url, environment="test", secret_key="s" * 40,
                    data_dir=Path(folder), encoder="hashing", base_url="http://localhost")
sessions = make_sessions(make_engine(settings.url))
if what == "announce":
    with sessions() as session:
        context = Context(session, settings, session.get_one(User, int(officer)))
        decision_announcement.announce(context, int(number), version=int(version))
        session.flush()
        die()
send = mail.FileMail.send
left = [int(number)]
def sending(self, *letter):
    send(self, *letter)
    left[0] -= 1
    if not left[0]:
        die()
mail.FileMail.send = sending
Worker(settings, sessions).run_all()
"""


def killed(what: str, settings: Settings, *facts: object) -> None:
    """Do it in a process of its own, which is killed in the middle."""
    command = [sys.executable, "-c", PROGRAM, what, settings.url, str(settings.data_dir)]
    given = [str(fact) for fact in (*facts, 0, 0, 0)][:3]
    done = subprocess.run([*command, *given], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]


def recipients(settings: Settings) -> Counter[str]:
    """Whom letters have left for, by address."""
    found: Counter[str] = Counter()
    for path in (settings.data_dir / "mail").glob("*.eml"):
        lines = path.read_text().splitlines()
        found[next(line for line in lines if line.startswith("To: "))[4:]] += 1
    return found


@on_both
def test_a_process_killed_while_announcing_has_told_nobody_and_the_next_tells_all_once(
    ready: Announcement, ctx: Ctx, session: Session, settings: Settings
) -> None:
    killed("announce", settings, ready.officer.id, ready.row.id, ready.row.version)

    session.expire_all()
    assert ready.row.state is DecisionRoundState.PREPARING
    assert told(session, "decision.") == {}
    assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0

    ready.announce(ctx(ready.officer))
    session.commit()
    ready.announce(ctx(ready.officer))
    session.commit()

    letters = told(session, "decision.")
    assert {lead: letters[lead] for lead in ready.leads} == dict.fromkeys(ready.leads, 1)
    assert audit.verify(session).broken_id is None


@on_both
def test_a_worker_killed_while_letters_leave_sends_none_twice_and_misses_none(
    ready: Announcement, ctx: Ctx, session: Session, settings: Settings
) -> None:
    ready.announce(ctx(ready.officer))
    session.commit()
    wanted = session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage))

    killed("send", settings, 0, 2)  # After the second letter has left and before that is noted.
    session.rollback()
    session.execute(sa.update(Job).values(lease_until=utcnow() - timedelta(seconds=1)))
    session.commit()
    Worker(settings, make_sessions(session.get_bind())).run_all()

    session.expire_all()
    assert sum(recipients(settings).values()) == wanted
    assert set(recipients(settings).values()) == {1}
    (unsure,) = session.scalars(sa.select(Delivery).where(Delivery.state != DeliveryState.SENT))
    assert unsure.state is DeliveryState.FAILED
    assert "it may have arrived" in unsure.message.failure


@on_both
def test_two_officers_announce_at_once_and_everybody_is_told_once(
    ready: Announcement, make: Factory, session: Session, settings: Settings
) -> None:
    officers = [ready.officer.id, make.officer().id]
    session.commit()
    number, version = ready.row.id, ready.row.version
    sessions, start = make_sessions(session.get_bind()), threading.Barrier(2)

    def announce(officer: int) -> str:
        start.wait(10)
        with unit_of_work(sessions) as own:
            context = Context(own, settings, own.get_one(User, officer))
            return decision_announcement.announce(context, number, version=version).state

    session.rollback()
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(announce, officers))

    session.expire_all()
    assert outcomes == ["announced", "announced"]
    letters = told(session, "decision.")
    assert {lead: letters[lead] for lead in ready.leads} == dict.fromkeys(ready.leads, 1)
    announced = sa.select(sa.func.count()).where(AuditEvent.action == "decision:announce")
    assert session.scalar(announced) == 1
    assert audit.verify(session).broken_id is None


# The clock


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime, *modules: str) -> None:
    """Let *modules* of services believe that it is *moment*."""
    for module in modules:
        monkeypatch.setattr(f"matchmaker.services.{module}.utcnow", lambda: moment)


def test_an_offer_that_has_ended_stays_so_when_the_clock_is_set_back(
    ready: Announcement, ctx: Ctx, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.announce(ctx(ready.officer))
    session.commit()
    (offer,) = (one for one in ready.row.decisions if one.outcome is DecisionOutcome.OFFER)
    application, end = offer.application, offer.expires_at
    assert end is not None
    at(monkeypatch, end + timedelta(minutes=1), "decision_follow", "application_decision", "audit")
    assert decision_follow.expire(ctx(None)) == 1
    session.commit()
    at(monkeypatch, end - timedelta(hours=1), "decision_follow", "application_decision", "audit")

    with pytest.raises(InvalidTransition):
        application_decision.confirm(
            ctx(application.lead), application.id, version=application.version
        )
    session.rollback()
    assert decision_follow.expire(ctx(None)) == 0
    ctx(ready.officer).record("decision:announce", ready.row)
    session.commit()

    moments = session.scalars(sa.select(AuditEvent.at).order_by(AuditEvent.id.desc())).all()
    assert moments[0] < moments[1]  # The trail is in the order of its numbers, not of its clock.
    assert audit.verify(session).broken_id is None


class MomentForm(BaseForm):
    moment = LocalMoment("Moment")


@pytest.mark.parametrize(
    ("zone", "typed", "found"),
    [
        ("Asia/Taipei", "2028-02-29T10:00", datetime(2028, 2, 29, 2, tzinfo=UTC)),
        ("Asia/Taipei", "2027-02-29T10:00", "Not a valid datetime value."),
        ("Asia/Taipei", "2026-03-29T02:30", datetime(2026, 3, 28, 18, 30, tzinfo=UTC)),
        ("Europe/Berlin", "2026-03-29T02:30", "this hour does not exist"),
        ("Europe/Berlin", "2026-03-29T03:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("Europe/Berlin", "2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_typed_moment_is_one_moment_or_refused_in_words(
    app: Matchmaker, zone: str, typed: str, found: datetime | str
) -> None:
    app.settings = replace(app.settings, timezone=ZoneInfo(zone))
    headers = {"Accept-Language": "en"}
    with app.test_request_context("/", method="POST", data={"moment": typed}, headers=headers):
        form = MomentForm()
        assert form.validate() is isinstance(found, datetime)
        if isinstance(found, datetime):
            assert form.moment.data == found
        else:
            assert found in str(form.moment.errors[0])
            assert form.moment._value() == typed


def test_a_deadline_on_a_leap_day_is_that_day_for_everybody(app: Matchmaker) -> None:
    moment = datetime(2028, 2, 28, 16, 30, tzinfo=UTC)  # After midnight in Taipei.
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert show_moment(moment) == "29 Feb 2028, 00:30 (Taipei)"
