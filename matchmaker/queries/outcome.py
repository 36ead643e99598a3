"""Reading what became of work: both sides' answers side by side, and the sums of a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.assessment.outcomes import QUESTIONS, Question, Verdict, verdict
from matchmaker.errors import NotFound
from matchmaker.models import Engagement, OutcomeSurvey, User
from matchmaker.models.outcome import MONTHS
from matchmaker.policies.engagement import office_engagements, visible_engagements
from matchmaker.policies.outcome import asked_side, may_read_outcomes
from matchmaker.policies.scope import is_national
from matchmaker.queries.engagement import whole
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.outcome_survey import OutcomeSurveyState


@dataclass(frozen=True)
class Line:
    """One question with what each side said of it."""

    question: Question
    owner: Any
    team: Any
    verdict: Verdict


@dataclass(frozen=True)
class Time:
    """What was asked at one time: the two surveys, and what the reader may see of them."""

    months: int
    owner: OutcomeSurvey | None
    team: OutcomeSurvey | None
    lines: list[Line]
    #: The survey that the reader can answer, if any.
    own: OutcomeSurvey | None
    #: Whether the other side's answers are kept back until the reader's side has spoken.
    is_veiled: bool


def surveys_of(session: Session, engagement: Engagement) -> Sequence[OutcomeSurvey]:
    """Everything that was asked about *engagement*; who may read it has been asked."""
    statement = (
        sa.select(OutcomeSurvey)
        .where(OutcomeSurvey.engagement_id == engagement.id)
        .options(joinedload(OutcomeSurvey.user), selectinload(OutcomeSurvey.versions))
        .order_by(OutcomeSurvey.months, OutcomeSurvey.side)
    )
    return session.scalars(statement).all()


def get_survey(
    session: Session, actor: User | None, survey_id: int, *, lock: bool = False
) -> OutcomeSurvey:
    """The survey, or `NotFound` if *actor* may not know of its engagement."""
    statement = (
        sa.select(OutcomeSurvey)
        .join(OutcomeSurvey.engagement)
        .where(OutcomeSurvey.id == survey_id, visible_engagements(actor))
        .options(selectinload(OutcomeSurvey.versions))
    )
    if lock:
        statement = statement.with_for_update(of=OutcomeSurvey)
    found = session.scalar(statement.execution_options(populate_existing=lock))
    if found is None:
        raise NotFound
    return found


def times_of(session: Session, actor: User, engagement: Engagement) -> list[Time]:
    """What was asked and said at each time, as far as *actor* may see it.

    The sides do not see each other's answers before their own is in or the time is over: what one
    says shall not lead the other.
    """
    found = {(row.months, row.side): row for row in surveys_of(session, engagement)}
    return [
        _time(actor, months, found.get((months, "owner")), found.get((months, "team")))
        for months in MONTHS
        if (months, "owner") in found or (months, "team") in found
    ]


def _time(
    actor: User, months: int, owner: OutcomeSurvey | None, team: OutcomeSurvey | None
) -> Time:
    rows = [row for row in (owner, team) if row is not None]
    side = asked_side(actor, rows[0])
    own = next((row for row in rows if row.side == side), None)
    is_veiled = own is not None and own.state is OutcomeSurveyState.ASKED
    lines = [] if is_veiled else lines_of(answers_of(owner), answers_of(team))
    return Time(months, owner, team, lines, own, is_veiled)


def answers_of(survey: OutcomeSurvey | None) -> Mapping[str, Any]:
    """What a side said; nothing if it said nothing."""
    return survey.answers if survey is not None else {}


def lines_of(owner: Mapping[str, Any], team: Mapping[str, Any]) -> list[Line]:
    """The questions with both sides' answers."""
    return [
        Line(question, said, other, verdict(question, said, other))
        for question in QUESTIONS
        for said, other in [(owner.get(question.key), team.get(question.key))]
    ]


def agreed(owner: Mapping[str, Any], team: Mapping[str, Any]) -> dict[str, Any]:
    """What both sides say the same of: question to the owner's answer."""
    return {
        line.question.key: line.owner
        for line in lines_of(owner, team)
        if line.verdict is Verdict.SAME
    }


def to_ask(session: Session) -> Sequence[Engagement]:
    """Work that was begun and has ended, until its sides were asked for the last time."""
    last = sa.exists().where(
        OutcomeSurvey.engagement_id == Engagement.id,
        OutcomeSurvey.months == MONTHS[-1],
        OutcomeSurvey.asked_at >= Engagement.ended_at,
    )
    statement = (
        sa.select(Engagement)
        .where(Engagement.ended_at.is_not(None), Engagement.started_at.is_not(None), ~last)
        .options(*whole())
        .order_by(Engagement.id)
    )
    return session.scalars(statement).unique().all()


def asked_months(session: Session) -> dict[int, set[int]]:
    """At which times each engagement was asked about since it ended.

    What was asked before an end that was taken back does not count: nothing could be said yet.
    """
    rows = session.execute(
        sa.select(OutcomeSurvey.engagement_id, OutcomeSurvey.months)
        .join(OutcomeSurvey.engagement)
        .where(OutcomeSurvey.asked_at >= Engagement.ended_at)
        .distinct()
    )
    found: dict[int, set[int]] = {}
    for engagement_id, months in rows:
        found.setdefault(engagement_id, set()).add(months)
    return found


def asked_before(session: Session, engagement: Engagement, months: int) -> dict[str, OutcomeSurvey]:
    """What was asked at that time after an earlier end, by side; locked for a change."""
    statement = (
        sa.select(OutcomeSurvey)
        .where(OutcomeSurvey.engagement_id == engagement.id, OutcomeSurvey.months == months)
        .with_for_update()
    )
    return {row.side: row for row in session.scalars(statement)}


def waiting(session: Session, now: datetime) -> Sequence[OutcomeSurvey]:
    """What still waits for an answer, the first due first."""
    statement = (
        sa.select(OutcomeSurvey)
        .where(OutcomeSurvey.state == OutcomeSurveyState.ASKED, OutcomeSurvey.due_at > now)
        .order_by(OutcomeSurvey.due_at, OutcomeSurvey.id)
    )
    return session.scalars(statement).all()


def lapsed(session: Session, now: datetime) -> Sequence[OutcomeSurvey]:
    """What nobody has answered in time."""
    statement = (
        sa.select(OutcomeSurvey)
        .where(OutcomeSurvey.state == OutcomeSurveyState.ASKED, OutcomeSurvey.due_at <= now)
        .order_by(OutcomeSurvey.id)
        .with_for_update()
    )
    return session.scalars(statement).all()


@dataclass(frozen=True)
class Said:
    """The latest word of both sides on one engagement."""

    is_completed: bool
    owner: Mapping[str, Any]
    team: Mapping[str, Any]
    #: Of both sides together: how often asked, answered, left without an answer.
    asked: int
    answered: int
    lapsed: int


def said_of_calls(
    session: Session, actor: User, call_id: int | None = None, months: int | None = None
) -> list[Said]:
    """What was said of the work in the programme's calls: each side's latest answer counts."""
    may_read_outcomes.require(actor)
    statement = (
        sa.select(OutcomeSurvey, Engagement.state)
        .join(OutcomeSurvey.engagement)
        .where(
            office_engagements(actor),
            is_national(Engagement.call_id),
            Engagement.ended_at.is_not(None),
        )
        .order_by(OutcomeSurvey.engagement_id, OutcomeSurvey.months)
    )
    if call_id is not None:
        statement = statement.where(Engagement.call_id == call_id)
    if months is not None:
        statement = statement.where(OutcomeSurvey.months == months)
    rows: dict[int, list[OutcomeSurvey]] = {}
    states: dict[int, EngagementState] = {}
    for survey, state in session.execute(statement):
        rows.setdefault(survey.engagement_id, []).append(survey)
        states[survey.engagement_id] = state
    return [_said(states[key] is EngagementState.COMPLETED, found) for key, found in rows.items()]


def _said(is_completed: bool, surveys: Sequence[OutcomeSurvey]) -> Said:
    latest = {row.side: row.answers for row in surveys if row.state is OutcomeSurveyState.ANSWERED}
    states = [row.state for row in surveys]
    return Said(
        is_completed,
        latest.get("owner", {}),
        latest.get("team", {}),
        len(states),
        states.count(OutcomeSurveyState.ANSWERED),
        states.count(OutcomeSurveyState.LAPSED),
    )
