"""The owner's page about the grade: what it means, why, and the one request to look at it again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.policies.grade_appeal import may_request
from matchmaker.queries import grade_appeal as appeals
from matchmaker.queries.grade_decision import latest_decision
from matchmaker.queries.problem import get_problem
from matchmaker.services import grade_appeal as service
from matchmaker.services import rubric as rubrics
from matchmaker.services.grade_decision import appeal_until
from matchmaker.web import grading_words, problem_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.grade_decision import AppealForm
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("grade_appeal", __name__)

GRADE = "/problems/<int:problem_id>/grade"


@blueprint.get(GRADE)
@guard(may_request)
def show(problem_id: int) -> ResponseReturnValue:
    """The grade and its reasons, and how to ask for a review."""
    return _page(problem_id)


@blueprint.post(GRADE)
@guard(may_request)
def request_review(problem_id: int) -> ResponseReturnValue:
    """Ask for a review of the grade."""
    form = AppealForm()
    try:
        service.request(context(), problem_id, reason=form.reason.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(problem_id, form), 422
    flash(_("The office has your request. Other people look at the grade again."), "good")
    return redirect(url_for("grade_appeal.show", problem_id=problem_id), 303)


@blueprint.post(GRADE + "/withdraw")
@guard(may_request)
def withdraw(problem_id: int) -> ResponseReturnValue:
    """Take the request back."""
    appeal = appeals.appeal_of(db_session(), problem_id)
    service.withdraw(context(), appeal.id if appeal else 0)
    flash(_("You have taken the request back. The grade stands."), "good")
    return redirect(url_for("grade_appeal.show", problem_id=problem_id), 303)


def _page(problem_id: int, form: AppealForm | None = None) -> str:
    session = db_session()
    problem = get_problem(session, actor(), problem_id)
    may_request.require(actor(), problem)
    decision = latest_decision(session, problem.id)
    if decision is None:
        raise NotFound
    appeal = appeals.appeal_of(session, problem.id)
    until = appeal_until(session, decision)
    return render_template(
        "grade_appeal/show.html",
        problem=problem,
        decision=decision,
        rubric=rubrics.version(session, "grading", decision.rubric_version),
        appeal=appeal,
        until=until,
        can_ask=appeal is None and service.is_open(problem, until),
        form=form or AppealForm(formdata=None),
        words=problem_words,
        grading=grading_words,
    )
