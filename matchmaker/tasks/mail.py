"""Send what waits in the outbox."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.adapters.mail import make_mail
from matchmaker.clock import utcnow
from matchmaker.db import unit_of_work
from matchmaker.models import Delivery, Job, OutboxMessage
from matchmaker.services import delivery as service
from matchmaker.services.job import MAX_ATTEMPTS
from matchmaker.tasks import TaskContext, task
from matchmaker.workflows.delivery import DeliveryState


@task("mail.deliver")
def deliver(context: TaskContext, *, message_id: int) -> dict[str, Any]:
    """Send one message, once: a second delivery of the same job finds it sent, held or discarded."""
    if not _begin(context, message_id):
        return {}
    try:
        with unit_of_work(context.sessions) as session:
            message = session.get_one(OutboxMessage, message_id, with_for_update=True)
            _send(context, message, _delivery(session, message_id))
    except OSError as error:
        _note_failure(context, message_id, error)
        raise
    return {}


def _begin(context: TaskContext, message_id: int) -> bool:
    """Note that the letter is about to leave; False if that was noted and not what came of it.

    A worker was killed in the middle then, and nobody knows whether the letter left: to send it
    again by itself might tell somebody twice, so the office is asked.
    """
    with unit_of_work(context.sessions) as session:
        session.get_one(OutboxMessage, message_id, with_for_update=True)
        delivery = _delivery(session, message_id)
        if delivery is None or delivery.state is not DeliveryState.WAITING:
            return delivery is None
        if delivery.begun_at is not None:
            service.failed(delivery, service.INTERRUPTED, is_last=True)
            return False
        delivery.begun_at = utcnow()
    return True


def _send(context: TaskContext, message: OutboxMessage, delivery: Delivery | None) -> None:
    is_waiting = delivery is None or delivery.state is DeliveryState.WAITING
    if message.sent_at is not None or not is_waiting:
        return
    make_mail(context.settings).send(message.recipient, message.subject, message.body)
    message.sent_at = utcnow()
    if delivery is not None:  # A letter of an earlier release has none.
        service.sent(delivery)


def _note_failure(context: TaskContext, message_id: int, error: OSError) -> None:
    """Keep what went wrong for the delivery log; the job itself is tried again."""
    with unit_of_work(context.sessions) as session:
        job = session.get(Job, context.job_id)
        delivery = _delivery(session, message_id)
        if delivery is not None and delivery.state is DeliveryState.WAITING:
            is_last = job is not None and job.attempts >= MAX_ATTEMPTS
            service.failed(delivery, f"{type(error).__name__}: {error}", is_last=is_last)


def _delivery(session: Session, message_id: int) -> Delivery | None:
    statement = sa.select(Delivery).where(Delivery.message_id == message_id)
    return session.scalar(statement.with_for_update())
