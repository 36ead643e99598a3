"""Have weights learned, and switch them on and off. The learning itself is in `ranker_learning`."""

from __future__ import annotations

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidTransition, StaleVersion
from matchmaker.i18n import N_
from matchmaker.models import Job, Ranker
from matchmaker.policies.ranker import may_learn, may_switch_rankers
from matchmaker.queries import job as jobs
from matchmaker.queries import ranker as queries
from matchmaker.services import preview
from matchmaker.services.context import Context


def ask_learn(ctx: Context) -> Job:
    """Have weights learned from what was decided so far; a second click finds the first one's job."""
    ctx.require(may_learn)
    ctx.lock_actor()
    waiting = jobs.waiting(ctx.session, queries.LEARN)
    if waiting is not None:
        return waiting
    job = ctx.enqueue(queries.LEARN, user_id=ctx.actor.id if ctx.actor else None)
    ctx.record("ranker:learn")
    return job


def switch_on(ctx: Context, ranker_id: int, *, version: int) -> Ranker:
    """Rank with learned weights from the next run on, in place of whichever are in use."""
    ctx.require(may_switch_rankers)
    ranker = queries.get_ranker(ctx.session, ctx.actor, ranker_id, lock=True)
    if ranker.in_use:
        return ranker
    if not ranker.is_better:
        raise InvalidTransition(
            N_(
                "These weights did not put held-out calls in better order by the stated margin, "
                "so they cannot be switched on."
            )
        )
    if ranker.version != version:
        raise StaleVersion
    before = queries.in_use(ctx.session, lock=True)
    if before is not None:
        _switch(before, on=False)
        ctx.session.flush()  # One at a time may be in use.
    _switch(ranker, on=True)
    ctx.record("ranker:switch_on", ranker, replaced=before.id if before else None)
    preview.ask_all(ctx.session)
    return ranker


def switch_off(ctx: Context) -> Ranker | None:
    """Go back to the office's own weights; what was in use, if anything was."""
    ctx.require(may_switch_rankers)
    ranker = queries.in_use(ctx.session, lock=True)
    if ranker is not None:
        _switch(ranker, on=False)
        ctx.record("ranker:switch_off", ranker)
        preview.ask_all(ctx.session)
    return ranker


def _switch(ranker: Ranker, *, on: bool) -> None:
    ranker.in_use, ranker.switched_at = on, utcnow()
