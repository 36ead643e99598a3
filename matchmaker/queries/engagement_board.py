"""The office's board of work under way: what is overdue first, then what is blocked, then by due time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.models import (
    CauseSide,
    CheckIn,
    Engagement,
    EngagementStage,
    Light,
    Milestone,
    Problem,
    StageDecision,
    StopRequest,
    Team,
    User,
)
from matchmaker.models.problem import searchable
from matchmaker.policies.engagement import office_engagements
from matchmaker.policies.scope import handled_by
from matchmaker.queries.engagement_life import Life, lives, steps
from matchmaker.queries.office_setting import value as setting_value
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.engagement import LIVE_STATES, STAGE_STATES, EngagementState
from matchmaker.workflows.milestone import OPEN_STATES
from matchmaker.workflows.stage_decision import StageDecisionState
from matchmaker.workflows.stop_request import StopRequestState


@dataclass(frozen=True, kw_only=True)
class BoardFilter:
    """What the board is narrowed to; without a state it shows what is live."""

    text: str = ""
    state: str = ""
    call_id: int | None = None
    #: overdue, blocked, silent, or nothing.
    flag: str = ""


@dataclass(frozen=True)
class Line:
    """One engagement on the board."""

    engagement: Engagement
    #: When the next thing is due: a milestone or the end of the stage, whichever comes first.
    due_at: datetime | None
    is_overdue: bool
    life: Life
    #: For how many days the owner has been silent, if too long already.
    silent_days: int
    light: Light | None = None
    blocker_side: CauseSide | None = None


def due_moment() -> sa.ColumnElement[datetime]:
    """When the next thing of an engagement is due, in a statement."""
    milestone = (
        sa.select(sa.func.min(Milestone.due_at))
        .where(Milestone.engagement_id == Engagement.id, Milestone.state.in_(OPEN_STATES))
        .correlate(Engagement)
        .scalar_subquery()
    )
    stage = _stage_due()
    first = sa.case((milestone < stage, milestone), else_=stage)
    return sa.case(
        (Engagement.state == EngagementState.KICKOFF, Engagement.kickoff_due_at), else_=first
    )


def _stage_due() -> sa.ScalarSelect[datetime]:
    stage = sa.case(
        *((Engagement.state == state, stage) for stage, state in STAGE_STATES.items()), else_=""
    )
    return (
        sa.select(EngagementStage.due_at)
        .where(EngagementStage.engagement_id == Engagement.id, EngagementStage.stage == stage)
        .correlate(Engagement)
        .scalar_subquery()
    )


def _overdue(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Engagement.state.in_(LIVE_STATES), due_moment() < now)


def _silent() -> sa.ColumnElement[bool]:
    return sa.and_(Engagement.state.in_(LIVE_STATES), Engagement.silence_flagged_at.is_not(None))


def _asked() -> sa.ColumnElement[bool]:
    """The condition that a side asks to stop."""
    return Engagement.requests.any(StopRequest.state == StopRequestState.ASKED)


def _unsigned() -> sa.ColumnElement[bool]:
    """The condition that the office has not signed what the owner proposes."""
    return Engagement.decisions.any(
        sa.and_(
            StageDecision.state == StageDecisionState.PROPOSED,
            StageDecision.officer_signed_at.is_(None),
        )
    )


def _without_mentor() -> sa.ColumnElement[bool]:
    return sa.and_(Engagement.state == EngagementState.KICKOFF, Engagement.mentor_id.is_(None))


def flags(now: datetime) -> dict[str, sa.ColumnElement[bool]]:
    """What may be wrong with live work, or wait for the office in it."""
    return {
        "overdue": _overdue(now),
        "blocked": _blocked(),
        "silent": _silent(),
        "asked": _asked(),
        "unsigned": _unsigned(),
        "mentor": _without_mentor(),
    }


def _blocked() -> sa.ColumnElement[bool]:
    """The condition that something stands in the team's way: a silent owner among it."""
    blockers = sa.exists().where(
        CheckIn.engagement_id == Engagement.id, CheckIn.blocker != "", CheckIn.resolved_at.is_(None)
    )
    return sa.and_(Engagement.state.in_(LIVE_STATES), sa.or_(_silent(), blockers))


def board(
    session: Session,
    actor: User | None,
    wanted: BoardFilter,
    now: datetime,
    *,
    number: int = 1,
    size: int = 24,
) -> Page[Line]:
    """A page of the board."""
    statement = (
        sa.select(Engagement)
        .where(*_conditions(actor, wanted, now))
        .options(
            joinedload(Engagement.problem).joinedload(Problem.organization),
            joinedload(Engagement.team),
            joinedload(Engagement.call),
            joinedload(Engagement.mentor),
            joinedload(Engagement.contact),
            selectinload(Engagement.plan),
        )
        .order_by(
            sa.not_(_overdue(now)),
            sa.not_(_blocked()),
            due_moment().asc().nulls_last(),
            Engagement.id,
        )
    )
    page = paginate(session, statement, number=number, size=size)
    return Page(_lines(session, page.items, now), page.number, page.size, page.total)


def _lines(session: Session, rows: Sequence[Engagement], now: datetime) -> list[Line]:
    due = _due_of(session, [row.id for row in rows])
    limit = steps(setting_value(session, "silent_days"))[2]
    said = _last_check_ins(session, due)
    found = []
    for life in lives(session, rows):
        row, days = life.engagement, life.owner_days(now)
        at = due[row.id] if row.is_live else None
        silent = days if row.is_live and days >= limit else 0
        last = said.get(row.id)
        blocker = last.blocker_side if last and last.is_blocked else None
        light = last.light if last else None
        found.append(Line(row, at, at is not None and at < now, life, silent, light, blocker))
    return found


def _last_check_ins(session: Session, ids: Iterable[int]) -> dict[int, CheckIn]:
    """The last check-in of each engagement that has one."""
    newest = (
        sa.select(sa.func.max(CheckIn.id))
        .where(CheckIn.engagement_id.in_(list(ids)))
        .group_by(CheckIn.engagement_id)
    )
    rows = session.scalars(sa.select(CheckIn).where(CheckIn.id.in_(newest)))
    return {row.engagement_id: row for row in rows}


def _due_of(session: Session, ids: Iterable[int]) -> Mapping[int, datetime | None]:
    statement = sa.select(Engagement.id, due_moment()).where(Engagement.id.in_(list(ids)))
    return {row[0]: row[1] for row in session.execute(statement)}


def _conditions(
    actor: User | None, wanted: BoardFilter, now: datetime
) -> list[sa.ColumnElement[bool]]:
    found = _seen(actor, wanted.call_id)
    if wanted.state:
        found.append(Engagement.state == wanted.state)
    else:
        found.append(Engagement.state.in_(LIVE_STATES))
    if wanted.flag in flags(now):
        found.append(flags(now)[wanted.flag])
    if wanted.text:
        found.append(_named(wanted.text))
    return found


def _seen(actor: User | None, call_id: int | None) -> list[sa.ColumnElement[bool]]:
    found = [office_engagements(actor), handled_by(actor, Engagement.call_id)]
    return [*found, Engagement.call_id == call_id] if call_id else found


def _named(text: str) -> sa.ColumnElement[bool]:
    typed = searchable(text)
    problems = sa.select(Problem.id).where(Problem.search_text.contains(typed, autoescape=True))
    teams = sa.select(Team.id).where(Team.search_text.contains(typed, autoescape=True))
    return sa.or_(Engagement.problem_id.in_(problems), Engagement.team_id.in_(teams))


def count_by_state(
    session: Session, actor: User | None, call_id: int | None = None
) -> dict[EngagementState, int]:
    """How much work there is in each state."""
    statement = (
        sa.select(Engagement.state, sa.func.count())
        .where(*_seen(actor, call_id))
        .group_by(Engagement.state)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def count_flagged(session: Session, actor: User | None, now: datetime) -> dict[str, int]:
    """How much live work there is under each of the flags."""
    wanted = flags(now)
    sums = [sa.func.count(sa.case((condition, 1))) for condition in wanted.values()]
    live = [*_seen(actor, None), Engagement.state.in_(LIVE_STATES)]
    counted = session.execute(sa.select(*sums).select_from(Engagement).where(*live))
    return dict(zip(wanted, counted.one(), strict=True))
