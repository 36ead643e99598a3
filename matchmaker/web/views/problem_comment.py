"""Where owner and broker work together: the problem field by field, with comments beside."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import Conflict, InvalidInput
from matchmaker.models import ProblemComment
from matchmaker.policies.problem import can_edit, may_submit
from matchmaker.policies.problem_comment import may_comment, may_read
from matchmaker.queries import problem_comment as queries
from matchmaker.queries import problem_revision as revisions
from matchmaker.queries import screening as screenings
from matchmaker.queries.problem import get_problem
from matchmaker.services import problem_comment as service
from matchmaker.services.screening_record import rounds_left
from matchmaker.web import coaching
from matchmaker.web.auth import guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.problem_comment import CommentForm
from matchmaker.web.i18n import say
from matchmaker.web.problem_review import page_words, reader
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("problem_comment", __name__)

COACHING = "/problems/<int:problem_id>/coaching"


@blueprint.get(COACHING)
@guard(may_read)
def coach(problem_id: int) -> ResponseReturnValue:
    """The problem field by field, what is asked for, and what was said."""
    return _page(problem_id, CommentForm(formdata=None))


@blueprint.post(COACHING)
@guard(may_comment)
def write(problem_id: int) -> ResponseReturnValue:
    """Say something beside a field."""
    form = CommentForm()
    try:
        row = service.write(
            context(),
            problem_id,
            field=form.field.data or "",
            body=form.body.data or "",
            thread_id=form.thread,
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(problem_id, form), 422
    except Conflict as error:
        form.form_errors.append(say(error.message))
        return _page(problem_id, form), status_of(error)
    flash(_("Your comment is kept. The other side gets a letter about it."), "success")
    return _to_field(row)


@blueprint.post("/comments/<int:comment_id>/resolve")
@guard(may_comment)
def resolve(comment_id: int) -> ResponseReturnValue:
    """Close a thread."""
    return _to_field(service.resolve(context(), comment_id))


@blueprint.post("/comments/<int:comment_id>/reopen")
@guard(may_comment)
def reopen(comment_id: int) -> ResponseReturnValue:
    """Open a thread again."""
    return _to_field(service.reopen(context(), comment_id))


def _to_field(row: ProblemComment) -> ResponseReturnValue:
    """Back to the page one came from, at the field."""
    office = url_for("problem.review", problem_id=row.problem_id)
    page = url_for("problem_comment.coach", problem_id=row.problem_id)
    came_from = urlsplit(request.referrer or "").path
    return redirect(f"{office if came_from == office else page}#field-{row.field}", 303)


def _page(problem_id: int, form: CommentForm) -> str:
    session, user = db_session(), reader()
    problem = get_problem(session, user, problem_id)
    may_read.require(user, problem)
    returned = screenings.last_returned(session, user, problem)
    place = problem.broker_assignment
    return render_template(
        "problem_comment/coach.html",
        **page_words(),
        problem=problem,
        cards=coaching.cards(
            user, problem, queries.threads(session, user, problem), coaching.asked_fields(returned)
        ),
        items=coaching.items(user, problem, returned),
        returned=returned,
        rounds_left=rounds_left(context(), problem),
        comment_form=form,
        broker=place.broker if place else None,
        editable=can_edit(user, problem),
        submittable=may_submit.allows(user, problem),
        revisions=revisions.revisions(session, user, problem),
    )
