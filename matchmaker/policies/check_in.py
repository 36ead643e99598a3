"""Who says how the work goes, and who may say that a blocker is cleared."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import Engagement, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.engagement import side_of


@permission("check_in:add")
def may_check_in(actor: User, engagement: Engagement) -> Reason:
    """The team, the owner’s people and the mentor, while the work goes on."""
    if side_of(actor, engagement) not in ("team", "owner", "mentor"):
        return N_("The team, the owner and the mentor say how the work goes.")
    if not engagement.is_live:
        return N_("This work has ended: its record stays as it is.")
    return None


@permission("check_in:resolve")
def may_resolve(actor: User, engagement: Engagement) -> Reason:
    """Whoever takes part in the work, and the office that decides on it."""
    if side_of(actor, engagement) is None:
        return N_("Whoever takes part in the work says that a blocker is cleared.")
    return None
