"""Problems: the public gallery, the owner's pages and the office's queue."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import (
    Conflict,
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    NotFound,
    NotSignedIn,
    StaleVersion,
)
from matchmaker.models import Call, Problem, User
from matchmaker.policies.problem import (
    can_edit,
    is_owner,
    may_coach,
    may_create,
    may_decide,
    may_edit,
    may_open_queue,
    may_read_decisions,
    may_withdraw,
    possible_actions,
)
from matchmaker.policies.site import may_use
from matchmaker.queries import broker_assignment as brokers
from matchmaker.queries import call as calls
from matchmaker.queries import office_setting as settings
from matchmaker.queries import problem as problems
from matchmaker.queries import problem_comment as comments
from matchmaker.queries import problem_revision as revisions
from matchmaker.queries import screening as screenings
from matchmaker.services import problem as service
from matchmaker.services.problem_values import values_of
from matchmaker.web import drafts, problem_words
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.problem import (
    DecisionForm,
    NewProblemForm,
    ProblemForm,
    ReasonForm,
    form_data,
)
from matchmaker.web.i18n import say
from matchmaker.web.listing import active, page_number, page_url
from matchmaker.web.problem_filters import gallery_filters, queue_filters, queue_tabs, read_filters
from matchmaker.web.problem_review import DECISIONS, review_page
from matchmaker.web.screening_words import DueTimes
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.problem import (
    PROBLEM_WORKFLOW,
    ProblemAction,
    ProblemState,
)

blueprint = Blueprint("problem", __name__)

A, S = ProblemAction, ProblemState
PROBLEM = "/problems/<int:problem_id>"
OFFICE = "/office" + PROBLEM


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "words": problem_words,
        "active": active,
        "page_url": page_url,
        "has_page": lambda endpoint: endpoint in current_app.view_functions,
    }


@blueprint.get("/problems")
@guard(PUBLIC)
def gallery() -> ResponseReturnValue:
    """The published problems."""
    listing = problems.gallery(db_session(), read_filters(), number=page_number())
    return render_template(
        "problem/gallery.html", listing=listing, filters=gallery_filters(listing.counts)
    )


@blueprint.get(PROBLEM)
@guard(PUBLIC)
def show(problem_id: int) -> ResponseReturnValue:
    """One problem, as the reader may know it."""
    return _show(problem_id, ReasonForm(formdata=None))


def _show(problem_id: int, withdrawal: ReasonForm) -> str:
    reader, problem = actor(), problems.get_problem(db_session(), actor(), problem_id)
    return render_template(
        "problem/show.html",
        problem=problem,
        own=reader is not None and is_owner(reader, problem),
        editable=can_edit(reader, problem),
        actions=possible_actions(reader, problem),
        withdrawal=withdrawal,
    )


@blueprint.get(PROBLEM + ".json")
@guard(PUBLIC)
def record(problem_id: int) -> ResponseReturnValue:
    """The public facts of a published problem for programs."""
    return jsonify(problem_words.record(problems.get_problem(db_session(), None, problem_id)))


@blueprint.route("/problems/new", methods=["GET", "POST"])
@guard(may_use)
def create() -> ResponseReturnValue:
    """Write a new problem."""
    typed = _unsaved_new() if request.method == "GET" else None
    form = NewProblemForm(**_filled(typed))
    own = problems.owning_organizations(db_session(), _reader())
    owners = [item for item in own if may_create(_reader(), item) is None]
    offered = _offered_calls(form.call_id.data)
    if not owners or not offered:
        return render_template("problem/cannot_create.html", owners=owners, own=own)
    form.offer_organizations(owners)
    form.offer_calls(offered)
    if request.method == "GET":
        form.external_id()
        form.assume(_reader(), owners[0])
        return _edit_page(form, typed=typed)
    twin = problems.find_external(db_session(), actor(), form.external_id())
    if twin is not None:
        flash(_("This problem had already been saved; here it is."), "info")
        return redirect(url_for("problem.show", problem_id=twin.id), 303)
    return _write(form, None)


@blueprint.route(PROBLEM + "/edit", methods=["GET", "POST"])
@guard(may_edit)
def edit(problem_id: int) -> ResponseReturnValue:
    """Change a draft or a returned problem."""
    problem = problems.get_problem(db_session(), actor(), problem_id)
    context().require(may_edit, problem)
    if request.method == "GET" and not can_edit(actor(), problem):
        flash(_("This problem can no longer be changed."), "warning")
        return redirect(url_for("problem.show", problem_id=problem.id))
    typed = drafts.restore(f"problem:{problem_id}") if request.method == "GET" else None
    form = ProblemForm(**_filled(typed), data=form_data(problem))
    form.offer_calls(_offered_calls(problem.call_id))
    return (
        _edit_page(form, problem, typed=typed) if request.method == "GET" else _write(form, problem)
    )


def _write(form: ProblemForm, problem: Problem | None) -> ResponseReturnValue:
    """Do what the pressed button says with what was typed; whatever is refused, the text stays."""
    valid = form.validate()
    form.take_suggestions()
    if "suggest" in request.form:
        form.suggest()
        return _edit_page(form, problem)
    if not valid:
        return _edit_page(form, problem), 422
    try:
        saved = _save(form, problem)
    except InvalidInput as error:
        form.show_refusal(error)
        return _edit_page(form, problem), 422
    except DeadlinePassed as error:
        form.form_errors.append(say(error.message))
        return _edit_page(form, problem), 422
    except (StaleVersion, InvalidTransition) as error:
        return _overtaken(form, problem, error)
    return _saved(saved, problem)


def _save(form: ProblemForm, problem: Problem | None) -> Problem:
    ctx, values, call_id = context(), form.values(problem), form.call_id.data
    if problem is not None:
        version = form.version.data
        saved = service.update(ctx, problem.id, values, version=version, call_id=call_id)
    elif isinstance(form, NewProblemForm):
        saved = service.create(
            ctx,
            organization_id=form.organization_id.data,
            call_id=call_id,
            values=values,
            external_id=form.external_id(),
        )
    return service.submit(ctx, saved.id) if "submit" in request.form else saved


def _saved(saved: Problem, problem: Problem | None) -> ResponseReturnValue:
    drafts.discard(f"problem:{problem.id}" if problem else "problem:new")
    if "submit" in request.form:
        flash(_("Submitted. The programme office will look at it."), "success")
        return redirect(url_for("problem.show", problem_id=saved.id), 303)
    if may_coach.allows(actor(), saved):
        flash(_("Saved. The owner sees what you changed, and gets a letter about it."), "success")
        return redirect(url_for("problem_comment.coach", problem_id=saved.id), 303)
    flash(_("Saved as a draft."), "success")
    return redirect(url_for("problem.edit", problem_id=saved.id), 303)


def _overtaken(
    form: ProblemForm, problem: Problem | None, error: StaleVersion | InvalidTransition
) -> ResponseReturnValue:
    """Somebody, perhaps the same person by a second click, changed the problem meanwhile."""
    if problem is None:
        raise error
    saved, typed = values_of(problem), form.values(problem)
    if isinstance(error, InvalidTransition) and saved == typed:
        flash(_("This problem has already been submitted."), "info")
        return redirect(url_for("problem.show", problem_id=problem.id), 303)
    form.version.raw_data, form.version.data = None, problem.version
    form.form_errors.append(say(error.message))
    parts = list(problem_words.differences(saved, typed))
    return _edit_page(form, problem, differences=parts), 409


def _edit_page(form: ProblemForm, problem: Problem | None = None, **values: Any) -> str:
    form.add_blank_rows()
    return render_template("problem/edit.html", form=form, problem=problem, **values)


def _filled(typed: drafts.Typed | None) -> dict[str, Any]:
    """How a form gets its values: from the post, else from unsaved typing, else from its data."""
    return {} if request.method == "POST" else {"formdata": typed}


def _unsaved_new() -> drafts.Typed | None:
    """Unsaved typing for a new problem, unless the problem was saved after all."""
    typed = drafts.restore("problem:new")
    token = typed.get("token", "") if typed else ""
    if token and problems.find_external(db_session(), actor(), f"web-{token}"):
        return None
    return typed


def _reader() -> User:
    """The reader of a page that only signed-in people reach."""
    reader = actor()
    if reader is None:
        raise NotSignedIn
    return reader


def _offered_calls(current: int | None) -> list[Call]:
    """The calls to choose from; one that closed while somebody typed stays, and is refused in words."""
    found = calls.unclosed_calls(db_session(), actor())
    kept = [c for c in calls.all_calls(db_session(), actor()) if c.id == current and c not in found]
    return [*found, *kept]


@blueprint.post(PROBLEM + "/withdraw")
@guard(may_withdraw)
def withdraw(problem_id: int) -> ResponseReturnValue:
    """Take the problem back."""
    form = ReasonForm()
    try:
        service.withdraw(context(), problem_id, **form.arguments())
    except InvalidInput as error:
        form.show_refusal(error)
        return _show(problem_id, form), 422
    except InvalidTransition as error:
        if problems.get_problem(db_session(), actor(), problem_id).state is not S.WITHDRAWN:
            form.form_errors.append(say(error.message))
            return _show(problem_id, form), 409
        flash(say(error.message), "warning")
    else:
        flash(_("Withdrawn. Teams no longer see this problem."), "success")
    return redirect(url_for("problem.show", problem_id=problem_id), 303)


@blueprint.get("/office/problems")
@guard(may_open_queue)
def queue() -> ResponseReturnValue:
    """What waits for the office: late things first, then the longest waiting."""
    session, reader = db_session(), _reader()
    days = settings.value(session, "screening_due_days")
    filters = read_filters(state=problems.WAITING)
    listing = problems.queue(session, reader, filters, number=page_number(), due_days=days)
    ids = [problem.id for problem in listing.page.items]
    offered = calls.all_calls(session, reader)
    return render_template(
        "problem/queue.html",
        listing=listing,
        listed=screenings.listed_ids(session, ids),
        n_comments=comments.count_open(session, reader, ids),
        due=DueTimes(days),
        amendments=revisions.waiting_amendments(session, reader),
        tabs=queue_tabs(listing.counts),
        filters=queue_filters(listing.counts, offered, brokers.brokers(session, reader), reader),
    )


@blueprint.get(OFFICE)
@guard(may_read_decisions)
def review(problem_id: int) -> ResponseReturnValue:
    """Everything about a problem that the office decides on."""
    return review_page(problem_id)


@blueprint.post(OFFICE + "/<action>")
@guard(may_decide)
def decide(problem_id: int, action: str) -> ResponseReturnValue:
    """Take a decision of the office."""
    if action not in list(DECISIONS):
        raise NotFound
    decision, make_form = DECISIONS[A(action)]
    form = make_form(action)
    try:
        decision(context(), problem_id, **form.arguments())
    except InvalidInput as error:
        form.show_refusal(error)
        return review_page(problem_id, {A(action): form}), 422
    except (InvalidTransition, DeadlinePassed, Conflict) as error:
        return _too_late(problem_id, A(action), form, error)
    flash(_("Done: %(action)s", action=say(PROBLEM_WORKFLOW.actions[A(action)])), "success")
    return redirect(url_for("problem.review", problem_id=problem_id), 303)


def _too_late(
    problem_id: int,
    action: ProblemAction,
    form: DecisionForm,
    error: InvalidTransition | DeadlinePassed | Conflict,
) -> ResponseReturnValue:
    """What was typed stays to be read, unless a first click has put it on record already."""
    problem = problems.get_problem(db_session(), actor(), problem_id)
    latest = problems.decisions(db_session(), _reader(), problem)[:1]
    if any(form.words in event.data.get("reason", "") for event, _name in latest) or not form.words:
        flash(say(error.message), "warning")
        return redirect(url_for("problem.review", problem_id=problem_id), 303)
    form.form_errors.append(say(error.message))
    return review_page(problem_id, {action: form}), status_of(error)
