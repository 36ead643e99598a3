"""How far a job is, as a piece of a page that refreshes itself, and its cancel button."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import Conflict
from matchmaker.i18n import N_
from matchmaker.models import Job
from matchmaker.policies.job import may_cancel_job
from matchmaker.policies.site import may_use
from matchmaker.queries.job import get_job
from matchmaker.services.allocation import cancel_allocation
from matchmaker.services.match_run import cancel_run, stage_at
from matchmaker.web.allocation_words import step_at as allocation_step
from matchmaker.web.auth import actor, guard
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("job", __name__)

#: Kinds of jobs that people can call off: what that means for the thing they work on, its page.
CANCEL: dict[str, tuple[Callable[..., object], str]] = {
    "match.run": (cancel_run, "match_run.show"),
    "allocation.run": (cancel_allocation, "allocation.show"),
}


@blueprint.get("/jobs/<int:job_id>/progress")
@guard(may_use)
def progress(job_id: int) -> ResponseReturnValue:
    """The progress alone, for the script that puts it into the page."""
    job = get_job(db_session(), actor(), job_id)
    return render_template("job/progress.html", job=job, stage=stage_of(job))


@blueprint.post("/jobs/<int:job_id>/cancel")
@guard(may_cancel_job)
def cancel(job_id: int) -> ResponseReturnValue:
    """Call a job off."""
    ctx = context()
    job = get_job(ctx.session, ctx.actor, job_id)
    ctx.require(may_cancel_job, job)
    if job.kind not in CANCEL:
        raise Conflict(N_("This kind of work cannot be cancelled."))
    call_off, page = CANCEL[job.kind]
    call_off(ctx, **job.payload)
    flash(_("Cancelled. Nothing of it was kept."), "good")
    return redirect(url_for(page, **job.payload))


def stage_of(job: Job) -> str:
    """What the job is doing now, in words."""
    if job.kind == "allocation.run":
        return say(allocation_step(job.done_steps))
    return say(stage_at(job.done_steps).label) if job.kind == "match.run" else ""
