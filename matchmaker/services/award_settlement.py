"""Settling tiers: what the rule proposes, what officers decide, and asking the teams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matchmaker.assessment.award_scheme import Scheme
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import Award, AwardScheme
from matchmaker.policies.award import may_decide_award
from matchmaker.queries import award as queries
from matchmaker.queries.award_payment import AWARD, budget_of, grade_amounts, payments_of
from matchmaker.queries.award_scheme import rules_of
from matchmaker.queries.award_vote import Place, places_taken, ranking
from matchmaker.services import award_payment, award_scheme
from matchmaker.services.award_letters import answer_path, tell
from matchmaker.services.context import Context
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.award import AwardAction, AwardState
from matchmaker.workflows.award_payment import BOUND_STATES
from matchmaker.workflows.award_scheme import (
    AWARD_SCHEME_WORKFLOW,
    AwardSchemeAction,
    AwardSchemeState,
)

A, S = AwardAction, AwardState
MAX_NOTE = 2000
STOPPED = N_("%(number)s: the work was stopped. Take the nomination back, or revoke the award.")


@dataclass(frozen=True)
class Obstacle:
    """Something that stands in the way of the next step, and the award it is about."""

    message: Message
    award: Award | None = None


def standing(ctx: Context, scheme: AwardScheme) -> list[Place]:
    """The ranking of everything that is nominated, with the tier the rule proposes."""
    return ranking(queries.all_of_call(ctx.session, scheme.call_id, tuple(S)), rules_of(scheme))


def settle(
    ctx: Context, award_id: int, *, tier: str | None, reason: str, note: str, version: int
) -> Award:
    """Decide the tier of one award; a reason is needed where it is not what the rule proposes."""
    award = queries.get_award(ctx.session, ctx.actor, award_id, lock=True, trusted=ctx.trusted)
    ctx.require(may_decide_award, award)
    scheme = award_scheme.find(ctx, award.call_id)
    _check_settling(scheme, award)
    if award.version != version:
        raise StaleVersion
    rules = rules_of(scheme)
    if tier is not None and rules.tier(tier) is None:
        raise InvalidInput(fields={"tier": [Message(N_("Please choose one."))]})
    place = next(row for row in standing(ctx, scheme) if row.award.id == award.id)
    kept = limited(reason)
    if tier != place.tier:
        kept = needed(reason)
    _write(ctx, scheme, rules, place, tier, kept)
    award.note = limited(note, "note", maximum=MAX_NOTE)
    return award


def settle_rest(ctx: Context, call_id: int) -> int:
    """Settle whatever is not settled yet as the rule proposes; how many."""
    scheme = award_scheme.find(ctx, call_id)
    if scheme.state is not AwardSchemeState.JUDGING:
        raise InvalidTransition(N_("The panel of this call is not at work."))
    rules = rules_of(scheme)
    rest = [
        place
        for place in standing(ctx, scheme)
        if place.award.state is S.NOMINATED and not place.award.is_settled and place.n_in
    ]
    tied = [place for place in rest if place.is_tied]
    if tied:
        text = N_("Some share the same score where one place is left: settle them one by one.")
        raise InvalidTransition(text)
    for place in rest:
        _write(ctx, scheme, rules, place, place.tier, "")
    return len(rest)


def _check_settling(scheme: AwardScheme, award: Award) -> None:
    if scheme.state is not AwardSchemeState.JUDGING or award.state is not S.NOMINATED:
        raise InvalidTransition(N_("The tiers of this call are not being settled."))


def _write(
    ctx: Context, scheme: AwardScheme, rules: Scheme, place: Place, tier: str | None, reason: str
) -> None:
    award = place.award
    award.tier, award.proposed_tier, award.is_settled = tier, place.tier, True
    award.score, award.raw_score = place.score, place.raw
    award.deviation_reason = reason if tier != place.tier else ""
    award.amount = tier_amount(ctx, scheme, rules, award, tier)
    ctx.record(
        "award:settle",
        award,
        engagement_id=award.engagement_id,
        tier=tier or "",
        proposed=place.tier or "",
        amount=award.amount,
        reason=reason,
    )


def tier_amount(
    ctx: Context, scheme: AwardScheme, rules: Scheme, award: Award, code: str | None
) -> int:
    """What a tier pays for the work of *award*."""
    tier = rules.tier(code)
    if tier is None:
        return 0
    highest = bool(scheme.money.get("highest"))
    graded = grade_amounts(ctx.session, [award.engagement], highest=highest)
    return tier.pays(graded[award.engagement_id])


def obstacles(ctx: Context, scheme: AwardScheme) -> list[Obstacle]:
    """What has to be done before the teams can be asked."""
    rows = queries.all_of_call(ctx.session, scheme.call_id, tuple(S))
    places = ranking(rows, rules_of(scheme))
    found = [
        Obstacle(Message(text, {"number": place.award.number}), place.award)
        for place in places
        if (text := _fault(place)) is not None
    ]
    found += _too_many(scheme, rows, places)
    new = sum(place.award.amount for place in places)
    left = budget_of(ctx.session, scheme.call_id).left
    if new > left:
        text = N_("The awards pay NT$%(new)s; of the budget NT$%(left)s is left.")
        found.append(Obstacle(Message(text, {"new": f"{new:,}", "left": f"{left:,}"})))
    return found


def _fault(place: Place) -> str | None:
    if place.award.engagement.stop_cause is not None:
        return STOPPED
    if place.n_open:
        return N_("%(number)s: not every panel member has handed in.")
    if not place.n_in:
        return N_("%(number)s: nobody has judged it.")
    if not place.award.is_settled:
        return N_("%(number)s: no tier is settled.")
    return None


def _too_many(
    scheme: AwardScheme, rows: Sequence[Award], places: Sequence[Place]
) -> list[Obstacle]:
    """Tiers with more awards than they may have."""
    settled = Counter(place.award.tier for place in places if place.award.tier)
    gone = places_taken(rows)
    found = []
    for tier in rules_of(scheme).tiers:
        number = settled[tier.code] + gone.get(tier.code, 0)
        if tier.limit is not None and number > tier.limit:
            text = N_("The tier “%(code)s” has room for %(limit)s; settled are %(count)s.")
            facts = {"code": tier.code, "limit": tier.limit, "count": number}
            found.append(Obstacle(Message(text, facts)))
    return found


def ask_teams(ctx: Context, call_id: int, *, version: int) -> AwardScheme:
    """Ask every team that is to have an award whether it takes it; all at once, or nobody.

    Raises
    ------
    InvalidInput
        If something stands in the way; nobody is asked then.
    """
    scheme = award_scheme.find(ctx, call_id)
    if scheme.state is AwardSchemeState.ASKING:
        return scheme  # Another officer, or a second click: everybody was asked.
    AWARD_SCHEME_WORKFLOW.target(scheme.state, AwardSchemeAction.ASK_TEAMS)
    if scheme.version != version:
        raise StaleVersion
    if found := obstacles(ctx, scheme):
        raise InvalidInput(fields={"scheme": [one.message for one in found]})
    scheme.apply(AwardSchemeAction.ASK_TEAMS)
    chosen = [
        award
        for award in queries.all_of_call(ctx.session, call_id, (S.NOMINATED,), lock=True)
        if award.tier is not None
    ]
    ctx.record("award_scheme:ask_teams", scheme, call_id=call_id, awards=len(chosen))
    for award in chosen:
        offer(ctx, award)
    return scheme


def offer(ctx: Context, award: Award, *, kind: str = "award.offer") -> None:
    """Ask one team, and set the money aside."""
    before = award.apply(A.OFFER)
    award.asked_at, award.answer_until = utcnow(), answer_until(ctx, award.scheme)
    award.reminded_at = award.answered_at = award.answerer_id = None
    ctx.record(
        "award:offer",
        award,
        engagement_id=award.engagement_id,
        before=before,
        after=award.state,
        tier=award.tier,
        amount=award.amount,
    )
    award_payment.commit_award(ctx, award)
    tell(ctx, award, kind, ("team",), path=answer_path(award))


def answer_until(ctx: Context, scheme: AwardScheme) -> datetime:
    """The end of the last day to answer, in the programme's zone."""
    day = utcnow().astimezone(ctx.settings.timezone) + timedelta(days=scheme.confirm_days)
    return day.replace(hour=23, minute=59, second=59, microsecond=0)


# A place in a limited tier becomes free


def fill(ctx: Context, scheme: AwardScheme, code: str) -> int:
    """Offer a place of the tier *code* that became free to the next in line; how many moved up.

    Next is whoever ranks highest of those who reach the tier's minimum and have a lower tier or
    none; what they leave free goes on to the next. An award that an officer put lower for a reason
    stays there, and nobody moves up beyond the budget.
    """
    rules = rules_of(scheme)
    moved = 0
    while (tier := rules.tier(code)) is not None and tier.limit is not None:
        rows = queries.all_of_call(ctx.session, scheme.call_id, tuple(S), lock=True)
        if _n_held(rows, code) >= tier.limit:
            return moved
        award = _next(rows, rules, code)
        if award is None or not _fits(ctx, scheme, rules, award, code):
            return moved
        freed = award.tier if award.state is not S.NOMINATED else None
        _move_up(ctx, scheme, rules, award, code)
        moved += 1
        if freed is None:
            return moved
        code = freed
    return moved


def _n_held(rows: Sequence[Award], code: str) -> int:
    held = (S.OFFERED, S.CONFIRMED, S.ANNOUNCED)
    return sum(row.tier == code and row.state in held for row in rows)


def _next(rows: Sequence[Award], rules: Scheme, code: str) -> Award | None:
    order = [tier.code for tier in rules.tiers]
    better = set(order[: order.index(code) + 1])
    tier = rules.tier(code)
    waiting = [
        row
        for row in rows
        if row.state in (S.NOMINATED, S.OFFERED, S.CONFIRMED)
        and row.tier not in better
        and not row.deviation_reason
        and tier is not None
        and (row.score or 0) >= tier.minimum
    ]
    return min(waiting, key=lambda r: (-(r.score or 0), -(r.raw_score or 0), r.id), default=None)


def _fits(ctx: Context, scheme: AwardScheme, rules: Scheme, award: Award, code: str) -> bool:
    more = tier_amount(ctx, scheme, rules, award, code)
    held = [p for p in payments_of(ctx.session, award.engagement_id) if p.purpose == AWARD]
    bound = sum(p.amount for p in held if p.state in BOUND_STATES and p.source == "public")
    return more - bound <= budget_of(ctx.session, scheme.call_id).left


def _move_up(ctx: Context, scheme: AwardScheme, rules: Scheme, award: Award, code: str) -> None:
    if award.state is not S.NOMINATED:
        award_payment.release_award(ctx, award, N_("The team moved up to a higher tier."))
        award.apply(A.HOLD)
    award.tier, award.amount = code, tier_amount(ctx, scheme, rules, award, code)
    offer(ctx, award, kind="award.moved_up")
    ctx.session.flush()
