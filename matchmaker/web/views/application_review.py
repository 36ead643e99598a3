"""Readers' own pages: the applications they are asked to judge, each with what they do next."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, MatchmakerError, NotFound, StaleVersion
from matchmaker.models import ReviewAssignment
from matchmaker.policies.application_review import may_list_assignments, shows_others
from matchmaker.queries import application_review as queries
from matchmaker.queries.application_reading import read_application
from matchmaker.queries.review_round import round_of, scoring_rubric
from matchmaker.services import application_file as files
from matchmaker.services import application_review as service
from matchmaker.web import file_words, problem_words, review_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.application_review import RecuseForm, review_form
from matchmaker.web.forms.grade_review import CommentForm
from matchmaker.web.grading import reader
from matchmaker.web.i18n import current_language, say
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.attachment import send
from matchmaker.workflows.review_assignment import SEATED_STATES, ReviewAssignmentState
from matchmaker.workflows.review_round import WORKING_STATES

blueprint = Blueprint("application_review", __name__)

LIST = "/my-applications-to-review"
CASE = LIST + "/<int:assignment_id>"


@blueprint.get(LIST)
@guard(may_list_assignments)
def index() -> ResponseReturnValue:
    """The applications the reader is asked to judge."""
    rows = queries.own_assignments(db_session(), reader())
    return render_template("application_review/index.html", rows=rows, reviewing=review_words)


@blueprint.get(CASE)
@guard(may_list_assignments)
def show(assignment_id: int) -> ResponseReturnValue:
    """What the reader does next: take on, score, talk."""
    return _page(_seat(assignment_id))


@blueprint.post(CASE + "/accept")
@guard(may_list_assignments)
def accept(assignment_id: int) -> ResponseReturnValue:
    """Take the case on."""
    service.accept(context(), assignment_id)
    return _back(assignment_id)


@blueprint.post(CASE + "/save")
@guard(may_list_assignments)
def save(assignment_id: int) -> ResponseReturnValue:
    """Keep what is there so far; the script that asks shows the answer beside the form."""
    seat = _seat(assignment_id)
    form = review_form(_rubric(seat), seat)
    try:
        saved = service.save(context(), assignment_id, form.values())
    except MatchmakerError as error:
        return jsonify(code=error.code, detail=say(error.message)), status_of(error)
    return jsonify(saved_at=saved.saved_at.isoformat() if saved.saved_at else None)


@blueprint.post(CASE)
@guard(may_list_assignments)
def submit(assignment_id: int) -> ResponseReturnValue:
    """Hand in, or keep for later."""
    seat = _seat(assignment_id)
    form = review_form(_rubric(seat), seat)
    step = service.save if form.later else service.submit
    try:
        step(context(), assignment_id, form.values())
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_seat(assignment_id), review=form), 422
    if form.later:
        flash(_("Saved. Nobody sees your points before you hand them in."), "good")
        return redirect(url_for("application_review.index"), 303)
    flash(_("Handed in. Thank you."), "good")
    return _back(assignment_id)


@blueprint.post(CASE + "/revise")
@guard(may_list_assignments)
def revise(assignment_id: int) -> ResponseReturnValue:
    """Change points in the discussion."""
    seat = _seat(assignment_id)
    form = review_form(_rubric(seat), seat)
    said, seen = form.words, form.version.data
    try:
        service.revise(context(), assignment_id, form.values(), reason=said, version=seen)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_seat(assignment_id), review=form), 422
    except StaleVersion as error:
        form.form_errors.append(say(error.message))
        form.version.data = seat.version
        return _page(_seat(assignment_id), review=form), 409
    flash(_("Your revised points are on record beside the earlier ones."), "good")
    return _back(assignment_id)


@blueprint.post(CASE + "/recuse")
@guard(may_list_assignments)
def recuse(assignment_id: int) -> ResponseReturnValue:
    """Step aside."""
    form = RecuseForm()
    try:
        service.recuse(context(), assignment_id, form.chosen, reason=form.words)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_seat(assignment_id), recuse=form), 422
    flash(_("You have stepped aside. The office asks somebody else."), "good")
    return redirect(url_for("application_review.index"), 303)


@blueprint.post(CASE + "/remarks")
@guard(may_list_assignments)
def remark(assignment_id: int) -> ResponseReturnValue:
    """Say something in the discussion."""
    form = CommentForm()
    try:
        service.remark(context(), assignment_id, form.body.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_seat(assignment_id), remark=form), 422
    return _back(assignment_id, "#discussion")


@blueprint.get(CASE + "/files/<int:file_id>")
@guard(may_list_assignments)
def file(assignment_id: int, file_id: int) -> ResponseReturnValue:
    """Open a file of the application; in a blind call there is none to open."""
    application = _seat(assignment_id).application
    shown = read_application(db_session(), application, current_language()).files
    if file_id not in {one.id for one in shown}:
        raise NotFound
    row = next(one for one in application.files if one.id == file_id)
    return send(row, files.open_content(context().settings, row))


def _seat(assignment_id: int) -> ReviewAssignment:
    return queries.get_assignment(db_session(), actor(), assignment_id)


def _rubric(seat: ReviewAssignment) -> Any:
    return scoring_rubric(db_session(), seat.application.call_id)


def _back(assignment_id: int, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for("application_review.show", assignment_id=assignment_id) + anchor, 303)


def _page(seat: ReviewAssignment, **typed: Any) -> str:
    """The page of a case. What others gave is looked up only when the phase shows it."""
    session, application = db_session(), seat.application
    found = round_of(session, application.call_id)
    compared = found is not None and shows_others(found, seat)
    is_open = found is not None and found.state in WORKING_STATES
    return render_template(
        "application_review/show.html",
        seat=seat,
        problem=application.problem,
        text=read_application(session, application, current_language()),
        rubric=_rubric(seat),
        others=_others(seat) if compared else [],
        compared=compared,
        is_open=is_open,
        remarks=queries.remarks_on(session, application.id) if compared else [],
        forms=_forms(seat, compared, is_open) | typed,
        words=problem_words,
        file_words=file_words,
        reviewing=review_words,
    )


def _others(seat: ReviewAssignment) -> list[ReviewAssignment]:
    """The other readers of the same application who have handed in."""
    held = queries.seats_of(db_session(), [seat.application_id])[seat.application_id]
    return [
        one for one in held if one.id != seat.id and one.state is ReviewAssignmentState.SUBMITTED
    ]


def _forms(seat: ReviewAssignment, compared: bool, is_open: bool) -> dict[str, Any]:
    """The forms for what the reader can do now."""
    forms: dict[str, Any] = {}
    if not is_open:
        return forms
    if seat.state in SEATED_STATES:
        forms["recuse"] = RecuseForm(formdata=None)
    if compared or seat.state is ReviewAssignmentState.ACCEPTED:
        forms["review"] = review_form(_rubric(seat), seat, formdata=None)
    if compared:
        forms["remark"] = CommentForm(formdata=None)
    return forms
