"""Announcing the awards of a call: all of them at one moment, every team told once, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import Award, AwardScheme, User
from matchmaker.queries import award as queries
from matchmaker.services import award_payment, award_scheme, certificate, mail
from matchmaker.services.application_letters import said
from matchmaker.services.award_letters import facts, tell
from matchmaker.services.award_settlement import STOPPED, Obstacle
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import people_of
from matchmaker.workflows.award import PENDING_STATES, AwardAction, AwardState
from matchmaker.workflows.award_scheme import (
    AWARD_SCHEME_WORKFLOW,
    AwardSchemeAction,
    AwardSchemeState,
)

A, S = AwardAction, AwardState
WON, NOT_WON = "award.announced", "award.not_awarded"


def announce(ctx: Context, call_id: int, *, version: int) -> AwardScheme:
    """Announce the awards: every state changes and every letter is written, or nothing does.

    Raises
    ------
    InvalidInput
        If a team has still time to answer; nothing is announced then.
    """
    scheme = award_scheme.find(ctx, call_id)
    if scheme.state is AwardSchemeState.ANNOUNCED:
        return scheme  # Another officer, or a second click: everybody has been told.
    AWARD_SCHEME_WORKFLOW.target(scheme.state, AwardSchemeAction.ANNOUNCE)
    if scheme.version != version:
        raise StaleVersion
    if found := obstacles(ctx, scheme):
        raise InvalidInput(fields={"scheme": [one.message for one in found]})
    scheme.apply(AwardSchemeAction.ANNOUNCE)
    scheme.announced_at, scheme.announcer_id = utcnow(), ctx.actor.id if ctx.actor else None
    awards = _due(ctx, call_id, lock=True)
    ctx.record("award_scheme:announce", scheme, call_id=call_id, awards=len(awards))
    for award in awards:
        _announce(ctx, award)
    return scheme


def obstacles(ctx: Context, scheme: AwardScheme) -> list[Obstacle]:
    """What stands in the way of announcing."""
    waiting = queries.all_of_call(ctx.session, scheme.call_id, (S.OFFERED,))
    stopped = [row for row in _due(ctx, scheme.call_id) if row.engagement.stop_cause is not None]
    text = N_("%(number)s: the team has not answered yet.")
    return [
        *(Obstacle(Message(text, {"number": award.number}), award) for award in waiting),
        *(Obstacle(Message(STOPPED, {"number": award.number}), award) for award in stopped),
    ]


def _due(ctx: Context, call_id: int, *, lock: bool = False) -> list[Award]:
    return list(queries.all_of_call(ctx.session, call_id, (S.CONFIRMED, S.NOMINATED), lock=lock))


def _announce(ctx: Context, award: Award) -> None:
    is_won = award.state is S.CONFIRMED
    before = award.apply(A.ANNOUNCE if is_won else A.LEAVE_OUT)
    award.announced_at = utcnow()
    ctx.record(
        "award:announce" if is_won else "award:leave_out",
        award,
        engagement_id=award.engagement_id,
        before=before,
        after=award.state,
        tier=award.tier or "",
    )
    if is_won:
        award_payment.award_announced(ctx, award)
        certificate.issue(ctx, award)
        tell(ctx, award, WON, ("team",))
        tell(ctx, award, "award.owner", ("owner",))
    else:
        tell(ctx, award, NOT_WON, ("team",))


@dataclass(frozen=True)
class Preview:
    """A letter as one person would get it."""

    award: Award
    reader: User
    subject: str
    body: str


def preview(ctx: Context, scheme: AwardScheme) -> list[Preview]:
    """The letters to the teams, each in its reader's language, as if everybody asked accepts."""
    awards = queries.all_of_call(ctx.session, scheme.call_id, PENDING_STATES)
    return [
        Preview(award, user, *_compose(ctx, award, user))
        for award in awards
        for user in people_of(ctx, award.engagement, ("team",))
    ]


def _compose(ctx: Context, award: Award, user: User) -> tuple[str, str]:
    kind = WON if award.tier is not None else NOT_WON
    path = f"/engagements/{award.engagement_id}/award"
    texts = said(ctx, award.engagement.application, user, facts(award, user), path)
    return mail.compose(kind, user.locale, **{**texts, "number": award.engagement.number})
