"""How a new letter travels: at once, in the daily digest, in the app only, or after the office's word."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import (
    Base,
    Channel,
    Delivery,
    DeliveryChoice,
    DeliveryHold,
    OutboxMessage,
    User,
)
from matchmaker.policies.scope import private_call_of
from matchmaker.services import letter_topics
from matchmaker.services.letter_topics import Topic
from matchmaker.workflows.delivery import DeliveryAction


def begin(
    session: Session, message: OutboxMessage, user: User | None, about: Base | None, url: str
) -> Delivery:
    """Say how *message* travels; the one who wrote it sends it if it is still waiting then."""
    topic = letter_topics.topic_of(message.kind)
    delivery = Delivery(
        message_id=message.id,
        user_id=user.id if user else None,
        topic=topic.key,
        channel=channel_of(session, user, topic),
        path=_path(url),
        is_open=_is_open(session, topic, about),
    )
    session.add(delivery)
    if delivery.is_open and is_held(session, topic):
        delivery.apply(DeliveryAction.HOLD)
    else:
        set_off(delivery)
    session.flush()
    return delivery


def channel_of(session: Session, user: User | None, topic: Topic) -> Channel:
    """How *user* wants to hear of *topic*."""
    if user is None or topic.is_secret:
        return Channel.AT_ONCE
    statement = sa.select(DeliveryChoice.channel).where(
        DeliveryChoice.user_id == user.id, DeliveryChoice.topic == topic.key
    )
    chosen = session.scalar(statement) or Channel.AT_ONCE
    return Channel.DIGEST if chosen is Channel.OFF and not topic.may_be_off else chosen


def is_held(session: Session, topic: Topic) -> bool:
    """Whether letters of *topic* wait for the office's word."""
    statement = sa.select(DeliveryHold.id).where(DeliveryHold.topic == topic.key)
    return session.scalar(statement) is not None


def _is_open(session: Session, topic: Topic, about: Base | None) -> bool:
    """Whether the office may read it: only what is known to belong to the programme itself."""
    return not topic.is_secret and about is not None and private_call_of(session, about) is None


def set_off(delivery: Delivery) -> None:
    """Put the letter on the way its reader chose; one that goes by mail at once stays waiting."""
    if delivery.channel is Channel.DIGEST:
        delivery.apply(DeliveryAction.GATHER)
    elif delivery.channel is Channel.OFF:
        delivery.apply(DeliveryAction.SHOW)


def _path(url: str) -> str:
    """Where in the app *url* leads, without the site's own address."""
    parts = urlsplit(url)
    return (f"{parts.path}?{parts.query}" if parts.query else parts.path)[:500]
