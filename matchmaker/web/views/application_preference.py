"""The owner's page: who applies for a problem of theirs, and with whom they would like to work."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import Problem
from matchmaker.policies.application_preference import may_prefer
from matchmaker.queries import application_preference as queries
from matchmaker.queries.application_reading import read_application
from matchmaker.queries.problem import get_problem
from matchmaker.services import application_preference as service
from matchmaker.web import review_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.application_preference import PreferenceForm, preference_form
from matchmaker.web.grading import reader
from matchmaker.web.i18n import current_language, say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("application_preference", __name__)

PAGE = "/problems/<int:problem_id>/preferences"


@blueprint.get(PAGE)
@guard(may_prefer)
def index(problem_id: int) -> ResponseReturnValue:
    """The applications under review for the problem."""
    return _page(_problem(problem_id))


@blueprint.post(PAGE + "/<int:application_id>")
@guard(may_prefer)
def prefer(problem_id: int, application_id: int) -> ResponseReturnValue:
    """Say how gladly the owner would work with a team."""
    problem, form = _problem(problem_id), PreferenceForm()
    typed, words, seen = form.preference.data or "", form.words.data or "", form.version.data
    try:
        service.prefer(context(), application_id, typed, words, version=seen)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(problem, {application_id: form}), 422
    except StaleVersion as error:
        form.form_errors.append(say(error.message))
        row = queries.said_of(db_session(), [application_id]).get(application_id)
        form.version.data = row.version if row else 0
        return _page(problem, {application_id: form}), 409
    flash(_("Saved. The office reads it beside the reviewers’ points."), "good")
    address = url_for("application_preference.index", problem_id=problem_id)
    return redirect(f"{address}#application-{application_id}", 303)


def _problem(problem_id: int) -> Problem:
    problem = get_problem(db_session(), actor(), problem_id)
    may_prefer.require(actor(), problem)
    return problem


def _page(problem: Problem, typed: dict[int, PreferenceForm] | None = None) -> str:
    session = db_session()
    rows = queries.asked_of(session, reader(), problem.id)
    said = queries.said_of(session, [row.id for row in rows])
    fresh = {row.id: preference_form(said.get(row.id), formdata=None) for row in rows}
    return render_template(
        "application_preference/index.html",
        problem=problem,
        rows=rows,
        said=said,
        texts={row.id: read_application(session, row, current_language()) for row in rows},
        forms=fresh | (typed or {}),
        reviewing=review_words,
    )
