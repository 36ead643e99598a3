"""What officers do with the money of a call: prepare, sign for, record, cancel, reclaim."""

from __future__ import annotations

from datetime import date

from matchmaker.assessment.award_scheme import MAX_AMOUNT
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import AwardPayment, PaymentSource
from matchmaker.policies.award import may_handle_payment, may_nominate
from matchmaker.queries import award_payment as queries
from matchmaker.queries.engagement import get_engagement
from matchmaker.queries.office_setting import value as setting
from matchmaker.services import award_payment as follow
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import write
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.award_payment import (
    AWARD_PAYMENT_WORKFLOW,
    AwardPaymentAction,
    AwardPaymentState,
)

A, S = AwardPaymentAction, AwardPaymentState
MAX_REFERENCE = 120
EARLIEST = date(2000, 1, 1)


def prepare(
    ctx: Context, payment_id: int, *, amount: int | None, reference: str, version: int
) -> AwardPayment:
    """Put a payment before whoever signs for it: how much of what is due, under which reference."""
    row = _find(ctx, payment_id)
    kept = limited(reference, "reference", maximum=MAX_REFERENCE)
    if row.state is S.PREPARED and (row.paid_amount, row.reference) == (amount, kept):
        return row  # A second click.
    _check_version(row, version)
    due = row.due_amount or 0
    AWARD_PAYMENT_WORKFLOW.target(row.state, A.PREPARE)
    if amount is None or not 0 < amount <= due:
        text = N_("At most what is due: NT$%(due)s.")
        raise InvalidInput(fields={"amount": [Message(text, {"due": f"{due:,}"})]})
    if not kept:
        text = N_("Give the number under which the books have it.")
        raise InvalidInput(fields={"reference": [Message(text)]})
    row.paid_amount, row.reference, row.reason = amount, kept, ""
    row.preparer_id = ctx.actor.id if ctx.actor else None
    _take(ctx, row, A.PREPARE, amount=amount, reference=kept)
    return row


def pay(ctx: Context, payment_id: int, *, paid_on: date | None, version: int) -> AwardPayment:
    """Sign for a prepared payment and record it as paid.

    Raises
    ------
    Conflict
        If the amount needs a second officer and the same one prepared it.
    """
    row = _find(ctx, payment_id)
    if row.state is S.PAID and row.paid_on == paid_on:
        return row  # A second click.
    _check_version(row, version)
    AWARD_PAYMENT_WORKFLOW.target(row.state, A.PAY)
    today = utcnow().astimezone(ctx.settings.timezone).date()
    if paid_on is None or not EARLIEST <= paid_on <= today:
        raise InvalidInput(fields={"paid_on": [Message(N_("A day up to today."))]})
    if needs_second(ctx, row) and ctx.actor and row.preparer_id == ctx.actor.id:
        raise Conflict(
            N_("From NT$%(limit)s on another officer than the one who prepared it signs."),
            limit=f"{setting(ctx.session, 'award_two_officers_from'):,}",
        )
    row.paid_on, row.approver_id = paid_on, ctx.actor.id if ctx.actor else None
    _take(ctx, row, A.PAY, amount=row.paid_amount, paid_on=paid_on.isoformat())
    path = f"/engagements/{row.engagement_id}/award"
    amount = f"{row.paid_amount or 0:,}"
    write(ctx, row.engagement, "award.paid", ("team",), path=path, amount=amount)
    return row


def needs_second(ctx: Context, row: AwardPayment) -> bool:
    """Whether two officers sign for the payment."""
    amount = row.paid_amount if row.paid_amount is not None else row.due_amount
    return (amount or 0) >= setting(ctx.session, "award_two_officers_from")


def send_back(ctx: Context, payment_id: int, *, reason: str, version: int) -> AwardPayment:
    """Whoever would sign does not: back to whoever prepared it."""
    row = _find(ctx, payment_id)
    kept = needed(reason)
    _check_version(row, version)
    AWARD_PAYMENT_WORKFLOW.target(row.state, A.SEND_BACK)
    row.paid_amount, row.preparer_id, row.reason = None, None, kept
    _take(ctx, row, A.SEND_BACK, reason=kept)
    return row


def cancel(ctx: Context, payment_id: int, *, reason: str, version: int) -> AwardPayment:
    """Nothing of it will be paid; the team reads why."""
    row = _find(ctx, payment_id)
    kept = needed(reason)
    if row.state is S.CANCELLED and row.reason == kept:
        return row  # A second click.
    _check_version(row, version)
    follow.cancel(ctx, row, kept)
    path = f"/engagements/{row.engagement_id}/award"
    write(ctx, row.engagement, "award.cancelled", ("team",), path=path, note=kept)
    return row


def returned(ctx: Context, payment_id: int, *, reason: str, version: int) -> AwardPayment:
    """The team has paid it back."""
    row = _find(ctx, payment_id)
    kept = needed(reason)
    _check_version(row, version)
    row.reason = kept
    _take(ctx, row, A.RETURN, reason=kept)
    return row


def keep(ctx: Context, payment_id: int, *, reason: str, version: int) -> AwardPayment:
    """The office does not ask it back after all."""
    row = _find(ctx, payment_id)
    kept = needed(reason)
    _check_version(row, version)
    row.reason = kept
    _take(ctx, row, A.KEEP, reason=kept)
    return row


def add_contribution(
    ctx: Context, engagement_id: int, *, purpose: str, amount: int | None
) -> AwardPayment:
    """Note what the owner adds for a stage or the award; it never counts against the budget."""
    engagement = get_engagement(ctx.session, ctx.actor, engagement_id, trusted=ctx.trusted)
    ctx.require(may_nominate, engagement)
    if purpose not in (*engagement.stages, queries.AWARD):
        raise InvalidInput(fields={"purpose": [Message(N_("Please choose one."))]})
    if amount is None or not 0 < amount <= MAX_AMOUNT:
        text = N_("Choose a number from %(low)s to %(high)s.")
        bounds = {"low": 1, "high": f"{MAX_AMOUNT:,}"}
        raise InvalidInput(fields={"amount": [Message(text, bounds)]})
    for row in queries.payments_of(ctx.session, engagement.id, lock=True):
        if (row.purpose, row.source) == (purpose, PaymentSource.OWNER):
            if row.amount == amount:
                return row  # A second click.
            raise InvalidTransition(N_("The owner’s contribution for this is on record already."))
    row = AwardPayment(
        call_id=engagement.call_id,
        engagement_id=engagement.id,
        purpose=purpose,
        source=PaymentSource.OWNER,
        amount=amount,
    )
    ctx.session.add(row)
    ctx.record("award_payment:contribute", row, engagement_id=engagement.id, amount=amount)
    return row


def _find(ctx: Context, payment_id: int) -> AwardPayment:
    row = queries.get_payment(ctx.session, ctx.actor, payment_id, lock=True)
    ctx.require(may_handle_payment, row)
    return row


def _check_version(row: AwardPayment, version: int) -> None:
    if row.version != version:
        raise StaleVersion


def _take(ctx: Context, row: AwardPayment, action: AwardPaymentAction, **facts: object) -> None:
    before = row.apply(action)
    ctx.record(
        f"award_payment:{action}",
        row,
        engagement_id=row.engagement_id,
        before=before,
        after=row.state,
        **facts,
    )
