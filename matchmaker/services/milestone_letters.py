"""Letters about milestones: to the sides of the work, with the milestone named in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matchmaker.i18n import N_, Message
from matchmaker.models import Engagement, Milestone
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import EVERYBODY, write

#: What a milestone is called that the plan began with.
STAGE_TITLES = {
    "PoC": N_("Result of the proof of concept"),
    "PoS": N_("Result of the proof of service"),
    "PoB": N_("Result of the proof of business"),
}


def title_of(stage: str, title: str) -> Message:
    """What a milestone is called: as typed, or after its stage if that is its title."""
    if title == stage:
        return Message(STAGE_TITLES[stage])
    return Message("%(title)s", {"title": title})


def tell(
    ctx: Context,
    milestone: Milestone,
    kind: str,
    sides: Iterable[str] = EVERYBODY,
    **params: Any,
) -> None:
    """Write about *milestone* to everybody on *sides* but the actor."""
    path = f"/engagements/{milestone.engagement_id}/milestones/{milestone.id}"
    name = title_of(milestone.stage, milestone.title)
    write(ctx, milestone.engagement, kind, sides, path=path, milestone=name, **params)


def tell_of_plan(
    ctx: Context, engagement: Engagement, kind: str, sides: Iterable[str] = EVERYBODY, **params: Any
) -> None:
    """Write about the plan of *engagement* to everybody on *sides* but the actor."""
    write(ctx, engagement, kind, sides, path=f"/engagements/{engagement.id}/milestones", **params)
