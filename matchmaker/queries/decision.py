"""Reading decisions: rounds, what they say of each application, and the waiting lists behind offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from matchmaker.errors import NotFound
from matchmaker.models import (
    Application,
    Call,
    Decision,
    DecisionOutcome,
    DecisionRound,
    Engagement,
    Problem,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.decision import visible_rounds
from matchmaker.policies.scope import handled_by, is_national
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.decision_round import DecisionRoundState
from matchmaker.workflows.engagement import ENDED_STATES
from matchmaker.workflows.engagement import LIVE_STATES as WORKING_STATES

#: States of an application that a decision can still be taken on.
UNDECIDED_STATES = (
    ApplicationState.UNDER_REVIEW,
    ApplicationState.SHORTLISTED,
    ApplicationState.WAITLISTED,
)
#: States in which a team has a place, or may take one.
SEATED_STATES = (ApplicationState.OFFERED, ApplicationState.CONFIRMED)
#: From how many of the latest decisions the usual time is taken, and how many there must be.
USUAL_OF, USUAL_LEAST = 200, 5


@dataclass(frozen=True)
class CallLine:
    """A call in which there is something to decide: how much, and the round being prepared."""

    call: Call
    n_waiting: int
    preparing: DecisionRound | None


def calls_to_decide(session: Session, actor: User | None) -> list[CallLine]:
    """The calls with applications to decide on, or a round being prepared."""
    waiting = (
        sa.select(Application.call_id, sa.func.count())
        .where(Application.state.in_(UNDECIDED_STATES), handled_by(actor, Application.call_id))
        .group_by(Application.call_id)
    )
    counts = {row[0]: row[1] for row in session.execute(waiting)}
    open_rounds = session.scalars(
        sa.select(DecisionRound).where(
            visible_rounds(actor), DecisionRound.state == DecisionRoundState.PREPARING
        )
    )
    preparing = {row.call_id: row for row in open_rounds}
    calls = sa.select(Call).where(Call.id.in_({*counts, *preparing})).order_by(Call.id.desc())
    return [
        CallLine(call, counts.get(call.id, 0), preparing.get(call.id))
        for call in session.scalars(calls)
    ]


def list_rounds(session: Session, actor: User | None, *, number: int = 1) -> Page[DecisionRound]:
    """The rounds, newest first."""
    statement = (
        sa.select(DecisionRound)
        .where(visible_rounds(actor))
        .options(joinedload(DecisionRound.call), joinedload(DecisionRound.announcer))
        .order_by(DecisionRound.id.desc())
    )
    return paginate(session, statement, number=number)


def get_round(
    session: Session, actor: User | None, round_id: int, *, lock: bool = False
) -> DecisionRound:
    """The round, or `NotFound`; locked for a change if asked."""
    statement = sa.select(DecisionRound).where(DecisionRound.id == round_id, visible_rounds(actor))
    locked = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(locked if lock else statement)
    if found is None:
        raise NotFound
    return found


def preparing_round(session: Session, call_id: int) -> DecisionRound | None:
    """The round of a call that is being prepared."""
    return session.scalar(
        sa.select(DecisionRound).where(
            DecisionRound.call_id == call_id, DecisionRound.state == DecisionRoundState.PREPARING
        )
    )


def decisions_of(session: Session, row: DecisionRound) -> Sequence[Decision]:
    """What a round says, problem by problem: offers first, then the waiting list by turn."""
    rank = sa.case(
        (Decision.outcome.is_(None), 0),
        (Decision.outcome == DecisionOutcome.OFFER, 1),
        (Decision.outcome == DecisionOutcome.WAITLIST, 2),
        else_=3,
    )
    statement = (
        sa.select(Decision)
        .join(Application, Application.id == Decision.application_id)
        .where(Decision.round_id == row.id)
        .options(*_whole())
        .order_by(Application.problem_id, rank, Decision.turn, Decision.id)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).all()


def get_decision(
    session: Session, actor: User | None, decision_id: int, *, lock: bool = False
) -> Decision:
    """One decision of a round the actor may know of, or `NotFound`."""
    statement = (
        sa.select(Decision)
        .join(DecisionRound, DecisionRound.id == Decision.round_id)
        .where(Decision.id == decision_id, visible_rounds(actor))
    )
    if lock:
        statement = statement.with_for_update(of=Decision)
    found = session.scalar(statement.execution_options(populate_existing=lock))
    if found is None:
        raise NotFound
    return found


def undecided(session: Session, call_id: int) -> Sequence[Application]:
    """The applications of a call that a decision can be taken on."""
    statement = sa.select(Application).where(
        Application.call_id == call_id, Application.state.in_(UNDECIDED_STATES)
    )
    return session.scalars(statement.order_by(Application.problem_id, Application.id)).all()


def announced_of(session: Session, application: Application) -> Decision | None:
    """What was last announced of an application."""
    statement = (
        sa.select(Decision)
        .join(DecisionRound, DecisionRound.id == Decision.round_id)
        .where(
            Decision.application_id == application.id,
            DecisionRound.state == DecisionRoundState.ANNOUNCED,
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def lapsed_offers(session: Session, now: datetime) -> Sequence[Decision]:
    """Offers whose time is over and that nobody has answered."""
    return _open_offers(session, Decision.expires_at <= now)


def offers_due(session: Session, now: datetime, until: datetime) -> Sequence[Decision]:
    """Offers that run out between *now* and *until* and of which nobody was reminded."""
    soon = sa.and_(Decision.expires_at > now, Decision.expires_at <= until)
    return _open_offers(session, sa.and_(soon, Decision.reminded_at.is_(None)))


def usual_days(session: Session) -> int | None:
    """How many days teams usually wait for a decision: the median of the latest, if there are a few."""
    taken = (
        sa.select(Application.submitted_at, DecisionRound.announced_at)
        .join(Decision, Decision.application_id == Application.id)
        .join(DecisionRound, DecisionRound.id == Decision.round_id)
        .where(
            DecisionRound.announced_at > Application.submitted_at,
            is_national(DecisionRound.call_id),
        )
        .order_by(DecisionRound.announced_at.desc(), Decision.id.desc())
        .limit(USUAL_OF)
    )
    rows = session.execute(taken)
    days = [(said - asked).days for asked, said in rows if asked and said]
    return round(median(days)) if len(days) >= USUAL_LEAST else None


def _open_offers(session: Session, when: sa.ColumnElement[bool]) -> Sequence[Decision]:
    """The offers that wait for an answer: of an application decided on twice, the later one."""
    newest = (
        sa.select(sa.func.max(Decision.id))
        .join(DecisionRound, DecisionRound.id == Decision.round_id)
        .where(DecisionRound.state == DecisionRoundState.ANNOUNCED)
        .group_by(Decision.application_id)
    )
    statement = (
        sa.select(Decision)
        .join(Application, Application.id == Decision.application_id)
        .where(Application.state == ApplicationState.OFFERED, Decision.id.in_(newest), when)
        .options(*_whole())
        .order_by(Decision.id)
    )
    return session.scalars(statement).all()


def next_in_line(session: Session, problem_id: int) -> Sequence[Decision]:
    """The waiting list of a problem: the announced decisions whose teams still wait, by turn."""
    statement = (
        sa.select(Decision)
        .join(Application, Application.id == Decision.application_id)
        .join(DecisionRound, DecisionRound.id == Decision.round_id)
        .where(
            Application.problem_id == problem_id,
            Application.state == ApplicationState.WAITLISTED,
            Decision.outcome == DecisionOutcome.WAITLIST,
            DecisionRound.state == DecisionRoundState.ANNOUNCED,
        )
        .options(*_whole())
        .order_by(Decision.turn.asc().nulls_last(), Decision.id)
    )
    return session.scalars(statement).all()


def problems_with_room(session: Session) -> Sequence[Problem]:
    """Problems with a waiting list on which fewer teams have a place than are wanted; locked."""
    waiting = sa.select(Application.problem_id).where(
        Application.state == ApplicationState.WAITLISTED
    )
    seated = (
        sa.select(sa.func.count(Application.id))
        .where(Application.problem_id == Problem.id, _is_seated())
        .scalar_subquery()
    )
    statement = sa.select(Problem).where(Problem.id.in_(waiting), seated < Problem.teams_wanted)
    return session.scalars(statement.order_by(Problem.id).with_for_update()).all()


def count_seated(session: Session, problem_id: int) -> int:
    """How many teams have a place on a problem, or may take one."""
    statement = sa.select(sa.func.count(Application.id)).where(
        Application.problem_id == problem_id, _is_seated()
    )
    return session.scalar(statement) or 0


def _is_seated() -> sa.ColumnElement[bool]:
    """The condition that an application takes up a place.

    Once the work has begun a place that becomes free goes to nobody, unless the office says so.
    """
    begun = sa.select(Engagement.application_id).where(
        Engagement.started_at.is_not(None), Engagement.is_place_free.is_(False)
    )
    freed = sa.select(Engagement.application_id).where(Engagement.is_place_free.is_(True))
    return sa.or_(
        sa.and_(Application.state.in_(SEATED_STATES), Application.id.not_in(freed)),
        sa.and_(Application.state == ApplicationState.WITHDRAWN, Application.id.in_(begun)),
    )


def count_confirmed_of_team(session: Session, call_id: int, team_id: int) -> int:
    """How many places a team has confirmed in a call and not brought to an end."""
    ended = sa.select(Engagement.application_id).where(Engagement.state.in_(ENDED_STATES))
    statement = sa.select(sa.func.count(Application.id)).where(
        Application.call_id == call_id,
        Application.team_id == team_id,
        Application.state == ApplicationState.CONFIRMED,
        Application.id.not_in(ended),
    )
    return session.scalar(statement) or 0


def work_elsewhere(session: Session, call_id: int) -> dict[int, int]:
    """How much each team has to do in other calls at this moment, by team.

    Work in an in-house call is left out: only its house knows of it, and the team itself answers
    for what it confirms.
    """
    statement = (
        sa.select(Engagement.team_id, sa.func.count())
        .where(
            Engagement.call_id != call_id,
            Engagement.state.in_(WORKING_STATES),
            is_national(Engagement.call_id),
        )
        .group_by(Engagement.team_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def selection(session: Session, problem: Problem) -> Sequence[Application]:
    """The teams that were offered a place on a problem, whatever they answered; for its owner."""
    offered = (
        ApplicationState.OFFERED,
        ApplicationState.CONFIRMED,
        ApplicationState.EXPIRED,
    )
    statement = (
        sa.select(Application)
        .where(Application.problem_id == problem.id, Application.state.in_(offered))
        .options(joinedload(Application.team), joinedload(Application.lead))
        .order_by(Application.decided_at, Application.id)
    )
    return session.scalars(statement).all()


def _whole() -> tuple[ExecutableOption, ...]:
    """With what pages and letters say of the application."""
    application = joinedload(Decision.application)
    members = application.joinedload(Application.team).selectinload(Team.members)
    return (
        joinedload(Decision.round),
        application.joinedload(Application.problem).joinedload(Problem.organization),
        application.joinedload(Application.problem).joinedload(Problem.call),
        members.joinedload(TeamMember.user).selectinload(User.role_grants),
        application.selectinload(Application.people),
    )
