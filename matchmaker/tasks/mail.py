"""Send what waits in the outbox."""

from __future__ import annotations

from typing import Any

from matchmaker.adapters.mail import make_mail
from matchmaker.clock import utcnow
from matchmaker.db import unit_of_work
from matchmaker.models import OutboxMessage
from matchmaker.tasks import TaskContext, task


@task("mail.deliver")
def deliver(context: TaskContext, *, message_id: int) -> dict[str, Any]:
    """Send one message, once: a second delivery of the same job finds it sent."""
    with unit_of_work(context.sessions) as session:
        message = session.get_one(OutboxMessage, message_id, with_for_update=True)
        if message.sent_at is None:
            make_mail(context.settings).send(message.recipient, message.subject, message.body)
            message.sent_at = utcnow()
    return {}
