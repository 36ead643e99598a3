"""Reminders of the sample programme: what is long overdue was reminded of, and shows as escalated."""

from __future__ import annotations

from datetime import timedelta

from matchmaker.clock import utcnow
from matchmaker.services import waiting, waiting_ladder
from matchmaker.services.context import Context

#: Between two working mornings lie three days at most.
LATELY = timedelta(days=4)


def stage(ctx: Context) -> None:
    """The office reminds owners of questions sooner; the letters of a morning lately went out."""
    days = {"before": [1], "after": [], "leads": [1], "office": [2]}
    waiting_ladder.update(ctx, "question.answer", version=0, is_on=True, days=days)
    waiting.remind(ctx, waiting.next_morning(utcnow() - LATELY, ctx.settings.timezone))
