"""An engagement from the confirmed place to the beginning of the work: people, calendar, kick-off."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    Application,
    Cause,
    Engagement,
    KickoffItem,
    KickoffKey,
    User,
)
from matchmaker.models.cause import SIDE_OF
from matchmaker.policies.engagement import (
    may_agree_calendar,
    may_begin_work,
    may_decide_engagement,
    may_give_data,
    may_name_contact,
    side_of,
    why_not_mentor,
)
from matchmaker.queries import engagement as queries
from matchmaker.queries.engagement_kickoff import checklist
from matchmaker.queries.grade_decision import latest_decision
from matchmaker.queries.office_setting import value as setting_value
from matchmaker.services import milestone as milestones
from matchmaker.services.award_payment import commit as set_money_aside
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import write, write_to
from matchmaker.services.engagement_plan import (
    days_late,
    end_of_day,
    plan_rows,
    shares_of,
    shift,
    stage_ends,
    weeks_of,
)
from matchmaker.services.engagement_problem import follow_problem, start_solving
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.engagement import START_ACTIONS, EngagementState

MAX_DAYS = 180
MAX_NOTE = 500


def open_engagement(ctx: Context, application: Application) -> Engagement:
    """Open the engagement of a confirmed place; the one there is if it was opened before."""
    found = queries.engagement_of(ctx.session, application)
    if found is not None:
        return found
    row = _planned(ctx, application)
    ctx.session.add(row)
    ctx.record("engagement:open", row, application=application.id, stages=list(row.stages))
    milestones.plan(ctx, row)
    set_money_aside(ctx, row)
    write(ctx, row, "engagement.opened", due=row.kickoff_due_at)
    return row


def _planned(ctx: Context, application: Application) -> Engagement:
    """The row with its stages and times, as the signed grade has them."""
    problem, zone, now = application.problem, ctx.settings.timezone, utcnow()
    signed = latest_decision(ctx.session, problem.id)
    shares = shares_of(signed, problem.grade)
    days = setting_value(ctx.session, "kickoff_days")
    kickoff = end_of_day(now + timedelta(days=days), zone)
    ends = stage_ends(kickoff, weeks_of(signed, problem.grade), len(shares), zone)
    row = Engagement(
        application=application,
        problem=problem,
        team=application.team,
        call=application.call,
        stages=list(shares),
        opened_at=now,
        kickoff_due_at=kickoff,
        due_at=ends[-1],
    )
    row.plan = plan_rows(shares, ends)
    row.items = [KickoffItem(key=key) for key in KickoffKey]
    return row


def open_missing(ctx: Context) -> int:
    """Open the engagements of places that were confirmed before there were any; how many."""
    statement = (
        sa.select(Application)
        .where(
            Application.state == ApplicationState.CONFIRMED,
            Application.id.not_in(sa.select(Engagement.application_id)),
        )
        .order_by(Application.id)
    )
    found = ctx.session.scalars(statement.with_for_update()).all()
    for application in found:
        open_engagement(ctx, application)
    return len(found)


# The people


def name_contact(
    ctx: Context, engagement_id: int, user_id: int | None, *, version: int
) -> Engagement:
    """Say who answers for the owner: one of its own people."""
    row = find_live(ctx, engagement_id)
    ctx.require(may_name_contact, row)
    person = ctx.session.get(User, user_id) if user_id else None
    if person is None or not _is_owners(person, row):
        text = N_("Choose one of the people of the organization that sets the problem.")
        raise InvalidInput(fields={"contact_id": [Message(text)]})
    if row.contact_id == person.id:
        return row  # A second click.
    check_version(row, version)
    row.contact, row.contact_asked_at, row.leads_asked_at = person, None, None
    _note_done(ctx, row, KickoffKey.CONTACT)
    ctx.record("engagement:name_contact", row, contact=person.id)
    write_to(ctx, row, person, "engagement.contact")
    return row


def _is_owners(person: User, engagement: Engagement) -> bool:
    return person.is_usable and engagement.problem.organization_id in person.organization_ids


def name_mentor(
    ctx: Context, engagement_id: int, user_id: int | None, *, version: int
) -> Engagement:
    """The office names the mentor, who must stand near to neither side; None for nobody."""
    row = find_live(ctx, engagement_id)
    ctx.require(may_decide_engagement, row)
    person = ctx.session.get(User, user_id) if user_id else None
    if person is not None and (why := why_not_mentor(person, row)) is not None:
        raise InvalidInput(fields={"mentor_id": [Message(str(why))]})
    if row.mentor_id == (person.id if person else None):
        return row  # A second click.
    check_version(row, version)
    before, row.mentor = row.mentor_id, person
    _note_done(ctx, row, KickoffKey.MENTOR)
    ctx.record("engagement:name_mentor", row, before=before, mentor=row.mentor_id)
    if person is not None:
        write_to(ctx, row, person, "engagement.mentor")
        write(ctx, row, "engagement.mentor_named", ("team", "owner"), name=person.name)
    return row


def _note_done(ctx: Context, row: Engagement, key: KickoffKey) -> None:
    """Keep on the checklist that somebody has seen to *key*, or that it is open again."""
    item = item_of(row, key)
    is_there = row.contact is not None if key is KickoffKey.CONTACT else row.mentor is not None
    if row.state is EngagementState.KICKOFF and not item.is_waived:
        item.done_at = utcnow() if is_there else None
        item.done_by_id = ctx.actor.id if ctx.actor and is_there else None


# The checklist


def item_of(row: Engagement, key: KickoffKey) -> KickoffItem:
    """The line *key* of the checklist."""
    return next(item for item in row.items if item.key is key)


def give_data(ctx: Context, engagement_id: int, *, note: str = "") -> Engagement:
    """The owner says that the team has the data, or can get at them."""
    row = find_kickoff(ctx, engagement_id)
    ctx.require(may_give_data, row)
    item = item_of(row, KickoffKey.DATA_ACCESS)
    if item.done_at is None:
        item.note = limited(note, "note", maximum=MAX_NOTE)
        _tick(ctx, row, item)
    return row


def agree_calendar(ctx: Context, engagement_id: int) -> Engagement:
    """One side says that the dates suit; with the other side's word they are agreed."""
    row = find_kickoff(ctx, engagement_id)
    ctx.require(may_agree_calendar, row)
    item, side = item_of(row, KickoffKey.CALENDAR), side_of(ctx.actor, row)
    if item.done_at is not None or item.first_side == side:
        return row  # A second click.
    if item.first_side is None:
        item.first_side, item.first_at = side, utcnow()
        item.first_by_id = ctx.actor.id if ctx.actor else None
        ctx.record("engagement:agree_calendar", row, side=side)
        other = "owner" if side == "team" else "team"
        write(ctx, row, "engagement.calendar", (other,))
    else:
        _tick(ctx, row, item)
    return row


def waive(ctx: Context, engagement_id: int, key: KickoffKey, *, reason: str) -> Engagement:
    """The office lets the work begin without one line of the checklist, and says why."""
    row = find_kickoff(ctx, engagement_id)
    ctx.require(may_decide_engagement, row)
    item = item_of(row, key)
    if item.is_waived:
        return row  # A second click.
    if next(line for line in checklist(ctx.session, row) if line.key is key).is_done:
        raise InvalidTransition(N_("This is done: there is nothing to waive."))
    item.note, item.is_waived = needed(reason), True
    item.done_at, item.done_by_id = utcnow(), ctx.actor.id if ctx.actor else None
    ctx.record("engagement:waive", row, key=key, reason=item.note)
    return row


def _tick(ctx: Context, row: Engagement, item: KickoffItem) -> None:
    item.done_at, item.done_by_id = utcnow(), ctx.actor.id if ctx.actor else None
    ctx.record("engagement:tick", row, key=item.key)


def begin(ctx: Context, engagement_id: int, *, version: int) -> Engagement:
    """End the kick-off: the first stage begins, and the problem is being solved.

    Days by which the kick-off took longer than planned are added to every date, so that nobody
    loses time to it.

    Raises
    ------
    InvalidTransition
        If something on the checklist is open.
    """
    row = queries.get_engagement(
        ctx.session, ctx.actor, engagement_id, lock=True, trusted=ctx.trusted
    )
    ctx.require(may_begin_work, row)
    if row.stage == row.stages[0]:
        return row  # A second click.
    check_version(row, version)
    if row.state is not EngagementState.KICKOFF:
        raise InvalidTransition(N_("The kick-off is over."))
    _check_done(ctx, row)
    _begin(ctx, row)
    return row


def begin_ready(ctx: Context) -> int:
    """Begin all work whose checklist is complete, so that nobody waits for a click; how many."""
    statement = sa.select(Engagement).where(Engagement.state == EngagementState.KICKOFF)
    rows = ctx.session.scalars(statement.order_by(Engagement.id).with_for_update()).all()
    ready = [row for row in rows if all(line.is_done for line in checklist(ctx.session, row))]
    for row in ready:
        _check_done(ctx, row)
        _begin(ctx, row)
    return len(ready)


def _begin(ctx: Context, row: Engagement) -> None:
    late = days_late(row.kickoff_due_at, utcnow())
    if late:
        move(ctx, row, late)
    start_stage(ctx, row, row.stages[0])
    row.started_at = utcnow()
    start_solving(ctx, row.problem)
    follow_problem(ctx, row.problem)
    ctx.record("engagement:begin", row, stage=row.stages[0], days_added=late)
    write(ctx, row, "engagement.begun", due=row.next_due_at)


def _check_done(ctx: Context, row: Engagement) -> None:
    lines = checklist(ctx.session, row)
    if not all(line.is_done for line in lines):
        raise InvalidTransition(
            N_("The checklist is not complete: do what is open, or ask the office to waive it.")
        )
    for line in lines:
        line.item.done_at = line.item.done_at or utcnow()


def start_stage(ctx: Context, row: Engagement, stage: str) -> None:
    """Enter *stage*."""
    row.apply(START_ACTIONS[stage])
    row.planned(stage).started_at = utcnow()


# The calendar


def extend_all(
    ctx: Context,
    engagement_id: int,
    *,
    days: int | None,
    cause: Cause | None,
    reason: str,
    version: int,
) -> Engagement:
    """The office moves every date that is still to come, because somebody lost time."""
    row = find_live(ctx, engagement_id)
    ctx.require(may_decide_engagement, row)
    if days is None or not 1 <= days <= MAX_DAYS:
        message = Message(N_("Between %(min)d and %(max)d days."), {"min": 1, "max": MAX_DAYS})
        raise InvalidInput(fields={"days": [message]})
    if cause is None:
        raise InvalidInput(fields={"cause": [Message(N_("Choose what the cause is."))]})
    kept = needed(reason)
    check_version(row, version)
    move(ctx, row, days)
    item = item_of(row, KickoffKey.CALENDAR)
    if row.state is EngagementState.KICKOFF and not item.is_waived:
        item.done_at = item.done_by_id = item.first_side = item.first_at = item.first_by_id = None
    ctx.record("engagement:extend", row, days=days, cause=cause, side=SIDE_OF[cause], reason=kept)
    write(ctx, row, "engagement.extended", days=days, note=kept, due=row.due_at)
    return row


def move(ctx: Context, row: Engagement, days: int) -> None:
    """Move what is still to come by *days*: the stages and what is due in them."""
    shift(row, days)
    milestones.shift(ctx, row, days)


# What all of these begin with


def find_live(ctx: Context, engagement_id: int) -> Engagement:
    """The engagement, locked for a change, if it has not ended."""
    row = queries.get_engagement(
        ctx.session, ctx.actor, engagement_id, lock=True, trusted=ctx.trusted
    )
    if not row.is_live:
        raise InvalidTransition(N_("This work has ended: its record stays as it is."))
    return row


def find_kickoff(ctx: Context, engagement_id: int) -> Engagement:
    """The engagement, locked for a change, if it is in its kick-off."""
    row = find_live(ctx, engagement_id)
    if row.state is not EngagementState.KICKOFF:
        raise InvalidTransition(N_("The kick-off is over."))
    return row


def check_version(row: Engagement, version: int) -> None:
    """Raise `StaleVersion` if somebody has changed *row* since."""
    if row.version != version:
        raise StaleVersion
