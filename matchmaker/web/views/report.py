"""The office's reports on match runs."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from matchmaker.errors import Conflict
from matchmaker.i18n import N_
from matchmaker.models import MatchRun
from matchmaker.policies.match_run import may_export_run, may_read_runs
from matchmaker.queries import match_run as runs_queries
from matchmaker.reports.exposure import DEPTH, SMALLEST_GROUP, exposure_csv, exposure_tables
from matchmaker.web import listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.i18n import current_locale
from matchmaker.web.transaction import db_session
from matchmaker.web.views.match_run import state_label

blueprint = Blueprint("report", __name__)

EXPOSURE = "/office/runs/<int:run_id>/exposure"


@blueprint.get("/office/exposure")
@guard(may_read_runs)
def exposures() -> ResponseReturnValue:
    """The runs whose exposure can be looked at."""
    return render_template(
        "report/exposures.html",
        page=runs_queries.list_runs(db_session(), actor(), number=listing.page_number()),
        finished=runs_queries.REVIEWED_STATES,
        label_of=state_label,
        page_url=listing.page_url,
    )


@blueprint.get(EXPOSURE)
@guard(may_read_runs)
def exposure(run_id: int) -> ResponseReturnValue:
    """How much attention each group of teams gets in a run."""
    run = _finished_run(run_id)
    return render_template(
        "report/exposure.html",
        run=run,
        label_of=state_label,
        tables=exposure_tables(db_session(), run),
        depth=DEPTH,
        smallest=SMALLEST_GROUP,
    )


@blueprint.get(EXPOSURE + ".csv")
@guard(may_export_run)
def exposure_table(run_id: int) -> ResponseReturnValue:
    """The same as a table for a spreadsheet."""
    run = _finished_run(run_id)
    response = Response(exposure_csv(db_session(), run, current_locale()), mimetype="text/csv")
    name = f"exposure-run-{run.id}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _finished_run(run_id: int) -> MatchRun:
    run = runs_queries.get_run(db_session(), actor(), run_id)
    if run.state not in runs_queries.REVIEWED_STATES:
        raise Conflict(N_("This run has no results yet, so there is nothing to measure."))
    return run
