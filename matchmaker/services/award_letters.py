"""Letters about awards: each person reads the tier in their own language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matchmaker.models import Award, User
from matchmaker.queries.award_scheme import rules_of
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import people_of, write_to


def tell(ctx: Context, award: Award, kind: str, sides: Iterable[str], *, path: str = "") -> None:
    """Write to everybody on *sides*, each once."""
    where = path or f"/engagements/{award.engagement_id}/award"
    for user in people_of(ctx, award.engagement, sides):
        write_to(ctx, award.engagement, user, kind, path=where, **facts(award, user))


def facts(award: Award, user: User) -> dict[str, Any]:
    """What letters say of an award."""
    tier = rules_of(award.scheme).tier(award.tier)
    note = award.revoke_reason or award.refuse_reason or award.note
    return {
        "tier": tier.label(user.locale) if tier else "–",
        "amount": f"{award.amount:,}",
        "until": award.answer_until or "–",
        "note": note,
        # A paragraph of its own, or nothing.
        "aside": f"\n\n{award.note}" if award.note else "",
    }


def answer_path(award: Award) -> str:
    """Where the team accepts or refuses."""
    return f"/awards/{award.id}/answer"
