"""What teams answer, and what follows if they do not: it lapses, and the next in line moves up."""

from __future__ import annotations

from datetime import timedelta

from matchmaker.clock import utcnow
from matchmaker.errors import DeadlinePassed
from matchmaker.i18n import N_
from matchmaker.models import Award
from matchmaker.policies.award import may_answer_award
from matchmaker.queries import award as queries
from matchmaker.services import award_payment
from matchmaker.services.award_letters import answer_path, tell
from matchmaker.services.award_settlement import fill
from matchmaker.services.context import Context
from matchmaker.services.reasons import needed
from matchmaker.workflows.award import AWARD_WORKFLOW, AwardAction, AwardState
from matchmaker.workflows.award_scheme import AwardSchemeState

A, S = AwardAction, AwardState
#: How long before the time to answer ends its team is reminded, once.
REMIND_BEFORE = timedelta(days=3)
REFUSED = N_("The team refused the award.")
LAPSED = N_("The team did not answer in time.")


def confirm(ctx: Context, award_id: int) -> Award:
    """A lead of the team accepts the award."""
    award = _find(ctx, award_id)
    if award.state in (S.CONFIRMED, S.ANNOUNCED):
        return award  # A second click, or another lead.
    _check_open(award, A.CONFIRM)
    _take(ctx, award, A.CONFIRM)
    award.answered_at, award.answerer_id = utcnow(), ctx.actor.id if ctx.actor else None
    tell(ctx, award, "award.confirmed", ("office",), path=_office_path(award))
    return award


def refuse(ctx: Context, award_id: int, *, reason: str) -> Award:
    """A lead of the team refuses the award, with a reason; the place is free for the next in line."""
    award = _find(ctx, award_id)
    kept = needed(reason)
    if award.state is S.REFUSED:
        return award  # A second click.
    _check_open(award, A.REFUSE)
    _take(ctx, award, A.REFUSE, reason=kept)
    award.refuse_reason, award.answered_at = kept, utcnow()
    award.answerer_id = ctx.actor.id if ctx.actor else None
    award_payment.release_award(ctx, award, REFUSED)
    tell(ctx, award, "award.refused", ("office",), path=_office_path(award))
    free_place(ctx, award)
    return award


def _find(ctx: Context, award_id: int) -> Award:
    award = queries.award_to_answer(ctx.session, ctx.actor, award_id, lock=True)
    ctx.require(may_answer_award, award)
    return award


def _check_open(award: Award, action: AwardAction) -> None:
    AWARD_WORKFLOW.target(award.state, action)
    if award.answer_until is not None and award.answer_until <= utcnow():
        raise DeadlinePassed


def free_place(ctx: Context, award: Award) -> None:
    """Let the next in line have the place, as long as nothing is announced."""
    ctx.session.flush()
    if award.tier is not None and award.scheme.state is AwardSchemeState.ASKING:
        fill(ctx, award.scheme, award.tier)


def _office_path(award: Award) -> str:
    return f"/office/awards/{award.call_id}"


# What is due, whoever is there


def follow(ctx: Context) -> dict[str, int]:
    """Do what is due; done twice it changes nothing more. How much of each."""
    return {"lapsed": lapse(ctx), "reminded": remind(ctx)}


def lapse(ctx: Context) -> int:
    """End what the team did not answer in time."""
    rows = queries.lapsed(ctx.session, utcnow())
    for award in rows:
        _take(ctx, award, A.LAPSE)
        award_payment.release_award(ctx, award, LAPSED)
        tell(ctx, award, "award.lapsed", ("team",))
        free_place(ctx, award)
    return len(rows)


def remind(ctx: Context) -> int:
    """Write to the teams whose time to answer ends soon, once each."""
    now = utcnow()
    rows = queries.to_remind(ctx.session, now, now + REMIND_BEFORE)
    for award in rows:
        award.reminded_at = now
        tell(ctx, award, "award.answer_soon", ("team",), path=answer_path(award))
    return len(rows)


def _take(ctx: Context, award: Award, action: AwardAction, **facts: object) -> None:
    before = award.apply(action)
    ctx.record(
        f"award:{action}",
        award,
        engagement_id=award.engagement_id,
        before=before,
        after=award.state,
        **facts,
    )
