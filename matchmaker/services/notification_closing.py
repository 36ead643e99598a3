"""Take the words about a case out of what somebody was told of it, once it is closed to them."""

from __future__ import annotations

import re

import sqlalchemy as sa

from matchmaker.i18n import N_, translate
from matchmaker.models import Delivery, OutboxMessage, User
from matchmaker.services.context import Context
from matchmaker.workflows.delivery import PENDING_STATES, DeliveryAction

SUBJECT = N_("A case that is closed to you")
BODY = N_("You stepped aside from this case, so what you were told of it is no longer shown.")
DISCARDED = N_("The reader stepped aside from the case.")
#: The letter that gathers many things: only what is about the case goes.
GATHERED = "waiting.gathered"


def close_case(ctx: Context, user: User, path: str, number: str = "") -> int:
    """Blank what *user* was told of the case at *path*, or called *number*; how many letters."""
    body = OutboxMessage.body
    named = [body.contains(path, autoescape=True)]
    if number:
        named += [body.contains(number, autoescape=True), OutboxMessage.subject.contains(number)]
    statement = (
        sa.select(Delivery, OutboxMessage)
        .join(OutboxMessage, OutboxMessage.id == Delivery.message_id)
        .where(Delivery.user_id == user.id, sa.or_(*named))
        .order_by(Delivery.id)
    )
    # An id may be the beginning of another: /reviews/1 and /reviews/12.
    exact = re.compile(rf"{re.escape(path)}(?!\d)" + (rf"|{re.escape(number)}" if number else ""))
    found = [
        (delivery, message)
        for delivery, message in ctx.session.execute(statement)
        if exact.search(f"{message.subject}\n{message.body}")
    ]
    for delivery, message in found:
        _blank(delivery, message, user.locale, exact)
    return len(found)


def _blank(delivery: Delivery, message: OutboxMessage, locale: str, exact: re.Pattern[str]) -> None:
    if message.kind == GATHERED:
        rest = [part for part in message.body.split("\n\n") if not exact.search(part)]
        message.body = "\n\n".join(rest)
        return
    message.subject, message.body = translate(SUBJECT, locale), translate(BODY, locale)
    delivery.path = ""
    if delivery.state in PENDING_STATES:
        delivery.reason = DISCARDED
        delivery.apply(DeliveryAction.DISCARD)
