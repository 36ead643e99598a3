"""Milestones in the sample: sent back and handed in again, overdue, waiting for an answer, reopened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import Cause, Engagement, Milestone, MilestoneOutcome, PlanChange, User
from matchmaker.queries import milestone as queries
from matchmaker.sample.staging import officer
from matchmaker.services import (
    extension_request,
    milestone_decision,
    milestone_feedback,
    milestone_plan,
    milestone_submission,
)
from matchmaker.services.context import Context
from matchmaker.services.engagement_plan import end_of_day
from matchmaker.services.milestone_plan import PlanValues
from matchmaker.workflows.engagement import STAGE_NAMES

INVENTORY = ("資料盤點與標註說明", "盤點可用資料的數量、期間與缺漏，附標註規則與十筆範例。")
BASELINE = (
    "現況基準線量測",
    "以人工作業量測現況：每日件數、漏檢率、平均處理時間，至少五個工作天。",
)
PROTOTYPE = ("可操作的原型", "部署在測試環境的原型與操作手冊，現場人員可自行登入試用。")
TRIAL = ("夜班試運轉", "在夜班連續運轉五天，記錄異常與處理方式。")
FIRST = "已盤點三條產線共 42,000 筆紀錄，期間為 2025 年 1 月至 12 月，缺漏率約 6%。標註規則見附檔。"
SECOND = (
    "已盤點三條產線共 42,000 筆紀錄，期間為 2025 年 1 月至 12 月，缺漏率約 4.2%，"
    "主要缺在夜班。標註規則與十筆範例見連結，並補上三種瑕疵的判定界線。"
)
ASK = "請補上夜班資料缺漏的比例\n請說明三種瑕疵的判定界線，並附範例"
ADVICE = "盤點得很完整。建議先把夜班資料補齊，再開始訓練，否則驗證時會高估準確率。"
MEASURED = "五個工作天的人工量測：每日平均 1,860 件，漏檢率 3.1%，平均每件 11 秒。"
MADE_UP = "抽查原始紀錄時發現其中兩天沒有量測，數字是推估的。"


@dataclass(frozen=True)
class People:
    """Those who act in an engagement, each with a context of their own."""

    owner: Context
    office: Context
    lead: Context
    mentor: Context


def stage(ctx: Context) -> None:
    """Give work that goes on milestones in every state."""
    rows = _running(ctx)
    for row, play in zip(rows, (_sent_back, _late), strict=False):
        play(ctx, row, _people(ctx, row))


def _running(ctx: Context) -> Sequence[Engagement]:
    """Work in a stage that is not due yet, with a contact and a mentor."""
    statement = sa.select(Engagement).where(
        Engagement.state.in_(STAGE_NAMES),
        Engagement.due_at > utcnow(),
        Engagement.contact_id.is_not(None),
        Engagement.mentor_id.is_not(None),
    )
    return [
        row for row in ctx.session.scalars(statement.order_by(Engagement.id)) if _is_open(ctx, row)
    ]


def _is_open(ctx: Context, row: Engagement) -> bool:
    return bool(queries.undecided(ctx.session, row.id, row.stage or ""))


def _people(ctx: Context, row: Engagement) -> People:
    def acting(person: User | None) -> Context:
        return replace(ctx, actor=person, trusted=False)

    lead = row.application.lead or row.team.members[0].user
    return People(
        acting(row.contact), acting(officer(ctx.session)), acting(lead), acting(row.mentor)
    )


def _add(
    ctx: Context, row: Engagement, people: People, what: tuple[str, str], days: int
) -> Milestone:
    """A milestone that the owner added; one in the past was due then."""
    due = end_of_day(utcnow() + timedelta(days=abs(days)), ctx.settings.timezone)
    title, asked = what
    values = PlanValues(stage=row.stage or "", title=title, asked=asked, due_at=due)
    milestone = milestone_plan.add(people.owner, row.id, values)
    if days < 0:
        milestone.due_at += timedelta(days=2 * days)
    ctx.session.flush()
    return milestone


def _hand_in(people: People, row: Milestone, text: str, links: Sequence[str] = ()) -> None:
    where = (row.engagement_id, row.id)
    milestone_submission.save(people.lead, *where, text=text, links=links, version=row.version)
    people.lead.session.flush()
    milestone_submission.submit(people.lead, *where, version=row.version)
    people.lead.session.flush()


def _sent_back(ctx: Context, row: Engagement, people: People) -> None:
    """Changes were requested and handed in again; more time is asked for on the stage's result."""
    inventory = _add(ctx, row, people, INVENTORY, 12)
    where = (row.id, inventory.id)
    _hand_in(people, inventory, FIRST)
    milestone_feedback.comment(people.mentor, *where, body=ADVICE)
    milestone_feedback.request_changes(
        people.owner,
        *where,
        body=ASK,
        until=end_of_day(utcnow() + timedelta(days=5), ctx.settings.timezone),
        version=inventory.version,
    )
    _hand_in(people, inventory, SECOND, ["https://example.org/labels/guide"])
    result = queries.undecided(ctx.session, row.id, row.stage or "")[0]
    extension_request.ask(
        people.lead,
        row.id,
        result.id,
        until=result.due_at + timedelta(days=14),
        cause=Cause.DATA_LATE,
        reason="夜班資料要到下個月才能匯出，訓練與驗證都得順延。",
    )


def _late(ctx: Context, row: Engagement, people: People) -> None:
    """One is overdue, one was passed and found false, and the team proposes a further one."""
    _add(ctx, row, people, PROTOTYPE, -4)
    baseline = _add(ctx, row, people, BASELINE, -9)
    where = (row.id, baseline.id)
    _hand_in(people, baseline, MEASURED)
    passed = MilestoneOutcome.PASSED
    milestone_feedback.give_opinion(
        people.owner, *where, outcome=passed, body="量測完整，可以接受。"
    )
    ctx.session.flush()
    milestone_decision.decide(
        people.office, *where, outcome=passed, reason="依約定完成。", version=baseline.version
    )
    ctx.session.flush()
    milestone_decision.reopen(people.office, *where, reason=MADE_UP, version=baseline.version)
    title, asked = TRIAL
    due = end_of_day(utcnow() + timedelta(days=30), ctx.settings.timezone)
    values = PlanValues(stage=row.stage or "", title=title, asked=asked, due_at=due)
    milestone_plan.propose(
        people.lead, row.id, PlanChange.ADD, values, reason="夜班的光線與日班不同，需要另外驗證。"
    )
