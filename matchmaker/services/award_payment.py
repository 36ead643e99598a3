"""The money that follows the work: set aside when it begins, due when a stage passes, back if not.

Nothing here is decided by a person: `award_money` has what officers do. The work itself never
stops because money is short; what cannot be covered stands on the budget page until it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.assessment.award_scheme import divide
from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import (
    Award,
    AwardPayment,
    AwardScheme,
    Engagement,
    Milestone,
    PaymentSource,
)
from matchmaker.queries import award_payment as queries
from matchmaker.queries.award_scheme import rules_of, scheme_of
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import write
from matchmaker.workflows.award_payment import (
    UNPAID_STATES,
    AwardPaymentAction,
    AwardPaymentState,
)
from matchmaker.workflows.milestone import MilestoneState

A, S = AwardPaymentAction, AwardPaymentState
NOT_REACHED = N_("The stage was not reached.")
WORK_STOPPED = N_("The work was stopped.")
REOPENED = N_("The decision on a milestone of this stage was reopened.")


# When the work begins


def commit(ctx: Context, engagement: Engagement) -> list[AwardPayment]:
    """Set aside what the stages of *engagement* pay, if the call's budget covers it; once."""
    scheme = scheme_of(ctx.session, engagement.call_id, lock=True)
    rows = queries.payments_of(ctx.session, engagement.id)
    if scheme is None or any(row.source is PaymentSource.PUBLIC for row in rows):
        return []
    amounts = stage_amounts(ctx, scheme, engagement)
    if sum(amounts.values()) > queries.budget_of(ctx.session, engagement.call_id).left:
        write(ctx, engagement, "award.short", ("office",), path=_budget_path(engagement))
        return []
    rows = [
        AwardPayment(
            call_id=engagement.call_id, engagement_id=engagement.id, purpose=stage, amount=amount
        )
        for stage, amount in amounts.items()
        if amount
    ]
    ctx.session.add_all(rows)
    if rows:
        ctx.record("award_payment:commit", engagement, amounts=amounts)
    return rows


def stage_amounts(ctx: Context, scheme: AwardScheme, engagement: Engagement) -> dict[str, int]:
    """What each stage of *engagement* pays under *scheme*; nothing if stages do not pay."""
    money = rules_of(scheme).money
    if not money.pays_stages or not engagement.stages:
        return {}
    whole = grade_amount(ctx, scheme, engagement)
    graded = {row.stage: row.share for row in engagement.plan if row.share is not None}
    return divide(whole, money.shares_of(engagement.stages, graded))


def grade_amount(ctx: Context, scheme: AwardScheme, engagement: Engagement) -> int:
    """What the grade of the problem pays under *scheme*."""
    highest = bool(scheme.money.get("highest"))
    return queries.grade_amounts(ctx.session, [engagement], highest=highest)[engagement.id]


def _budget_path(engagement: Engagement) -> str:
    return f"/office/awards/{engagement.call_id}/budget"


def commit_missing(ctx: Context, call_id: int) -> int:
    """Set money aside for work that has none, as far as the budget goes; for how many."""
    return sum(bool(commit(ctx, row)) for row in queries.uncovered(ctx.session, call_id))


# When milestones are decided


def milestone_decided(ctx: Context, milestone: Milestone) -> None:
    """A milestone got its result: once all of its stage have one, what the stage pays is due."""
    _follow_stage(ctx, milestone)


def milestone_reopened(ctx: Context, milestone: Milestone) -> None:
    """A result was taken back: what was due is not, what was paid is to be paid back."""
    _follow_stage(ctx, milestone)


def _follow_stage(ctx: Context, milestone: Milestone) -> None:
    ctx.session.flush()
    outcome = queries.stage_outcome(ctx.session, milestone.engagement_id, milestone.stage)
    scheme = scheme_of(ctx.session, milestone.engagement.call_id)
    if scheme is None:
        return
    partly = rules_of(scheme).money.partly
    share = {MilestoneState.PASSED: 100, MilestoneState.PARTLY: partly}
    percent = share.get(outcome, 0) if outcome else 0
    for payment in queries.payments_of(ctx.session, milestone.engagement_id, lock=True):
        if payment.purpose == milestone.stage:
            _set_due(ctx, payment, payment.amount * percent // 100)


def _set_due(ctx: Context, payment: AwardPayment, amount: int) -> None:
    """Bring one payment into line with what its stage earned."""
    if payment.state in (S.DUE, S.PREPARED) and amount != payment.due_amount:
        payment.due_amount = payment.paid_amount = payment.due_at = None
        _take(ctx, payment, A.TAKE_BACK)
    if payment.state is S.COMMITTED and amount:
        make_due(ctx, payment, amount)
    paid = payment.paid_amount or 0
    if payment.state is S.PAID and amount < paid:
        reclaim(ctx, payment, REOPENED)
    elif payment.state is S.RECLAIM and amount >= paid and payment.reason == REOPENED:
        _take(ctx, payment, A.KEEP)


def make_due(ctx: Context, payment: AwardPayment, amount: int) -> None:
    """*amount* of the payment is due from now on; the team is told."""
    payment.due_amount, payment.due_at = amount, utcnow()
    _take(ctx, payment, A.FALL_DUE)
    if payment.purpose == queries.AWARD:
        return  # The letter of award says it.
    write(
        ctx,
        payment.engagement,
        "award.due",
        ("team",),
        path=f"/engagements/{payment.engagement_id}/award",
        amount=f"{amount:,}",
        stage=payment.purpose,
    )


def reclaim(ctx: Context, payment: AwardPayment, reason: str) -> None:
    """What was paid is to be paid back; the team and the office are told."""
    payment.reason = reason
    _take(ctx, payment, A.RECLAIM, reason=reason)
    write(
        ctx,
        payment.engagement,
        "award.reclaim",
        ("team", "office"),
        path=f"/engagements/{payment.engagement_id}/award",
        amount=f"{payment.paid_amount or 0:,}",
    )


# When the work ends


def engagement_ended(ctx: Context, engagement: Engagement) -> None:
    """The work is over: what was set aside for stages that were not reached is free again."""
    ctx.session.flush()
    reason = WORK_STOPPED if engagement.stop_cause else NOT_REACHED
    for payment in queries.payments_of(ctx.session, engagement.id, lock=True):
        if payment.state is S.COMMITTED and payment.purpose != queries.AWARD:
            cancel(ctx, payment, reason)


def engagement_resumed(ctx: Context, engagement: Engagement) -> None:
    """An end was taken back: what was cancelled with it is set aside again, if there is money."""
    left = queries.budget_of(ctx.session, engagement.call_id).left
    for payment in queries.payments_of(ctx.session, engagement.id, lock=True):
        ended = payment.state is S.CANCELLED and payment.reason in (WORK_STOPPED, NOT_REACHED)
        fits = payment.source is PaymentSource.OWNER or payment.amount <= left
        if ended and fits:
            payment.reason = ""
            _take(ctx, payment, A.RESTORE)
            left -= payment.amount if payment.source is PaymentSource.PUBLIC else 0


def cancel(ctx: Context, payment: AwardPayment, reason: str) -> None:
    """Nothing of the payment will be paid."""
    payment.reason, payment.paid_amount = reason, None
    _take(ctx, payment, A.CANCEL, reason=reason)


# What awards pay


def commit_award(ctx: Context, award: Award) -> None:
    """Set aside what an award's tier pays; the caller has checked the budget."""
    found = award_payment(ctx, award)
    if found is not None and found.state is S.CANCELLED and award.amount:
        found.amount, found.reason, found.due_amount = award.amount, "", None
        _take(ctx, found, A.RESTORE)
    elif found is None and award.amount:
        ctx.session.add(
            AwardPayment(
                call_id=award.call_id,
                engagement_id=award.engagement_id,
                award_id=award.id,
                purpose=queries.AWARD,
                amount=award.amount,
            )
        )
        ctx.session.flush()


def award_payment(ctx: Context, award: Award) -> AwardPayment | None:
    """What was set aside for an award, of public money."""
    rows = queries.payments_of(ctx.session, award.engagement_id, lock=True)
    public = (row for row in rows if row.source is PaymentSource.PUBLIC)
    return next((row for row in public if row.purpose == queries.AWARD), None)


def release_award(ctx: Context, award: Award, reason: str) -> None:
    """The award is not given: what is unpaid is cancelled, what was paid is to be paid back."""
    for payment in queries.payments_of(ctx.session, award.engagement_id, lock=True):
        if payment.purpose != queries.AWARD:
            continue
        if payment.state in UNPAID_STATES:
            cancel(ctx, payment, reason)
        elif payment.state is S.PAID:
            reclaim(ctx, payment, reason)


def award_announced(ctx: Context, award: Award) -> None:
    """What an award pays is due with its announcement."""
    for payment in queries.payments_of(ctx.session, award.engagement_id, lock=True):
        if payment.purpose == queries.AWARD and payment.state is S.COMMITTED:
            make_due(ctx, payment, payment.amount)


def _take(ctx: Context, payment: AwardPayment, action: AwardPaymentAction, **facts: object) -> None:
    before = payment.apply(action)
    kept: Mapping[str, object] = {"before": before, "after": payment.state, **facts}
    ctx.record(f"award_payment:{action}", payment, engagement_id=payment.engagement_id, **kept)
