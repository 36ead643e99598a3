"""What happens when nothing is heard of an owner: its contact is asked, its leads, then the office.

Every step is taken once for each silence: a sign of life ends it, and the next one begins anew.
The office names another contact, moves the dates by the silent days, or stops the work; all three
are decisions of `services.engagement` and `services.engagement_stop`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import Engagement
from matchmaker.queries.engagement_life import Silence, silent
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import leads_of, write, write_to


def follow(ctx: Context) -> int:
    """Take the steps that are due; done twice it changes nothing more. How many letters' worth."""
    now = utcnow()
    found = silent(ctx.session, now)
    _unflag(ctx, [one.engagement.id for one in found if one.step == 3])
    return sum(_take(ctx, one, now) for one in found)


def _unflag(ctx: Context, flagged: Collection[int]) -> None:
    """Take the flag from those of whom something was heard."""
    statement = sa.select(Engagement).where(
        Engagement.silence_flagged_at.is_not(None), Engagement.id.not_in(flagged)
    )
    for row in ctx.session.scalars(statement):
        row.silence_flagged_at = None


def _take(ctx: Context, one: Silence, now: datetime) -> int:
    row, taken = one.engagement, 0
    if _is_new(row.contact_asked_at, one):
        row.contact_asked_at = now
        write(ctx, row, "engagement.silent_contact", ("owner",), days=one.days)
        taken += 1
    if one.step >= 2 and _is_new(row.leads_asked_at, one):
        row.leads_asked_at = now
        _ask_leads(ctx, row, one.days)
        taken += 1
    if one.step >= 3 and _is_new(row.silence_flagged_at, one):
        row.silence_flagged_at = now
        write(ctx, row, "engagement.silent_office", ("office",), days=one.days)
        ctx.record("engagement:flag_silence", row, days=one.days)
        taken += 1
    return taken


def _is_new(asked_at: datetime | None, one: Silence) -> bool:
    """Whether the step was not taken yet in this silence."""
    return asked_at is None or asked_at < one.since


def _ask_leads(ctx: Context, row: Engagement, days: int) -> None:
    for user in leads_of(ctx, row):
        if user.id != row.contact_id:
            write_to(ctx, row, user, "engagement.silent_leads", days=days)
