"""The office's match runs: start, watch, publish, export."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, MatchmakerError, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import MatchRun
from matchmaker.policies.match_run import (
    may_export_run,
    may_publish_run,
    may_read_runs,
)
from matchmaker.queries import match as matches
from matchmaker.queries import match_run as queries
from matchmaker.queries.publication import publication
from matchmaker.reports.match_run import run_csv
from matchmaker.services import match_run as service
from matchmaker.web import explanations, listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.match import PublishForm, StartForm
from matchmaker.web.i18n import current_locale, say
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.job import stage_of
from matchmaker.workflows.match import MATCH_WORKFLOW
from matchmaker.workflows.match_run import MATCH_RUN_WORKFLOW, MatchRunState

blueprint = Blueprint("match_run", __name__)


@blueprint.get("/office/runs")
@guard(may_read_runs)
def runs() -> ResponseReturnValue:
    """All runs, and the calls a new one can be started for."""
    return _list_page(None)


@blueprint.post("/office/runs")
@guard(may_read_runs)
def start() -> ResponseReturnValue:
    """Ask for a run."""
    form = StartForm()
    try:
        run = service.start_run(context(), form.call_id.data or 0)
    except Conflict as error:
        return _list_page(error)
    flash(_("The run waits for its turn. This page shows how far it is."), "good")
    return redirect(url_for("match_run.show", run_id=run.id))


def _list_page(error: MatchmakerError | None) -> ResponseReturnValue:
    page = queries.list_runs(db_session(), actor(), number=listing.page_number())
    return render_template(
        "match_run/runs.html",
        page=page,
        calls=queries.call_lines(db_session(), actor()),
        error=say(error.message) if error else "",
        label_of=state_label,
    ), status_of(error) if error else 200


def state_label(run: MatchRun) -> tuple[str, str]:
    """What a run's state is called, and its tone; a run whose job died counts as failed."""
    state = MatchRunState.FAILED if queries.is_dead(run) else run.state
    label = MATCH_RUN_WORKFLOW.labels[state]
    return say(label.staff), label.tone


@blueprint.get("/office/runs/<int:run_id>")
@guard(may_read_runs)
def show(run_id: int) -> ResponseReturnValue:
    """One run: how far it is, why it failed, or what it found and what it left out."""
    run = queries.get_run(db_session(), actor(), run_id)
    failure = service.load_failure(run)
    return render_template(
        "match_run/show.html",
        run=run,
        label_of=state_label,
        is_active=run.state in queries.ACTIVE_STATES and failure is None,
        stage=stage_of(run.job) if run.job else "",
        failure=say(failure) if failure else "",
        lines=matches.problem_lines(db_session(), run),
        left_out=queries.left_out(db_session(), run),
        rules=matches.rule_lines(db_session(), run.call_id),
        because=explanations.excluded_because,
        exclusion_labels=explanations.EXCLUSIONS,
        dictionary_words=dictionary_words,
        statistics_words=statistics_words,
    )


def dictionary_words(run: MatchRun) -> str:
    """Which dictionary widened the lexicon, and what of it could not be read."""
    found = run.config.get("dictionary")
    if not found:
        return say(N_("none; the lexicon that ships was used alone"))
    named = {"file": found["file"], "count": found["entries"]}
    words = say(Message(N_("%(file)s, entries: %(count)s"), named))
    if bad := found["bad_lines"]:
        lines = explanations.joined(str(number) for number in bad[:5])
        text = N_("; lines that could not be read: %(count)s (%(lines)s)")
        words += say(Message(text, {"count": len(bad), "lines": lines}))
    return words


def statistics_words(run: MatchRun) -> str:
    """Which version of the term statistics the run was made with, and on what scale."""
    version = run.config.get("term_statistics")
    if version is None:
        return say(N_("counted over the texts of this run alone"))
    words = say(Message(N_("Version %(number)s"), {"number": version}))
    if run.config.get("scale") == "measured":
        words += say(N_("; likeness of meaning on the scale measured for this model"))
    return words


@blueprint.get("/office/runs/<int:run_id>/publish")
@guard(may_read_runs)
def confirm(run_id: int) -> ResponseReturnValue:
    """What publishing the run would do, before it is done."""
    context().require(may_publish_run, queries.get_run(db_session(), actor(), run_id))
    return _confirm_page(run_id, None)


@blueprint.post("/office/runs/<int:run_id>/publish")
@guard(may_read_runs)
def publish(run_id: int) -> ResponseReturnValue:
    """Publish the run."""
    try:
        plan = service.publish_run(context(), run_id, version=PublishForm().version.data)
    except (Conflict, StaleVersion) as error:
        return _confirm_page(run_id, error)
    flash(_("Published. Pairs announced: %(count)s.", count=len(plan.invited)), "good")
    return redirect(url_for("match_run.show", run_id=run_id))


def _confirm_page(run_id: int, error: MatchmakerError | None) -> ResponseReturnValue:
    run = queries.get_run(db_session(), actor(), run_id)
    plan = publication(db_session(), run, utcnow())
    return render_template(
        "match_run/publish.html",
        run=run,
        plan=plan,
        label_of=state_label,
        state_of=lambda match: say(MATCH_WORKFLOW.labels[match.state].staff),
        error=say(error.message) if error else "",
    ), status_of(error) if error else 200


@blueprint.get("/office/runs/<int:run_id>/export.csv")
@guard(may_export_run)
def export(run_id: int) -> ResponseReturnValue:
    """The run's pairs as a table for a spreadsheet."""
    run = queries.get_run(db_session(), actor(), run_id)
    response = Response(
        run_csv(db_session(), run, current_locale(), explanations.excluded_because),
        mimetype="text/csv",
    )
    name = f"match-run-{run.id}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
