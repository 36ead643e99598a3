"""One application's review for the office: who reads it, what they gave, what they say to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, MatchmakerError, NotFound
from matchmaker.policies.application_review import may_manage_case
from matchmaker.policies.review_round import may_read_rounds
from matchmaker.queries import application_review as queries
from matchmaker.queries.application_reading import read_application
from matchmaker.queries.review_candidate import candidates
from matchmaker.queries.review_round import round_of, scoring_rubric
from matchmaker.services import application_review as reviews
from matchmaker.services import review_assignment as service
from matchmaker.web import file_words, review_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.grade_review import CommentForm, ReasonForm
from matchmaker.web.forms.review_round import ReaderForm
from matchmaker.web.grading import reader
from matchmaker.web.i18n import current_language, say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.review_round import ReviewRoundState

blueprint = Blueprint("review_case", __name__)

CASE = "/office/reviewing/<int:call_id>/<int:application_id>"


@blueprint.get(CASE)
@guard(may_read_rounds)
def show(call_id: int, application_id: int) -> ResponseReturnValue:
    """Everything the office sees of the review of an application."""
    return _page(_case(call_id, application_id))


@blueprint.post(CASE + "/readers")
@guard(may_manage_case)
def assign(call_id: int, application_id: int) -> ResponseReturnValue:
    """Name a reader."""
    person = ReaderForm().person
    return _act(
        call_id,
        application_id,
        lambda: service.assign(context(), application_id, person),
        _("The reader has been named."),
    )


@blueprint.post(CASE + "/readers/<int:assignment_id>/release")
@guard(may_manage_case)
def release(call_id: int, application_id: int, assignment_id: int) -> ResponseReturnValue:
    """Take the case out of a reader's hands."""
    form = ReasonForm()
    said, seen = form.words, form.version.data
    case = _case(call_id, application_id)
    if assignment_id not in {seat.id for seat in case.seats}:
        raise NotFound
    return _act(
        call_id,
        application_id,
        lambda: service.release(context(), assignment_id, reason=said, version=seen),
        _("The reader has been released. Name somebody else below."),
    )


@blueprint.post(CASE + "/remarks")
@guard(may_manage_case)
def remark(call_id: int, application_id: int) -> ResponseReturnValue:
    """Say something to the readers."""
    form = CommentForm()
    case = _case(call_id, application_id)
    try:
        reviews.remark_as_office(context(), application_id, form.body.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(case, remark=form), 422
    return _done(call_id, application_id, _("Your comment is there for the readers."))


def _case(call_id: int, application_id: int) -> queries.Case:
    case = queries.get_case(db_session(), actor(), application_id)
    if case.application.call_id != call_id:
        raise NotFound
    return case


def _act(
    call_id: int, application_id: int, step: Callable[[], object], done: str
) -> ResponseReturnValue:
    """Take a step that has no form of its own on the page; a refusal is said above it."""
    _case(call_id, application_id)
    try:
        step()
    except MatchmakerError as error:
        said = [say(m) for messages in getattr(error, "fields", {}).values() for m in messages]
        case = _case(call_id, application_id)
        return _page(case, refused=" ".join(said) or say(error.message)), status_of(error)
    return _done(call_id, application_id, done)


def _done(call_id: int, application_id: int, text: str) -> ResponseReturnValue:
    flash(text, "good")
    address = url_for("review_case.show", call_id=call_id, application_id=application_id)
    return redirect(address, 303)


def _page(case: queries.Case, remark: CommentForm | None = None, **values: Any) -> str:
    session, application = db_session(), case.application
    found = round_of(session, application.call_id)
    manages = may_manage_case.allows(reader(), application)
    offered = candidates(session, application) if manages else []
    form = ReaderForm(formdata=None)
    form.offer(offered)
    talks = found is not None and found.state is ReviewRoundState.DISCUSSION
    open_round = found is not None and found.state is not ReviewRoundState.CLOSED
    return render_template(
        "review_case/show.html",
        case=case,
        application=application,
        round=found,
        rubric=scoring_rubric(session, application.call_id),
        text=read_application(session, application, current_language()),
        remarks=queries.remarks_on(session, application.id),
        not_offered=[one for one in offered if one.why_not is not None],
        form=form if manages and open_round and form.user_id.choices else None,
        manages=manages and open_round,
        remark_form=(remark or CommentForm(formdata=None)) if manages and talks else None,
        file_words=file_words,
        reviewing=review_words,
        **values,
    )
