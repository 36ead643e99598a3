"""Reviewers' own pages: what waits for them, scoring, and the discussion once both have handed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.assessment.grading import suggest_grade
from matchmaker.errors import InvalidInput, MatchmakerError, StaleVersion
from matchmaker.models import GradeReview
from matchmaker.policies.grade_review import may_compare, may_list_reviews
from matchmaker.queries import grade_review as queries
from matchmaker.services import grade_review as service
from matchmaker.services.grading_panel import differences
from matchmaker.services.problem_intake import intake_of
from matchmaker.web import grading_words, problem_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.grade_review import (
    CommentForm,
    ReasonForm,
    ScoreForm,
    explain_form,
    score_form,
)
from matchmaker.web.grading import reader
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.grade_review import GradeReviewState
from matchmaker.workflows.grading_panel import GradingPanelState

blueprint = Blueprint("grade_review", __name__)

REVIEW = "/reviews/<int:review_id>"


@blueprint.get("/reviews")
@guard(may_list_reviews)
def index() -> ResponseReturnValue:
    """The reviewer's own reviews."""
    reviews = queries.own_reviews(db_session(), reader())
    return render_template("grade_review/index.html", reviews=reviews, grading=grading_words)


@blueprint.get(REVIEW)
@guard(may_list_reviews)
def show(review_id: int) -> ResponseReturnValue:
    """What the reviewer does next: begin, score, explain, compare."""
    return _page(_review(review_id))


@blueprint.post(REVIEW + "/start")
@guard(may_list_reviews)
def start(review_id: int) -> ResponseReturnValue:
    """Begin to score."""
    service.start(context(), review_id)
    return _back(review_id)


@blueprint.post(REVIEW + "/save")
@guard(may_list_reviews)
def save(review_id: int) -> ResponseReturnValue:
    """Keep what is there so far; the script that asks shows the answer beside the form."""
    review = _review(review_id)
    form = score_form(service.rubric_of(context(), review), review)
    try:
        saved = service.save(context(), review_id, form.points, form.comments)
    except MatchmakerError as error:
        return jsonify(code=error.code, detail=say(error.message)), status_of(error)
    return jsonify(saved_at=saved.saved_at.isoformat() if saved.saved_at else None)


@blueprint.post(REVIEW)
@guard(may_list_reviews)
def submit(review_id: int) -> ResponseReturnValue:
    """Hand in, or keep for later."""
    review = _review(review_id)
    form = score_form(service.rubric_of(context(), review), review)
    if form.later:
        service.save(context(), review_id, form.points, form.comments)
        flash(_("Saved. Nobody sees your points before you hand them in."), "good")
        return redirect(url_for("grade_review.index"), 303)
    try:
        service.submit(context(), review_id, form.points, form.comments)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_review(review_id), score=form), 422
    flash(_("Handed in. Thank you."), "good")
    return _back(review_id)


@blueprint.post(REVIEW + "/explain")
@guard(may_list_reviews)
def explain(review_id: int) -> ResponseReturnValue:
    """Say why points differ from the suggestion."""
    form = explain_form(_review(review_id))
    try:
        service.explain(context(), review_id, form.comments)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_review(review_id), explain=form), 422
    flash(_("Thank you: your reasons are on record."), "good")
    return _back(review_id)


@blueprint.post(REVIEW + "/revise")
@guard(may_list_reviews)
def revise(review_id: int) -> ResponseReturnValue:
    """Change points in the discussion."""
    review = _review(review_id)
    form = score_form(service.rubric_of(context(), review), review)
    said, seen = form.words, form.version.data
    try:
        service.revise(context(), review_id, form.points, form.comments, reason=said, version=seen)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_review(review_id), score=form), 422
    except StaleVersion as error:
        form.form_errors.append(say(error.message))
        form.version.data = review.version
        return _page(_review(review_id), score=form), 409
    flash(_("Your revised points are on record beside the earlier ones."), "good")
    return _back(review_id)


@blueprint.post(REVIEW + "/recuse")
@guard(may_list_reviews)
def recuse(review_id: int) -> ResponseReturnValue:
    """Step aside."""
    form = ReasonForm()
    try:
        service.recuse(context(), review_id, reason=form.words)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_review(review_id), recuse=form), 422
    flash(_("You have stepped aside. The office asks somebody else."), "good")
    return redirect(url_for("grade_review.index"), 303)


@blueprint.post(REVIEW + "/comment")
@guard(may_list_reviews)
def comment(review_id: int) -> ResponseReturnValue:
    """Say something in the discussion."""
    form = CommentForm()
    try:
        service.comment(context(), review_id, form.body.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(_review(review_id), comment=form), 422
    return redirect(url_for("grade_review.show", review_id=review_id) + "#discussion", 303)


def _review(review_id: int) -> GradeReview:
    return queries.get_review(db_session(), actor(), review_id)


def _back(review_id: int) -> ResponseReturnValue:
    return redirect(url_for("grade_review.show", review_id=review_id), 303)


def _page(review: GradeReview, **typed: Any) -> str:
    """The page of a review. What the other one gave is looked up only when both have handed in."""
    compared = may_compare.allows(reader(), review)
    given = service.rubric_of(context(), review)
    submitted = review.state is GradeReviewState.SUBMITTED
    suggestion = suggest_grade(intake_of(review.panel.problem), given)
    return render_template(
        "grade_review/show.html",
        review=review,
        problem=review.panel.problem,
        rubric=given,
        evidence={c: point.evidence for c, point in suggestion.points.items()},
        suggestion=suggestion if submitted else None,
        other=queries.other_review(review) if compared else None,
        apart=differences(review.panel) if compared else None,
        comments=review.panel.comments if compared else [],
        forms=_forms(review, given, compared) | typed,
        words=problem_words,
        grading=grading_words,
    )


def _forms(review: GradeReview, given: Any, compared: bool) -> dict[str, ScoreForm | Any]:
    """The forms for what the reviewer can do now."""
    forms: dict[str, Any] = {"recuse": ReasonForm(formdata=None)}
    if review.state is GradeReviewState.STARTED:
        forms["score"] = score_form(given, review, formdata=None)
    elif review.state is GradeReviewState.SUBMITTED and review.unexplained:
        forms["explain"] = explain_form(review, formdata=None)
    if compared and review.panel.state is GradingPanelState.DISCUSSION:
        forms["score"] = score_form(given, review, formdata=None)
        forms["comment"] = CommentForm(formdata=None)
    return forms
