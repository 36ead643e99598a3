"""The milestones of an engagement as a whole: planned when it opens, ended, moved and restored with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidTransition, StaleVersion
from matchmaker.i18n import N_
from matchmaker.models import Engagement, ExtensionRequest, Milestone, MilestoneChange
from matchmaker.queries import milestone as queries
from matchmaker.queries.call_rules import rules_of
from matchmaker.queries.office_setting import value as setting_value
from matchmaker.services.application_check import parts_of
from matchmaker.services.context import Context
from matchmaker.workflows.extension_request import ExtensionRequestAction, ExtensionRequestState
from matchmaker.workflows.milestone import (
    OPEN_STATES,
    RESTORE_ACTIONS,
    MilestoneAction,
    MilestoneState,
)
from matchmaker.workflows.milestone_change import MilestoneChangeAction, MilestoneChangeState

MAX_TITLE = 200
MAX_ASKED = 4000


def plan(ctx: Context, engagement: Engagement) -> list[Milestone]:
    """One milestone for each stage, asking for what the team's own plan says; once only."""
    ctx.session.flush()
    found = queries.of_engagement(ctx.session, engagement.id)
    if found:
        return list(found)
    promised = _promised(ctx, engagement)
    rows = [
        Milestone(
            engagement=engagement,
            stage=stage.stage,
            number=1,
            title=stage.stage,
            asked=promised.get(stage.stage, "")[:MAX_ASKED],
            due_at=stage.due_at,
        )
        for stage in engagement.plan
    ]
    ctx.session.add_all(rows)
    ctx.record("milestone:plan", engagement, stages=list(engagement.stages))
    return rows


def _promised(ctx: Context, engagement: Engagement) -> dict[str, str]:
    """What the application that was handed in says of each stage."""
    rules = rules_of(ctx.session, engagement.call_id)
    standing = engagement.application.standing
    if rules is None or standing is None:
        return {}
    found: dict[str, str] = {}
    for part in parts_of(rules, engagement.problem):
        text = str(standing.parts.get(part.id, "")).strip()
        if part.stage and text:
            found[part.stage] = "\n\n".join(filter(None, (found.get(part.stage, ""), text)))
    return found


# What happens to all of them together


def cancel_open(ctx: Context, engagement: Engagement) -> int:
    """The work ends: what is open ends with it, and so do requests about it; how many."""
    rows = queries.locked(ctx.session, engagement.id, OPEN_STATES)
    for row in rows:
        row.cancelled_from = row.apply(MilestoneAction.CANCEL)
    _end_requests(ctx, engagement)
    if rows:
        ctx.record("milestone:cancel", engagement, milestones=[row.id for row in rows])
    return len(rows)


def _end_requests(ctx: Context, engagement: Engagement) -> None:
    now = utcnow()
    asked = (
        sa.select(ExtensionRequest)
        .join(ExtensionRequest.milestone)
        .where(
            Milestone.engagement_id == engagement.id,
            ExtensionRequest.state == ExtensionRequestState.ASKED,
        )
    )
    for request in ctx.session.scalars(asked):
        request.apply(ExtensionRequestAction.WITHDRAW)
        request.decided_at = now
    proposed = sa.select(MilestoneChange).where(
        MilestoneChange.engagement_id == engagement.id,
        MilestoneChange.state == MilestoneChangeState.PROPOSED,
    )
    for change in ctx.session.scalars(proposed):
        change.apply(MilestoneChangeAction.WITHDRAW)
        change.decided_at = now


def restore(ctx: Context, engagement: Engagement) -> int:
    """The end is taken back: what ended with the work is as it was; looking at it starts anew."""
    rows = queries.locked(ctx.session, engagement.id, (MilestoneState.CANCELLED,))
    for row in rows:
        back = row.cancelled_from or MilestoneState.PLANNED
        if back is MilestoneState.SUBMITTED:
            row.review_due_at = review_due(ctx, utcnow())
        row.apply(RESTORE_ACTIONS[back])
        row.cancelled_from = None
    if rows:
        ctx.record("milestone:restore", engagement, milestones=[row.id for row in rows])
    return len(rows)


def shift(ctx: Context, engagement: Engagement, days: int) -> int:
    """Move what the team has still to hand in by whole days; how many."""
    states = (MilestoneState.PLANNED, MilestoneState.CHANGES_REQUESTED)
    rows = queries.locked(ctx.session, engagement.id, states)
    for row in rows:
        move(row, timedelta(days=days))
    return len(rows)


def move(row: Milestone, delta: timedelta) -> None:
    """Move what is still to come of one milestone."""
    if row.state is MilestoneState.PLANNED:
        row.due_at += delta
    elif row.changes_due_at is not None:
        row.changes_due_at += delta


def review_due(ctx: Context, now: datetime) -> datetime:
    """Until when owner and office look at what was handed in *now*."""
    return now + timedelta(days=setting_value(ctx.session, "milestone_review_days"))


# What all changes of one milestone begin with


def find(ctx: Context, engagement_id: int, milestone_id: int) -> Milestone:
    """The milestone, locked for a change."""
    return queries.get_milestone(
        ctx.session, ctx.actor, engagement_id, milestone_id, lock=True, trusted=ctx.trusted
    )


def check_live(engagement: Engagement) -> None:
    """Raise `InvalidTransition` if the work has ended."""
    if not engagement.is_live:
        raise InvalidTransition(N_("This work has ended: its record stays as it is."))


def check_version(row: Milestone | MilestoneChange | ExtensionRequest, version: int) -> None:
    """Raise `StaleVersion` if somebody has changed *row* since."""
    if row.version != version:
        raise StaleVersion
