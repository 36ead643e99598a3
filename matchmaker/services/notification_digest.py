"""The daily digest: one letter with everything that its reader asked to hear of together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from matchmaker.clock import utcnow
from matchmaker.models import Delivery, Reminder
from matchmaker.queries import delivery as deliveries
from matchmaker.queries import office_setting
from matchmaker.queries.delivery import DIGEST
from matchmaker.services.context import Context
from matchmaker.services.delivery import sent


def send(ctx: Context) -> int:
    """Write the digests that are due; nobody gets two on one day. The number written."""
    now = utcnow().astimezone(ctx.settings.timezone)
    if now.hour < office_setting.value(ctx.session, "digest_hour"):
        return 0
    waiting = deliveries.gathered(ctx.session, now.date())
    readers = groupby(waiting, key=lambda delivery: delivery.user_id)
    return sum(_write(ctx, list(letters)) for _, letters in readers)


def _write(ctx: Context, letters: Sequence[Delivery]) -> int:
    reader = letters[0].user
    if reader is None or not reader.is_usable:
        return 0
    today = utcnow().astimezone(ctx.settings.timezone).date()
    ctx.session.add(Reminder(kind=DIGEST, subject_id=reader.id, user_id=reader.id, day=today))
    ctx.send_mail(
        DIGEST,
        reader,
        count=len(letters),
        news="\n\n".join(_entry(ctx, letter) for letter in letters),
        url=f"{ctx.settings.base_url}/notifications",
    )
    for letter in letters:
        sent(letter)
    return 1


def _entry(ctx: Context, letter: Delivery) -> str:
    """Subject and address of one letter."""
    address = f"{ctx.settings.base_url}{letter.path}" if letter.path else ""
    return f"{letter.message.subject}\n{address}".rstrip()
