"""Letters on their way: what the office does with those that have not left, and what becomes of them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_
from matchmaker.models import Delivery, DeliveryHold, OutboxMessage
from matchmaker.policies.delivery import may_change_delivery, may_hold_topics
from matchmaker.queries import delivery as deliveries
from matchmaker.services.context import Context
from matchmaker.services.delivery_start import set_off
from matchmaker.services.letter_topics import TOPICS
from matchmaker.services.reasons import needed
from matchmaker.workflows.delivery import PENDING_STATES, DeliveryAction, DeliveryState

A = DeliveryAction
MAX_SUBJECT, MAX_BODY, MAX_REASON = 300, 20_000, 500


def hold(ctx: Context, delivery_id: int, *, version: int, reason: str) -> Delivery:
    """Keep the letter back until somebody lets it go."""
    delivery = _to_change(ctx, delivery_id, version)
    delivery.apply(A.HOLD)
    delivery.reason = needed(reason, maximum=MAX_REASON)
    ctx.record("delivery:hold", delivery, reason=delivery.reason)
    return delivery


def release(ctx: Context, delivery_id: int, *, version: int) -> Delivery:
    """Let a letter that was held back go its way."""
    delivery = _to_change(ctx, delivery_id, version)
    _release(ctx, delivery)
    ctx.record("delivery:release", delivery)
    return delivery


def edit(ctx: Context, delivery_id: int, *, version: int, subject: str, body: str) -> Delivery:
    """Change what a letter says that was held back."""
    delivery = _to_change(ctx, delivery_id, version)
    if delivery.state is not DeliveryState.HELD:
        raise InvalidInput(N_("Hold the letter back before you change it."))
    subject = " ".join(needed(subject, "subject", maximum=MAX_SUBJECT).split())
    body = needed(body, "body", maximum=MAX_BODY)
    delivery.message.subject, delivery.message.body = subject, body
    delivery.edited_at = utcnow()
    ctx.record("delivery:edit", delivery)
    return delivery


def discard(ctx: Context, delivery_id: int, *, version: int, reason: str) -> Delivery:
    """See that the letter never leaves; it stays in the log with the reason."""
    delivery = _to_change(ctx, delivery_id, version)
    delivery.reason = needed(reason, maximum=MAX_REASON)
    delivery.apply(A.DISCARD)
    ctx.record("delivery:discard", delivery, reason=delivery.reason)
    return delivery


def retry(ctx: Context, delivery_id: int, *, version: int) -> Delivery:
    """Send a letter again that could not be delivered."""
    delivery = _to_change(ctx, delivery_id, version)
    delivery.apply(A.RETRY)
    delivery.message.failure = ""
    _enqueue(ctx, delivery)
    ctx.record("delivery:retry", delivery)
    return delivery


def hold_topic(ctx: Context, topic: str, *, reason: str) -> DeliveryHold:
    """From now on letters of *topic* wait for the office; pressing twice changes nothing."""
    ctx.require(may_hold_topics)
    if topic not in TOPICS or TOPICS[topic].is_secret:
        raise InvalidInput(N_("Letters of this topic cannot be held back."))
    reason = needed(reason, maximum=MAX_REASON)
    ctx.lock_actor()
    found = deliveries.hold_of(ctx.session, topic)
    if found is not None or ctx.actor is None:
        return found or DeliveryHold(topic=topic)
    row = DeliveryHold(topic=topic, user_id=ctx.actor.id, reason=reason)
    ctx.session.add(row)
    ctx.record("delivery:hold_topic", row, topic=topic, reason=reason)
    return row


def release_topic(ctx: Context, topic: str) -> int:
    """Letters of *topic* leave at once again, those held back too; the number let go."""
    ctx.require(may_hold_topics)
    found = deliveries.hold_of(ctx.session, topic)
    if found is None:
        return 0
    held = deliveries.held_of(ctx.session, ctx.actor, topic)
    for delivery in held:
        _release(ctx, delivery)
    ctx.record("delivery:release_topic", found, topic=topic, letters=len(held))
    ctx.session.delete(found)
    return len(held)


def _release(ctx: Context, delivery: Delivery) -> None:
    delivery.apply(A.RELEASE)
    delivery.reason = ""
    set_off(delivery)
    if delivery.state is DeliveryState.WAITING:
        _enqueue(ctx, delivery)


def _enqueue(ctx: Context, delivery: Delivery) -> None:
    ctx.enqueue("mail.deliver", message_id=delivery.message_id)


def _to_change(ctx: Context, delivery_id: int, version: int) -> Delivery:
    delivery = deliveries.get(ctx.session, ctx.actor, delivery_id, lock=True)
    ctx.require(may_change_delivery, delivery)
    if delivery.version != version:
        raise StaleVersion
    return delivery


# What becomes of it

INTERRUPTED = N_(
    "The program was interrupted while this letter was leaving: it may have arrived. "
    "Ask the person, or look into the mail server’s log, before you send it again."
)


def sent(delivery: Delivery) -> None:
    """Note that the letter has left."""
    delivery.apply(A.SEND)
    delivery.message.sent_at = utcnow()
    delivery.message.failure = ""


def failed(delivery: Delivery, failure: str, *, is_last: bool) -> None:
    """Note that it could not leave; after the last try it waits for somebody to try again."""
    delivery.attempts, delivery.begun_at = delivery.attempts + 1, None
    delivery.message.failure = failure[:500]
    if is_last:
        delivery.apply(A.FAIL)


def forget(session: Session, message: OutboxMessage) -> None:
    """Take what names a person out of the letter's way; it never leaves if it has not yet."""
    delivery = session.scalar(sa.select(Delivery).where(Delivery.message_id == message.id))
    if delivery is None:
        return
    delivery.path = ""
    if delivery.state in PENDING_STATES:
        delivery.reason = N_("The account was erased.")
        delivery.apply(A.DISCARD)
