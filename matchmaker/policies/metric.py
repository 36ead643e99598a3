"""Who says what work is measured by, and who enters what was measured."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import Engagement, MetricReading, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.engagement import side_of

_ENDED = N_("This work has ended: its record stays as it is.")


@permission("metric:set")
def may_set_metric(actor: User, engagement: Engagement) -> Reason:
    """The team and the owner’s people: what is measured is between them."""
    if side_of(actor, engagement) not in ("team", "owner"):
        return N_("Team and owner agree on what is measured.")
    return None if engagement.is_live else _ENDED


@permission("metric:read_off")
def may_add_reading(actor: User, engagement: Engagement) -> Reason:
    """The team, the owner’s people and the mentor; also after the end, while it is followed."""
    if side_of(actor, engagement) not in ("team", "owner", "mentor"):
        return N_("The team, the owner and the mentor enter what was measured.")
    return None


@permission("metric:strike")
def may_strike_reading(actor: User, reading: MetricReading) -> Reason:
    """Whoever entered it, and the office."""
    if reading.user_id == actor.id or side_of(actor, reading.metric.engagement) == "office":
        return None
    return N_("Only whoever entered a reading and the office strike it out.")
