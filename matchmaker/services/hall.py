"""A team says whether it is named in the public hall of awards."""

from __future__ import annotations

from matchmaker.clock import utcnow
from matchmaker.models import Award, HallConsent
from matchmaker.policies.hall import may_name_team
from matchmaker.queries import hall as queries
from matchmaker.services.context import Context


def say_named(ctx: Context, award: Award, *, is_named: bool) -> HallConsent:
    """Keep what the team says; it shows at once. Asked when the award is accepted, changed any time."""
    ctx.require(may_name_team, award)
    ctx.session.get(Award, award.id, with_for_update=True)  # Two clicks come one after the other.
    row = queries.consent_of(ctx.session, award)
    if row is not None and row.is_named == is_named:
        return row
    if row is None:
        row = HallConsent(award_id=award.id, is_named=is_named, said_at=utcnow())
        ctx.session.add(row)
    row.is_named, row.said_at = is_named, utcnow()
    row.user_id = ctx.actor.id if ctx.actor else None
    ctx.record("hall:name_team", award, is_named=is_named)
    return row
