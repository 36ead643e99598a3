"""Work that is followed in the sample: lights, measures, hours of mentoring, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from matchmaker.clock import utcnow
from matchmaker.models import (
    CauseSide,
    CheckIn,
    Engagement,
    Light,
    MemberRole,
    OutcomeSurvey,
    Team,
    User,
)
from matchmaker.policies.scope import is_national
from matchmaker.services import check_in, mentoring, metric, outcome
from matchmaker.services.context import Context
from matchmaker.services.metric import Figures

FORTNIGHT = timedelta(weeks=2)
DONE = ("完成資料清理，補上夜班紀錄。", "完成第一版模型，測試集漏檢率 5%。")
LATELY = "現場試用，調整門檻。"
COMING = ("建立基準線並訓練第一版模型。", "到產線試裝攝影機。")
#: What is said last, in turn: a light, what is in the way, on whose side, and how it was cleared.
LAST: tuple[tuple[Light, str, CauseSide | None, str], ...] = (
    (Light.RED, "等不到三號線的影像，已經兩週沒有回覆，訓練無法繼續。", CauseSide.OWNER, ""),
    (Light.AMBER, "團隊兩位成員期末考，下週進度會慢。", CauseSide.TEAM, ""),
    (Light.GREEN, "", None, ""),
    (Light.AMBER, "攝影機缺貨，供應商延後一週。", CauseSide.OUTSIDE, "改用備品，昨天已到貨安裝。"),
)
MEASURES = (
    (Figures(name="漏檢率 Missed defects", unit="%", baseline=8, target=2), (7.4, 5.1, 3.2)),
    (
        Figures(name="每小時檢驗件數 Pieces an hour", unit="件", baseline=120, target=300),
        (150, 210),
    ),
)
SLIP = (51, "小數點打錯：應為 5.1。")
#: What owner and team say became of the work, in turn; None: they say nothing until it is too late.
ANSWERS: tuple[tuple[dict[str, Any] | None, dict[str, Any] | None], ...] = (
    (
        {"reached": "yes", "in_use": "yes", "saved": 1_200_000, "jobs": 2, "follow_on": 800_000},
        {"reached": "yes", "in_use": "yes", "saved": 1_250_000, "jobs": 2, "follow_on": 800_000},
    ),
    (
        {"reached": "partly", "in_use": "pilot", "saved": 300_000, "jobs": 1},
        {"reached": "yes", "in_use": "yes", "saved": 900_000, "jobs": 3, "rights": 1},
    ),
    (None, {"reached": "yes", "in_use": "planned", "investment": 5_000_000, "reuse": 2}),
    (None, None),
)


@dataclass(frozen=True)
class People:
    """Those who speak in an engagement, each with a context of their own."""

    owner: Context
    lead: Context
    mentor: Context


def stage(ctx: Context) -> None:
    """Let work be followed; what was asked about work that ended is answered, or not."""
    for number, work in enumerate(_begun(ctx)):
        people = _people(ctx, work)
        _measure(people, work, number)
        if work.is_live:
            _meet(people, work, number)
            _report(ctx, people, work, number)
    outcome.follow(ctx)
    _answer(ctx)
    _answered_at_the_end(ctx)
    outcome.follow(ctx)


def _begun(ctx: Context) -> Sequence[Engagement]:
    statement = sa.select(Engagement).where(
        Engagement.started_at.is_not(None), is_national(Engagement.call_id)
    )
    members = selectinload(Engagement.team).selectinload(Team.members)
    return ctx.session.scalars(statement.options(members).order_by(Engagement.id)).all()


def _people(ctx: Context, work: Engagement) -> People:
    lead = next(place.user for place in work.team.members if place.role is MemberRole.LEAD)
    return People(_as(ctx, work.contact), _as(ctx, lead), _as(ctx, work.mentor))


def _as(ctx: Context, user: User | None) -> Context:
    return replace(ctx, actor=user, trusted=False)


def _measure(people: People, work: Engagement, number: int) -> None:
    """Team and owner agree on a measure; of every fourth work the owner has not yet answered."""
    if not work.is_live:
        return
    figures, readings = MEASURES[number % len(MEASURES)]
    row = metric.propose(people.lead, work.id, figures)
    people.lead.session.flush()
    if number % 4 == 3:
        return
    metric.agree(people.owner, work.id, row.id, version=row.version)
    people.lead.session.flush()
    for place, value in enumerate((*readings, SLIP[0])):
        day = _day(work) + timedelta(weeks=place)
        taken = metric.read_off(
            people.lead, work.id, row.id, value=value, measured_on=day, note="測試線，一個班別"
        )
        people.lead.session.flush()
        if value == SLIP[0]:
            metric.strike(people.lead, work.id, taken.id, reason=SLIP[1])


def _day(work: Engagement) -> date:
    """The day work began, not later than today."""
    return min(work.started_at or utcnow(), utcnow() - timedelta(weeks=4)).date()


def _meet(people: People, work: Engagement, number: int) -> None:
    """The mentor writes meetings down; the team one that waits for the mentor."""
    first = max(_day(work), work.opened_at.date() + timedelta(days=1))
    mentoring.add(people.mentor, work.id, held_on=first, minutes=90, topic="資料標註原則")
    if number % 2:
        mentoring.add(people.lead, work.id, held_on=first, minutes=60, topic="模型選擇")


def _report(ctx: Context, people: People, work: Engagement, number: int) -> None:
    """A word every other week; the last light differs, and of some work nobody says anything."""
    if number % 5 == 4:
        return
    for place, (done, coming) in enumerate(zip(DONE, COMING, strict=True)):
        row = check_in.check_in(people.lead, work.id, light=Light.GREEN, done=done, coming=coming)
        said_at = utcnow() - FORTNIGHT * (len(DONE) - place)
        _date_back(ctx, row, max(said_at, work.started_at or said_at))
    light, blocker, side, resolution = LAST[number % len(LAST)]
    last = check_in.check_in(
        people.lead, work.id, light=light, done=LATELY, blocker=blocker, blocker_side=side
    )
    _date_back(ctx, last, utcnow() - timedelta(days=3))
    if resolution:
        check_in.resolve(people.owner, work.id, last.id, resolution=resolution)


def _date_back(ctx: Context, row: CheckIn, moment: datetime) -> None:
    ctx.session.flush()
    row.created_at = moment
    ctx.session.flush()


def _answer(ctx: Context) -> None:
    """The sides answer in turn; whoever was to say nothing lets the time pass."""
    statement = sa.select(OutcomeSurvey).order_by(OutcomeSurvey.engagement_id)
    rows = ctx.session.scalars(statement).all()
    order = list(dict.fromkeys(row.engagement_id for row in rows))
    for row in rows:
        place = order.index(row.engagement_id)
        said = ANSWERS[place % len(ANSWERS)][row.side == "team"]
        people = _people(ctx, row.engagement)
        speaker = people.lead if row.side == "team" else people.owner
        if said is not None:
            outcome.answer(speaker, row.id, said, version=row.version)
        elif place % 2 == 0:
            row.due_at = utcnow() - timedelta(days=1)
    ctx.session.flush()
    outcome.lapse(ctx)


def _answered_at_the_end(ctx: Context) -> None:
    """What was said of the first work was said when it ended; of later it is asked now."""
    statement = sa.select(OutcomeSurvey).order_by(OutcomeSurvey.engagement_id, OutcomeSurvey.id)
    rows = ctx.session.scalars(statement).all()
    for row in rows:
        ended_at = row.engagement.ended_at
        if row.engagement_id == rows[0].engagement_id and ended_at is not None:
            row.months, row.asked_at = 0, ended_at
            row.due_at = ended_at + timedelta(days=30)
            row.answered_at = ended_at + timedelta(days=4)
    ctx.session.flush()
