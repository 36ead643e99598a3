"""Have terms counted and scales measured anew. What a worker does with it is in `match_basis`."""

from __future__ import annotations

from matchmaker.models import Job
from matchmaker.policies.term_statistics import may_refit_statistics
from matchmaker.queries import job as jobs
from matchmaker.queries import term_statistics as queries
from matchmaker.services.context import Context


def ask_refit(ctx: Context) -> Job:
    """Have terms counted anew; a second click finds the first one's job."""
    ctx.require(may_refit_statistics)
    ctx.lock_actor()
    waiting = jobs.waiting(ctx.session, queries.REFIT)
    if waiting is not None:
        return waiting
    user_id = ctx.actor.id if ctx.actor else None
    job = ctx.enqueue(queries.REFIT, user_id=user_id)
    ctx.record("term_statistics:refit")
    return job
