"""Propose readers of applications, and look after reviews that wait."""

from __future__ import annotations

from typing import Any

from matchmaker.db import unit_of_work
from matchmaker.services import review_sweep
from matchmaker.services.context import Context
from matchmaker.services.review_proposal import carry_out
from matchmaker.tasks import TaskContext, task
from matchmaker.tasks.basis import basis


@task("review_round.propose")
def propose(context: TaskContext, *, call_id: int) -> dict[str, Any]:
    """Compare every reviewer's expertise with every application of a call."""
    chosen = carry_out(context.sessions, call_id, basis(context, renew=False), context.progress)
    return {"applications": chosen}


@task("application_review.sweep")
def sweep(context: TaskContext) -> dict[str, Any]:
    """Free cases whose reader cannot judge any more, let late ones lapse, and remind the others."""
    with unit_of_work(context.sessions) as session:
        return review_sweep.sweep(Context(session, context.settings, trusted=True))
