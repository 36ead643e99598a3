"""Taking an award away, at any time after a team was asked; what was, stays on record."""

from __future__ import annotations

from matchmaker.clock import utcnow
from matchmaker.errors import StaleVersion
from matchmaker.models import Award
from matchmaker.policies.award import may_decide_award
from matchmaker.queries import award as queries
from matchmaker.services import award_payment, certificate
from matchmaker.services.award_answer import free_place
from matchmaker.services.award_letters import tell
from matchmaker.services.context import Context
from matchmaker.services.reasons import needed
from matchmaker.workflows.award import AwardAction, AwardState


def revoke(ctx: Context, award_id: int, *, reason: str, version: int) -> Award:
    """Revoke an award: its certificates end, unpaid money is free, paid money is to come back."""
    award = queries.get_award(ctx.session, ctx.actor, award_id, lock=True, trusted=ctx.trusted)
    ctx.require(may_decide_award, award)
    kept = needed(reason)
    if award.state is AwardState.REVOKED:
        return award  # A second click, or another officer.
    if award.version != version:
        raise StaleVersion
    was_public = award.state is AwardState.ANNOUNCED
    before = award.apply(AwardAction.REVOKE)
    award.revoked_at, award.revoke_reason = utcnow(), kept
    award.revoker_id = ctx.actor.id if ctx.actor else None
    ctx.record(
        "award:revoke",
        award,
        engagement_id=award.engagement_id,
        before=before,
        after=award.state,
        reason=kept,
    )
    award_payment.release_award(ctx, award, kept)
    if was_public:
        certificate.revoke(ctx, award, kept)
    tell(ctx, award, "award.revoked", ("team", "owner") if was_public else ("team",))
    free_place(ctx, award)
    return award
