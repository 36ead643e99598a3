"""Changing the plan: the owner or the office changes it, the team proposes and one of them agrees.

Only what is planned can be changed or dropped: what was handed in is on record. Once the kick-off
is over a due time moves by an extension only, so that every delay has its cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition
from matchmaker.i18n import N_, Message
from matchmaker.models import Engagement, Milestone, MilestoneChange, PlanChange
from matchmaker.policies.milestone import (
    may_decide_change,
    may_order,
    may_plan,
    may_propose,
    may_withdraw_change,
)
from matchmaker.queries import engagement as engagements
from matchmaker.queries import milestone as queries
from matchmaker.queries import milestone_change as changes
from matchmaker.services.context import Context
from matchmaker.services.milestone import (
    MAX_ASKED,
    MAX_TITLE,
    check_live,
    check_version,
    find,
)
from matchmaker.services.milestone_letters import tell_of_plan, title_of
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.milestone import MilestoneAction, MilestoneState
from matchmaker.workflows.milestone_change import MilestoneChangeAction, MilestoneChangeState

MAX_IN_STAGE = 12
MAX_AHEAD = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanValues:
    """What somebody wants a milestone to be."""

    stage: str
    title: str
    asked: str
    due_at: datetime | None


def add(ctx: Context, engagement_id: int, values: PlanValues) -> Milestone:
    """The owner or the office adds a milestone."""
    engagement = _engagement(ctx, engagement_id)
    ctx.require(may_plan, engagement)
    values, due = _checked(ctx, engagement, values)
    rows = queries.of_engagement(ctx.session, engagement.id)
    twin = _twin(rows, values, due)
    return twin or _add(ctx, engagement, rows, values, due)


def _twin(rows: Sequence[Milestone], values: PlanValues, due: datetime) -> Milestone | None:
    """What a first click has added."""
    planned = (row for row in rows if row.state is MilestoneState.PLANNED)
    said = (values.stage, values.title, values.asked, due)
    same = (row for row in planned if (row.stage, row.title, row.asked, row.due_at) == said)
    return next(same, None)


def _add(
    ctx: Context,
    engagement: Engagement,
    rows: Sequence[Milestone],
    values: PlanValues,
    due: datetime,
) -> Milestone:
    numbers = [row.number for row in rows if row.stage == values.stage]
    if len(numbers) >= MAX_IN_STAGE:
        text = N_("A stage has at most %(most)s milestones.")
        raise InvalidInput(fields={"stage": [Message(text, {"most": MAX_IN_STAGE})]})
    row = Milestone(
        engagement=engagement,
        stage=values.stage,
        number=max(numbers, default=0) + 1,
        title=values.title,
        asked=values.asked,
        due_at=due,
    )
    ctx.session.add(row)
    ctx.record("milestone:add", row, stage=row.stage)
    tell_of_plan(ctx, engagement, "milestone.added", milestone=_name(row), due=due)
    return row


def change(
    ctx: Context, engagement_id: int, milestone_id: int, values: PlanValues, *, version: int
) -> Milestone:
    """The owner or the office changes what is asked for."""
    row = find(ctx, engagement_id, milestone_id)
    ctx.require(may_plan, row.engagement)
    _check_planned(row)
    values, due = _checked(ctx, row.engagement, values, row)
    if (row.title, row.asked, row.due_at) == (values.title, values.asked, due):
        return row  # A second click, or nothing changed.
    check_version(row, version)
    _change(ctx, row, values, due)
    return row


def _change(ctx: Context, row: Milestone, values: PlanValues, due: datetime) -> None:
    fields = {"title": values.title, "asked": values.asked, "due_at": due}
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name, value in fields.items():
        setattr(row, name, value)
    ctx.record("milestone:change", row, changed=changed)
    tell_of_plan(ctx, row.engagement, "milestone.changed", milestone=_name(row), due=due)


def drop(
    ctx: Context, engagement_id: int, milestone_id: int, *, reason: str, version: int
) -> Milestone:
    """The owner or the office takes a milestone out of the plan; each stage keeps one."""
    row = find(ctx, engagement_id, milestone_id)
    ctx.require(may_plan, row.engagement)
    kept = needed(reason)
    if row.state is MilestoneState.DROPPED:
        return row  # A second click.
    check_version(row, version)
    _drop(ctx, row, kept)
    return row


def _drop(ctx: Context, row: Milestone, reason: str) -> None:
    _check_planned(row)
    out = (MilestoneState.DROPPED, MilestoneState.CANCELLED)
    rows = queries.of_engagement(ctx.session, row.engagement_id)
    if not any(one.stage == row.stage and one is not row and one.state not in out for one in rows):
        raise Conflict(N_("A stage needs a milestone: add another one before you take this out."))
    row.apply(MilestoneAction.DROP)
    row.reason = reason
    ctx.record("milestone:drop", row, reason=reason)
    tell_of_plan(ctx, row.engagement, "milestone.dropped", milestone=_name(row), note=reason)


def order(
    ctx: Context, engagement_id: int, milestone_id: int, *, up: bool, version: int
) -> Milestone:
    """Put a milestone one place before or after its neighbour of the same stage."""
    row = find(ctx, engagement_id, milestone_id)
    ctx.require(may_order, row.engagement)
    check_live(row.engagement)
    if row.version != version:
        return row  # A second click, or somebody else was faster: the page shows the order.
    rows = [one for one in queries.of_engagement(ctx.session, engagement_id) if _is_in(one, row)]
    place = rows.index(row)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows.insert(other, rows.pop(place))
        for number, one in enumerate(rows, 1):
            one.number = number
        ctx.record("milestone:order", row, number=row.number)
    return row


def _is_in(one: Milestone, row: Milestone) -> bool:
    """Whether both stand in the same list on the page."""
    return one.stage == row.stage and one.state is not MilestoneState.DROPPED


# The team proposes


def propose(
    ctx: Context,
    engagement_id: int,
    kind: PlanChange,
    values: PlanValues | None = None,
    *,
    milestone_id: int | None = None,
    reason: str,
) -> MilestoneChange:
    """A member of the team proposes to add, change or drop a milestone, and says why."""
    row = find(ctx, engagement_id, milestone_id) if milestone_id is not None else None
    engagement = row.engagement if row is not None else _engagement(ctx, engagement_id)
    ctx.require(may_propose, engagement)
    kept = needed(reason)
    check_live(engagement)
    if row is not None:
        _check_planned(row)
        values = values or PlanValues(
            stage=row.stage, title=row.title, asked=row.asked, due_at=row.due_at
        )
    if values is None:
        raise InvalidInput(fields={"asked": [Message(N_("Say what is to be delivered."))]})
    if kind is not PlanChange.DROP:
        values, due = _checked(ctx, engagement, values, row)
    else:
        due = values.due_at or engagement.due_at
    return _proposed(ctx, engagement, row, kind, values, due, kept)


def _proposed(
    ctx: Context,
    engagement: Engagement,
    row: Milestone | None,
    kind: PlanChange,
    values: PlanValues,
    due: datetime,
    reason: str,
) -> MilestoneChange:
    wanted = MilestoneChange(
        engagement=engagement,
        milestone=row,
        kind=kind,
        stage=row.stage if row else values.stage,
        title=values.title,
        asked=values.asked,
        due_at=due,
        reason=reason,
        user_id=ctx.actor.id if ctx.actor else None,
    )
    for one in filter(_is_open, changes.changes_of(ctx.session, engagement.id)):
        if _says(one) == _says(wanted):
            return one  # A second click.
        if row is not None and one.milestone_id == row.id:
            raise Conflict(
                N_("A change of this milestone is proposed already: it is answered first.")
            )
    ctx.session.add(wanted)
    ctx.record("milestone_change:propose", wanted, kind=kind, reason=reason)
    tell_of_plan(ctx, engagement, "milestone.proposed", ("owner", "office"), note=reason)
    return wanted


def _is_open(change: MilestoneChange) -> bool:
    return change.state is MilestoneChangeState.PROPOSED


def _says(change: MilestoneChange) -> tuple[object, ...]:
    about = change.milestone.id if change.milestone else None
    said = (change.title, change.asked, change.due_at, change.reason)
    return (change.kind, about, change.stage, *said)


def answer(
    ctx: Context, engagement_id: int, change_id: int, *, agree: bool, note: str = "", version: int
) -> MilestoneChange:
    """The owner or the office agrees, and the plan follows; or says why it stays as it is."""
    row = changes.get_change(ctx.session, ctx.actor, engagement_id, change_id, trusted=ctx.trusted)
    ctx.require(may_decide_change, row)
    kept = limited(note, "note") if agree else needed(note, "note")
    if row.state is (MilestoneChangeState.AGREED if agree else MilestoneChangeState.REFUSED):
        return row  # A second click.
    check_version(row, version)
    row.apply(MilestoneChangeAction.AGREE if agree else MilestoneChangeAction.REFUSE)
    _close(ctx, row, kept)
    ctx.record("milestone_change:answer", row, agreed=agree, reason=kept)
    if agree:
        _follow(ctx, row)
    else:
        tell_of_plan(ctx, row.engagement, "milestone.plan_stays", ("team",), note=kept)
    return row


def _close(ctx: Context, row: MilestoneChange, answer: str) -> None:
    row.decided_at, row.answer = utcnow(), answer
    row.decider_id = ctx.actor.id if ctx.actor else None


def _follow(ctx: Context, change: MilestoneChange) -> None:
    values = PlanValues(
        stage=change.stage, title=change.title, asked=change.asked, due_at=change.due_at
    )
    if change.milestone_id is None:
        rows = queries.of_engagement(ctx.session, change.engagement_id)
        _add(ctx, change.engagement, rows, values, change.due_at)
        return
    row = find(ctx, change.engagement_id, change.milestone_id)
    if change.kind is PlanChange.DROP:
        _drop(ctx, row, change.reason)
    else:
        _check_planned(row)
        # What an extension has moved meanwhile stays moved.
        due = change.due_at if _may_move(row.engagement) else row.due_at
        _change(ctx, row, values, due)


def withdraw(ctx: Context, engagement_id: int, change_id: int) -> MilestoneChange:
    """The team takes its proposal back."""
    row = changes.get_change(ctx.session, ctx.actor, engagement_id, change_id, trusted=ctx.trusted)
    ctx.require(may_withdraw_change, row)
    if row.state is MilestoneChangeState.WITHDRAWN:
        return row  # A second click.
    row.apply(MilestoneChangeAction.WITHDRAW)
    _close(ctx, row, "")
    ctx.record("milestone_change:withdraw", row)
    return row


# What is checked


def _engagement(ctx: Context, engagement_id: int) -> Engagement:
    row = engagements.get_engagement(
        ctx.session, ctx.actor, engagement_id, lock=True, trusted=ctx.trusted
    )
    check_live(row)
    return row


def _check_planned(row: Milestone) -> None:
    check_live(row.engagement)
    if row.state is not MilestoneState.PLANNED:
        raise InvalidTransition(
            N_("Only what is planned can be changed: this was handed in, or has ended.")
        )


def _may_move(engagement: Engagement) -> bool:
    """Whether due times are still being agreed."""
    return engagement.state is EngagementState.KICKOFF


def _checked(
    ctx: Context, engagement: Engagement, values: PlanValues, row: Milestone | None = None
) -> tuple[PlanValues, datetime]:
    """*values* as they are kept; every fault at once."""
    title = limited(values.title, "title", maximum=MAX_TITLE)
    asked = limited(values.asked, "asked", maximum=MAX_ASKED)
    stage = row.stage if row else values.stage
    due = _wanted_due(engagement, values, row)
    faults: dict[str, list[Message]] = {}
    if stage not in engagement.stages or engagement.planned(stage).ended_at is not None:
        faults["stage"] = [Message(N_("Choose a stage that has not ended."))]
    if not title:
        faults["title"] = [Message(N_("Give it a title."))]
    if not asked:
        faults["asked"] = [Message(N_("Say what is to be delivered."))]
    if due is None or (due != (row.due_at if row else None) and not _is_ahead(due)):
        faults["due_at"] = [Message(N_("Choose a day and a time that are still to come."))]
    if faults or due is None:
        raise InvalidInput(fields=faults)
    return PlanValues(stage=stage, title=title, asked=asked, due_at=due), due


def _wanted_due(
    engagement: Engagement, values: PlanValues, row: Milestone | None
) -> datetime | None:
    """The time as typed; forms know no seconds, and after the kick-off it stays as it is."""
    if row is None:
        return values.due_at
    is_same = values.due_at == row.due_at.replace(second=0, microsecond=0)
    return values.due_at if _may_move(engagement) and not is_same else row.due_at


def _is_ahead(moment: datetime) -> bool:
    return utcnow() < moment < utcnow() + MAX_AHEAD


def _name(row: Milestone) -> Message:
    return title_of(row.stage, row.title)
