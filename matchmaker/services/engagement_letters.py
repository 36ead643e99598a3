"""Letters to the people of an engagement: team, owner, mentor, and the office where it must act."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matchmaker.models import Engagement, User
from matchmaker.policies.engagement import may_decide_engagement
from matchmaker.queries.office_people import handlers
from matchmaker.queries.owner import reachable_members
from matchmaker.services.application_letters import members_of, said
from matchmaker.services.context import Context

EVERYBODY = ("team", "owner", "mentor")


def people_of(ctx: Context, engagement: Engagement, sides: Iterable[str] = EVERYBODY) -> list[User]:
    """The people on *sides* who can be reached, each once."""
    found: dict[int, User] = {}
    for side in sides:
        for user in _on_side(ctx, engagement, side):
            if user.is_usable:
                found.setdefault(user.id, user)
    return list(found.values())


def _on_side(ctx: Context, engagement: Engagement, side: str) -> Iterable[User]:
    if side == "team":
        return members_of(engagement.application)
    if side == "mentor":
        return [engagement.mentor] if engagement.mentor else []
    if side == "office":
        return office_of(ctx, engagement)
    contact = engagement.contact
    if contact is not None and contact.is_usable:
        return [contact]
    return leads_of(ctx, engagement)


def leads_of(ctx: Context, engagement: Engagement) -> list[User]:
    """The leads of the owner and the author of the problem, as far as they can be reached."""
    return list(reachable_members(ctx.session, engagement.problem))


def office_of(ctx: Context, engagement: Engagement) -> list[User]:
    """Whoever may decide for the office."""
    people = handlers(ctx.session, engagement.problem)
    return [person for person in people if may_decide_engagement.allows(person, engagement)]


def write(
    ctx: Context,
    engagement: Engagement,
    kind: str,
    sides: Iterable[str] = EVERYBODY,
    *,
    path: str = "",
    **params: Any,
) -> None:
    """Write to everybody on *sides* but the actor, each in their language."""
    for user in people_of(ctx, engagement, sides):
        if ctx.actor is None or user.id != ctx.actor.id:
            write_to(ctx, engagement, user, kind, path=path, **params)


def write_to(
    ctx: Context, engagement: Engagement, user: User, kind: str, *, path: str = "", **params: Any
) -> None:
    """Write to one person about *engagement*."""
    where = path or f"/engagements/{engagement.id}"
    texts = said(ctx, engagement.application, user, params, where)
    ctx.send_mail(kind, user, about=engagement, **{**texts, "number": engagement.number})
