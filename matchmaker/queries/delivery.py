"""Reading letters on their way, and what of them a person finds in the app."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import Delivery, DeliveryChoice, DeliveryHold, OutboxMessage, Reminder, User
from matchmaker.policies.delivery import visible_deliveries, visible_notifications
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.delivery import DeliveryState

#: The letter that brings what was gathered.
DIGEST = "delivery.digest"


# For the office


def list_deliveries(
    session: Session,
    actor: User | None,
    *,
    state: DeliveryState | None = None,
    topic: str = "",
    text: str = "",
    number: int = 1,
) -> Page[Delivery]:
    """The letters whose words the office may read, newest first."""
    statement = (
        sa.select(Delivery)
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(visible_deliveries(actor))
        .options(joinedload(Delivery.message), joinedload(Delivery.user))
        .order_by(Delivery.id.desc())
    )
    if state is not None:
        statement = statement.where(Delivery.state == state)
    if topic:
        statement = statement.where(Delivery.topic == topic)
    if text:
        statement = statement.where(
            sa.or_(
                OutboxMessage.subject.icontains(text, autoescape=True),
                OutboxMessage.recipient.icontains(text, autoescape=True),
            )
        )
    return paginate(session, statement, number=number)


def get(session: Session, actor: User | None, delivery_id: int, *, lock: bool = False) -> Delivery:
    """The letter, or `NotFound`; locked for a change if asked."""
    statement = sa.select(Delivery).where(Delivery.id == delivery_id, visible_deliveries(actor))
    locked = statement.with_for_update().execution_options(populate_existing=True)
    shown = statement.options(joinedload(Delivery.message), joinedload(Delivery.user))
    delivery = session.scalar(locked if lock else shown)
    if delivery is None:
        raise NotFound
    return delivery


def count_by_state(session: Session, actor: User | None) -> dict[DeliveryState, int]:
    """How many letters that are open to the office are in each state."""
    statement = sa.select(Delivery.state, sa.func.count()).where(visible_deliveries(actor))
    return {row[0]: row[1] for row in session.execute(statement.group_by(Delivery.state))}


def count_closed_failures(session: Session) -> int:
    """How many letters failed whose words are not for the office: a number, nothing more."""
    statement = sa.select(sa.func.count(Delivery.id)).where(
        Delivery.state == DeliveryState.FAILED, sa.not_(Delivery.is_open)
    )
    return session.scalar(statement) or 0


def holds(session: Session) -> Sequence[DeliveryHold]:
    """The topics whose letters wait for the office."""
    statement = sa.select(DeliveryHold).options(joinedload(DeliveryHold.user))
    return session.scalars(statement.order_by(DeliveryHold.id)).all()


def hold_of(session: Session, topic: str) -> DeliveryHold | None:
    """The hold on *topic*, if there is one."""
    return session.scalar(sa.select(DeliveryHold).where(DeliveryHold.topic == topic))


def held_of(session: Session, actor: User | None, topic: str) -> Sequence[Delivery]:
    """The letters of *topic* that were held back."""
    statement = sa.select(Delivery).where(
        visible_deliveries(actor), Delivery.topic == topic, Delivery.state == DeliveryState.HELD
    )
    return session.scalars(statement.order_by(Delivery.id).with_for_update()).all()


# For whoever is told


def notifications(session: Session, actor: User | None, *, number: int = 1) -> Page[Delivery]:
    """What *actor* was told, newest first."""
    statement = (
        sa.select(Delivery)
        .where(visible_notifications(actor))
        .options(joinedload(Delivery.message))
        .order_by(Delivery.id.desc())
    )
    return paginate(session, statement, number=number)


def get_notification(session: Session, actor: User | None, delivery_id: int) -> Delivery:
    """What *actor* was told, or `NotFound`."""
    statement = sa.select(Delivery).where(Delivery.id == delivery_id, visible_notifications(actor))
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def count_unread(session: Session, actor: User | None) -> int:
    """How much *actor* was told and has not marked as read."""
    statement = sa.select(sa.func.count(Delivery.id)).where(
        visible_notifications(actor), Delivery.read_at.is_(None)
    )
    return session.scalar(statement) or 0


def choices(session: Session, user: User) -> dict[str, DeliveryChoice]:
    """What *user* chose, by topic."""
    statement = sa.select(DeliveryChoice).where(DeliveryChoice.user_id == user.id)
    return {choice.topic: choice for choice in session.scalars(statement)}


def gathered(session: Session, today: date) -> Sequence[Delivery]:
    """What waits to be told in a digest, by reader, of readers who had none on *today* yet."""
    had = sa.select(Reminder.user_id).where(Reminder.kind == DIGEST, Reminder.day == today)
    statement = (
        sa.select(Delivery)
        .where(
            Delivery.state == DeliveryState.GATHERED,
            Delivery.user_id.is_not(None),
            Delivery.user_id.not_in(had),
        )
        .options(joinedload(Delivery.message), joinedload(Delivery.user))
        .order_by(Delivery.user_id, Delivery.id)
    )
    return session.scalars(statement).all()
