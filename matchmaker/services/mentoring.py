"""Hours of mentoring: written down by mentor or team, counted once the mentor has confirmed them."""

from __future__ import annotations

import datetime as dt

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition
from matchmaker.i18n import N_, Message
from matchmaker.models import Engagement, MentoringSession
from matchmaker.models.mentoring import MAX_MINUTES
from matchmaker.policies.mentoring import (
    may_add_mentoring,
    may_confirm_mentoring,
    may_strike_mentoring,
)
from matchmaker.queries import mentoring as queries
from matchmaker.queries.engagement import get_engagement
from matchmaker.services.check_in import MAX_TEXT, path_of
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import write_to
from matchmaker.services.reasons import limited, needed
from matchmaker.texts import clean_line

MAX_TOPIC = 200


def add(
    ctx: Context,
    engagement_id: int,
    *,
    held_on: dt.date | None,
    minutes: int | None,
    topic: str,
    note: str = "",
) -> MentoringSession:
    """Write a meeting down; if the team does, the mentor is asked to confirm it."""
    engagement = get_engagement(ctx.session, ctx.actor, engagement_id, lock=True)
    ctx.require(may_add_mentoring, engagement)
    row = _checked(ctx, engagement, held_on, minutes, topic, note)
    if (before := _same(ctx, row)) is not None:
        return before  # A second click.
    row.mentor_id, row.user = engagement.mentor_id or ctx.signed_in.id, ctx.signed_in
    row.confirmed_at = utcnow() if row.mentor_id == row.user.id else None
    ctx.session.add(row)
    ctx.record("mentoring:add", row, engagement=engagement.id, minutes=row.minutes)
    if row.confirmed_at is None and engagement.mentor is not None:
        write_to(
            ctx,
            engagement,
            engagement.mentor,
            "mentoring.confirm",
            path=f"{path_of(engagement)}#mentoring",
            day=row.held_on.isoformat(),
            topic=row.topic,
        )
    return row


def _checked(
    ctx: Context,
    engagement: Engagement,
    held_on: dt.date | None,
    minutes: int | None,
    topic: str,
    note: str,
) -> MentoringSession:
    zone = ctx.settings.timezone
    first, today = engagement.opened_at.astimezone(zone).date(), utcnow().astimezone(zone).date()
    errors: dict[str, list[Message]] = {}
    if held_on is None or not first <= held_on <= today:
        text = N_("A day from %(first)s to today.")
        errors["held_on"] = [Message(text, {"first": first.isoformat()})]
    if minutes is None or not 1 <= minutes <= MAX_MINUTES:
        errors["minutes"] = [Message(N_("Between 1 and %(max)d minutes."), {"max": MAX_MINUTES})]
    kept = clean_line(topic) or ""
    if not 1 <= len(kept) <= MAX_TOPIC:
        text = N_("Say in a line of at most %(max)d characters what it was about.")
        errors["topic"] = [Message(text, {"max": MAX_TOPIC})]
    if errors or held_on is None or minutes is None:
        raise InvalidInput(fields=errors)
    said = limited(note, "note", maximum=MAX_TEXT)
    return MentoringSession(
        engagement_id=engagement.id, held_on=held_on, minutes=minutes, topic=kept, note=said
    )


def _same(ctx: Context, row: MentoringSession) -> MentoringSession | None:
    """The same meeting, if it stands there already."""
    engagement = get_engagement(ctx.session, ctx.actor, row.engagement_id)
    facts = (row.held_on, row.minutes, row.topic)
    known = queries.sessions_of(ctx.session, engagement)
    same = (one for one in known if (one.held_on, one.minutes, one.topic) == facts)
    return next((one for one in same if one.struck_at is None), None)


def confirm(ctx: Context, engagement_id: int, session_id: int) -> MentoringSession:
    """The mentor says that it was so."""
    row = queries.get_session(ctx.session, ctx.actor, engagement_id, session_id)
    ctx.require(may_confirm_mentoring, row)
    if row.struck_at is not None:
        raise InvalidTransition(N_("This meeting was struck out."))
    if row.confirmed_at is None:
        row.confirmed_at = utcnow()
        ctx.record("mentoring:confirm", row, engagement=row.engagement_id)
    return row


def strike(ctx: Context, engagement_id: int, session_id: int, *, reason: str) -> MentoringSession:
    """Take a meeting out of the sums; it stays on record with the reason."""
    row = queries.get_session(ctx.session, ctx.actor, engagement_id, session_id)
    ctx.require(may_strike_mentoring, row)
    if row.struck_at is None:
        row.strike_reason = needed(reason, maximum=MAX_TEXT)
        row.struck_at, row.striker_id = utcnow(), ctx.signed_in.id
        ctx.record("mentoring:strike", row, engagement=row.engagement_id, reason=row.strike_reason)
    return row
