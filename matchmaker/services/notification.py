"""What people do with what they are told: mark it as read, and choose how they hear of what."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotSignedIn
from matchmaker.i18n import N_, Message
from matchmaker.models import Channel, Delivery, DeliveryChoice, User
from matchmaker.policies.delivery import visible_notifications
from matchmaker.queries import delivery as deliveries
from matchmaker.services.context import Context
from matchmaker.services.letter_topics import TOPICS, Topic, choosable


def mark_read(ctx: Context, delivery_id: int) -> Delivery:
    """Mark one's own notification as read; a second time changes nothing."""
    delivery = deliveries.get_notification(ctx.session, ctx.actor, delivery_id)
    _mark(ctx, Delivery.id == delivery.id)
    return delivery


def mark_all_read(ctx: Context) -> None:
    """Mark everything as read that the person was told until now."""
    _mark(ctx, visible_notifications(ctx.actor))


def _mark(ctx: Context, which: sa.ColumnElement[bool]) -> None:
    # Neither what it says nor its way changes: an officer who is about to hold it back may go on.
    statement = sa.update(Delivery).where(which, Delivery.read_at.is_(None))
    ctx.session.execute(
        statement.values(read_at=utcnow()).execution_options(synchronize_session=False)
    )


def choose(ctx: Context, chosen: Mapping[str, str]) -> None:
    """Keep how the person wants to hear of each topic in *chosen*; the others stay as they are."""
    user = _somebody(ctx)
    wanted = {key: _channel(TOPICS.get(key), value) for key, value in chosen.items()}
    kept = deliveries.choices(ctx.session, user)
    for key, channel in wanted.items():
        if (row := kept.get(key)) is not None:
            row.channel = channel
        else:
            ctx.session.add(DeliveryChoice(user_id=user.id, topic=key, channel=channel))
    ctx.session.flush()


def current(ctx: Context) -> dict[str, Channel]:
    """How the person hears of each topic they can choose about."""
    kept = deliveries.choices(ctx.session, _somebody(ctx))
    return {
        topic.key: kept[topic.key].channel if topic.key in kept else Channel.AT_ONCE
        for topic in choosable()
    }


def _channel(topic: Topic | None, value: str) -> Channel:
    if topic is None or topic.is_secret or value not in set(Channel):
        raise InvalidInput(N_("Please choose one of the ways offered."))
    channel = Channel(value)
    if channel is Channel.OFF and not topic.may_be_off:
        message = Message(N_("What waits for your answer is sent at least once a day."))
        raise InvalidInput(fields={topic.key: [message]})
    return channel


def _somebody(ctx: Context) -> User:
    if ctx.actor is None:
        raise NotSignedIn
    ctx.lock_actor()
    return ctx.actor
