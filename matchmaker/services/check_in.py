"""Saying how the work goes: a light, a few words, and who has to clear what is in the way."""

from __future__ import annotations

from datetime import timedelta

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_, Message
from matchmaker.models import CAUSE_SIDE_LABELS, CauseSide, CheckIn, Engagement, Light
from matchmaker.policies.check_in import may_check_in, may_resolve
from matchmaker.policies.engagement import side_of
from matchmaker.queries import check_in as queries
from matchmaker.queries.engagement import get_engagement
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import write, write_to
from matchmaker.services.reasons import limited, needed

MAX_TEXT = 2000
#: The same words again within this time are a second click.
SAME_WITHIN = timedelta(minutes=10)


def check_in(
    ctx: Context,
    engagement_id: int,
    *,
    light: Light | None,
    done: str = "",
    coming: str = "",
    blocker: str = "",
    blocker_side: CauseSide | None = None,
) -> CheckIn:
    """Say how the work goes; whoever has to clear a blocker has a letter, of a red light everybody."""
    engagement = get_engagement(ctx.session, ctx.actor, engagement_id, lock=True)
    ctx.require(may_check_in, engagement)
    row = _checked(engagement, light, done, coming, blocker, blocker_side)
    row.user, row.side = ctx.signed_in, side_of(ctx.actor, engagement) or "team"
    before = queries.latest(ctx.session, [engagement.id]).get(engagement.id)
    if before is not None and _is_same(before, row):
        return before  # A second click.
    ctx.session.add(row)
    ctx.record(
        "check_in:add", row, engagement=engagement.id, light=row.light, side=row.blocker_side
    )
    _tell(ctx, row)
    return row


def _checked(
    engagement: Engagement,
    light: Light | None,
    done: str,
    coming: str,
    blocker: str,
    blocker_side: CauseSide | None,
) -> CheckIn:
    errors: dict[str, list[Message]] = {}
    kept = {
        "done": limited(done, "done", maximum=MAX_TEXT),
        "coming": limited(coming, "coming", maximum=MAX_TEXT),
        "blocker": limited(blocker, "blocker", maximum=MAX_TEXT),
    }
    if light is None:
        errors["light"] = [Message(N_("Choose a light."))]
    elif light is not Light.GREEN and not kept["blocker"]:
        errors["blocker"] = [Message(N_("Say what is in the way: nobody can help otherwise."))]
    if kept["blocker"] and blocker_side is None:
        errors["blocker_side"] = [Message(N_("Say on whose side it has to be cleared."))]
    if not any(kept.values()):
        errors["done"] = [Message(N_("Say in a few words what was done."))]
    if errors or light is None:
        raise InvalidInput(fields=errors)
    side = blocker_side if kept["blocker"] else None
    return CheckIn(engagement_id=engagement.id, light=light, blocker_side=side, **kept)


def _is_same(before: CheckIn, row: CheckIn) -> bool:
    names = ("light", "done", "coming", "blocker", "blocker_side")
    same = all(getattr(before, name) == getattr(row, name) for name in names)
    return same and before.user_id == row.user.id and utcnow() - before.created_at < SAME_WITHIN


def _tell(ctx: Context, row: CheckIn) -> None:
    """Of a red light everybody hears at once, of another blocker whoever has to clear it."""
    if not row.blocker:
        return
    engagement = get_engagement(ctx.session, ctx.actor, row.engagement_id)
    everybody = ("team", "owner", "mentor", "office")
    sides = everybody if row.light is Light.RED else _who_clears(row)
    kind = "check_in.red" if row.light is Light.RED else "check_in.blocked"
    write(
        ctx,
        engagement,
        kind,
        sides,
        path=path_of(engagement),
        note=row.blocker,
        side=Message(CAUSE_SIDE_LABELS[row.blocker_side or CauseSide.OUTSIDE]),
    )


def _who_clears(row: CheckIn) -> tuple[str, ...]:
    if row.blocker_side is CauseSide.PROGRAMME:
        return ("office",)
    if row.blocker_side is CauseSide.OUTSIDE:
        return ("owner", "mentor")
    return (str(row.blocker_side), "mentor")


def resolve(ctx: Context, engagement_id: int, check_in_id: int, *, resolution: str) -> CheckIn:
    """Say that what was in the way is cleared, and how; whoever named it hears of it."""
    row = queries.get_check_in(ctx.session, ctx.actor, engagement_id, check_in_id)
    engagement = get_engagement(ctx.session, ctx.actor, engagement_id)
    ctx.require(may_resolve, engagement)
    if not row.is_blocked:
        return row  # A second click, or somebody else was faster.
    row.resolution = needed(resolution, "resolution", maximum=MAX_TEXT)
    row.resolved_at, row.resolver = utcnow(), ctx.signed_in
    ctx.record("check_in:resolve", row, engagement=engagement.id)
    if row.user_id != row.resolver.id and row.user.is_usable:
        path = path_of(engagement)
        write_to(ctx, engagement, row.user, "check_in.resolved", path=path, note=row.resolution)
    return row


def path_of(engagement: Engagement) -> str:
    """Where the check-ins of *engagement* are."""
    return f"/engagements/{engagement.id}/check-ins"
