"""What became of work: both sides answer, and the office reads the sums."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, InvalidTransition, NotFound, StaleVersion
from matchmaker.models import OutcomeSurvey, User
from matchmaker.models.outcome import MONTHS
from matchmaker.policies.engagement import may_read_engagement
from matchmaker.policies.outcome import may_answer, may_read_outcomes
from matchmaker.queries import outcome as queries
from matchmaker.queries.engagement import get_engagement
from matchmaker.reports.outcome import outcome_tables
from matchmaker.reports.table import Cell, Table, said
from matchmaker.services import outcome as service
from matchmaker.web import figures, listing, outcome_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import in_words, status_of
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.forms.outcome import OutcomeForm
from matchmaker.web.i18n import current_locale
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.engagement import ENGAGEMENT

blueprint = Blueprint("outcome", __name__)


@blueprint.get(ENGAGEMENT + "/outcomes")
@guard(may_read_engagement)
def index(engagement_id: int) -> ResponseReturnValue:
    """What was asked and said about one piece of work."""
    me = cast(User, actor())
    engagement = get_engagement(db_session(), me, engagement_id)
    return render_template(
        "engagement/outcomes.html",
        engagement=engagement,
        times=queries.times_of(db_session(), me, engagement),
        words=outcome_words,
    )


@blueprint.route("/outcomes/<int:survey_id>", methods=["GET", "POST"])
@guard(may_answer)
def answer(survey_id: int) -> ResponseReturnValue:
    """Say what became of the work, for one's own side."""
    survey = queries.get_survey(db_session(), actor(), survey_id)
    may_answer.require(actor(), survey)
    form = OutcomeForm()
    if not form.is_submitted():
        known = {**survey.answers, "version": survey.version}
        return _form_page(survey, OutcomeForm(formdata=None, data=known))
    if not form.validate():
        return _form_page(survey, form), 422
    try:
        service.answer(context(), survey_id, form.answers, version=form.version.data)
    except (InvalidInput, InvalidTransition, StaleVersion) as error:
        db_session().rollback()
        survey = queries.get_survey(db_session(), actor(), survey_id)
        if isinstance(error, InvalidInput):
            form.show_refusal(error)
        else:
            form.form_errors.append(in_words(error))
        form.version.data = survey.version
        return _form_page(survey, form), status_of(error)
    flash(_("Thank you. You can correct it until the time is over."), "good")
    return redirect(url_for("outcome.index", engagement_id=survey.engagement_id), 303)


def _form_page(survey: OutcomeSurvey, form: OutcomeForm) -> str:
    return render_template(
        "engagement/outcome_form.html",
        engagement=survey.engagement,
        survey=survey,
        form=form,
        words=outcome_words,
    )


@blueprint.get("/office/outcomes")
@guard(may_read_outcomes)
def overview() -> ResponseReturnValue:
    """What became of the work of a call."""
    tables, filters = _tables(), _filters()
    return render_template(
        "engagement/outcome_figures.html",
        tables={table.name: table for table in tables},
        filters=filters,
        active=listing.active(filters),
        file_url=lambda kind: url_for("outcome.export", kind=kind, **_chosen()),
        said=_shown,
        n_works=tables[0].rows[0][1],
        bars=[
            {"label": _shown(row[0]), "values": [row[2], row[4], row[6], row[7]]}
            for row in tables[2].rows
        ],
    )


def _shown(cell: Cell) -> str:
    """A cell as people read it, large numbers in groups of three."""
    shown = said(cell, current_locale())
    return shown if isinstance(shown, str) else f"{shown:,}"


@blueprint.get("/office/outcomes.<kind>")
@guard(may_read_outcomes)
def export(kind: str) -> ResponseReturnValue:
    """The same as a file."""
    if kind not in ("csv", "xlsx"):
        raise NotFound
    return figures.tables_as_file(_tables(), "outcomes", kind)


def _tables() -> list[Table]:
    call = figures.chosen_call()
    typed = number_or_none(listing.chosen("months"))
    months = typed if typed in MONTHS else None
    found = queries.said_of_calls(
        db_session(), cast(User, actor()), call.id if call else None, months
    )
    # What a call is to reach in all says nothing of the answers at one time.
    return outcome_tables(found, {} if months is not None else figures.targets_of(call))


def _filters() -> list[dict[str, Any]]:
    times = [(str(months), outcome_words.when(months)) for months in MONTHS]
    return [
        *(control for control in figures.all_filters() if control["name"] == "call"),
        listing.select("months", _("Asked when"), times, every=_("The latest answer")),
    ]


def _chosen() -> dict[str, Any]:
    return {name: listing.chosen(name) for name in ("call", "months") if listing.chosen(name)}
