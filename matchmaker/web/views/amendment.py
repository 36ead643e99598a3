"""Changes of published problems: the owner's page to write one, the office's to screen it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    StaleVersion,
)
from matchmaker.i18n import N_
from matchmaker.models import Problem, ProblemRevision, Screening
from matchmaker.policies.problem_revision import may_conclude, may_propose, may_read
from matchmaker.policies.screening import may_read as may_read_screening
from matchmaker.policies.screening import may_score
from matchmaker.queries import problem_revision as queries
from matchmaker.queries import screening as screenings
from matchmaker.queries.problem import get_problem
from matchmaker.services import amendment as service
from matchmaker.services import rubric
from matchmaker.services import screening as screening_service
from matchmaker.services.problem_revision import values_from
from matchmaker.services.problem_values import ProblemValues, values_of
from matchmaker.services.screening_record import rounds_left
from matchmaker.web import coaching, problem_words, revision_words, screening_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.amendment import AmendmentForm, amendment_data
from matchmaker.web.forms.problem import DecisionForm
from matchmaker.web.forms.screening import AcceptForm, CoachForm, RefuseForm
from matchmaker.web.i18n import say
from matchmaker.web.problem_review import page_words, reader, scoring_form
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.problem import AMENDABLE_STATES
from matchmaker.workflows.problem_revision import (
    PROBLEM_REVISION_WORKFLOW,
    WRITABLE_STATES,
    ProblemRevisionState,
)

blueprint = Blueprint("amendment", __name__)

OWNERS = "/problems/<int:problem_id>/amendment"
OFFICE = "/office/amendments/<int:revision_id>"
CONCLUSIONS: dict[str, tuple[Callable[..., ProblemRevision], type[DecisionForm]]] = {
    "accept": (service.accept, AcceptForm),
    "return": (service.give_back, CoachForm),
    "decline": (service.decline, RefuseForm),
}


@blueprint.get(OWNERS)
@guard(may_propose)
def edit(problem_id: int) -> ResponseReturnValue:
    """Write the change, or read where it stands."""
    problem = _own(problem_id)
    row = queries.open_amendment(db_session(), actor(), problem)
    if row is None and problem.state not in AMENDABLE_STATES:
        flash(_("Changes are proposed while a problem is open to teams or being solved."), "info")
        return redirect(url_for("problem.show", problem_id=problem.id))
    return _owners_page(problem, row, _form(problem, row))


@blueprint.post(OWNERS)
@guard(may_propose)
def save(problem_id: int) -> ResponseReturnValue:
    """Keep the change, or hand it to the office; whatever is refused, the text stays."""
    problem = _own(problem_id)
    row = queries.open_amendment(db_session(), actor(), problem)
    form = AmendmentForm()
    if not form.validate():
        return _owners_page(problem, row, form), 422
    try:
        saved = service.save(
            context(),
            problem.id,
            _typed(form, problem, row),
            reason=form.reason.data or "",
            version=form.version.data,
        )
        if "submit" in request.form:
            service.submit(context(), saved.id)
    except InvalidInput as error:
        form.show_refusal(error)
        return _owners_page(problem, row, form), 422
    except StaleVersion as error:
        current = values_from(row.content) if row else values_of(problem)
        form.version.raw_data, form.version.data = None, row.version if row else 0
        form.form_errors.append(say(error.message))
        differing = list(problem_words.differences(current, _typed(form, problem, row)))
        return _owners_page(problem, row, form, differences=differing), 409
    except InvalidTransition as error:
        flash(say(error.message), "warning")
        return _to_owner(problem.id)
    flash(_submitted() if "submit" in request.form else _("Your change is saved."), "success")
    return _to_owner(problem.id)


def _submitted() -> str:
    return str(
        _("Submitted. Until the office has looked at it, teams read what was published before.")
    )


@blueprint.post("/amendments/<int:revision_id>/withdraw")
@guard(may_propose)
def withdraw(revision_id: int) -> ResponseReturnValue:
    """Keep what is published."""
    row = queries.get_amendment(db_session(), actor(), revision_id)
    try:
        service.withdraw(context(), row.id)
    except InvalidTransition as error:
        flash(say(error.message), "warning")
    else:
        flash(_("The change is withdrawn; what is published stays."), "success")
    return redirect(url_for("problem.show", problem_id=row.problem_id), 303)


@blueprint.get(OFFICE)
@guard(may_read)
def review(revision_id: int) -> ResponseReturnValue:
    """The change beside what is published, with its screening."""
    return _office_page(revision_id)


@blueprint.post(OFFICE + "/screen")
@guard(may_conclude)
def screen(revision_id: int) -> ResponseReturnValue:
    """Begin to look at the change."""
    try:
        service.screen(context(), revision_id)
    except InvalidTransition as error:
        flash(say(error.message), "warning")
    return _to_office(revision_id)


@blueprint.post(OFFICE + "/points")
@guard(may_score)
def score(revision_id: int) -> ResponseReturnValue:
    """Keep the points that were chosen."""
    row = queries.get_amendment(db_session(), actor(), revision_id)
    found = _under_way(row)
    form = scoring_form(found)
    points = form.points(rubric.version(db_session(), "screening", found.rubric_version))
    if not form.validate():
        return _office_page(row.id, {"score": form}), 422
    try:
        screening_service.score(context(), found.id, points, version=form.version.data)
    except InvalidInput as error:
        form.show_refusal(error)
        return _office_page(row.id, {"score": form}), 422
    except StaleVersion as error:
        return _overtaken(row, found, "score", form, error)
    flash(_("Points saved. See what they come to, then decide."), "success")
    return _to_office(row.id)


@blueprint.post(OFFICE + "/<conclusion>")
@guard(may_conclude)
def conclude(revision_id: int, conclusion: str) -> ResponseReturnValue:
    """Accept the change, return it or decline it."""
    if conclusion not in CONCLUSIONS:
        raise NotFound
    row = queries.get_amendment(db_session(), actor(), revision_id)
    found = screenings.under_way(db_session(), row.problem_id, row.id)
    act, make_form = CONCLUSIONS[conclusion]
    form = make_form(conclusion)
    if isinstance(form, CoachForm):
        form.offer(found or Screening(suggestion={}))
    try:
        ended = act(context(), row.id, **form.arguments())
    except InvalidInput as error:
        form.show_refusal(error)
        return _office_page(row.id, {conclusion: form}), 422
    except (StaleVersion, Conflict) as error:
        return _overtaken(row, found, conclusion, form, error)
    except InvalidTransition as error:
        flash(say(error.message), "warning")
        return _to_office(row.id)
    label = PROBLEM_REVISION_WORKFLOW.labels[ended.state].staff
    flash(_("Decided: %(outcome)s", outcome=say(label)), "success")
    return _to_office(row.id)


def _own(problem_id: int) -> Problem:
    problem = get_problem(db_session(), actor(), problem_id)
    context().require(may_propose, problem)
    return problem


def _under_way(row: ProblemRevision) -> Screening:
    found = screenings.under_way(db_session(), row.problem_id, row.id)
    if found is None:
        raise InvalidTransition(N_("This screening has been decided. Reload the page to see how."))
    return found


def _typed(form: AmendmentForm, problem: Problem, row: ProblemRevision | None) -> ProblemValues:
    """What was typed; the answers to the guide stay those of the change, or of the problem."""
    kept = values_from(row.content) if row else values_of(problem)
    return replace(form.values(), intake=kept.intake)


def _form(problem: Problem, row: ProblemRevision | None) -> AmendmentForm:
    values = values_from(row.content) if row else values_of(problem)
    data = amendment_data(values, row.reason if row else "", row.version if row else 0)
    return AmendmentForm(formdata=None, data=data)


def _owners_page(
    problem: Problem, row: ProblemRevision | None, form: AmendmentForm, **values: Any
) -> str:
    session, user = db_session(), reader()
    form.add_blank_rows()
    returned = screenings.last_returned(session, user, problem, row.id) if row else None
    last = row or queries.last_amendment(session, user, problem)
    return render_template(
        "amendment/edit.html",
        **page_words(),
        problem=problem,
        row=row,
        last=last,
        label=PROBLEM_REVISION_WORKFLOW.labels[last.state].public if last else "",
        tone=PROBLEM_REVISION_WORKFLOW.labels[last.state].tone if last else "",
        writable=row is None or row.state in WRITABLE_STATES,
        withdrawable=row is not None,
        items=coaching.items(user, problem, returned),
        changes=revision_words.between(values_of(problem), values_from(row.content)) if row else [],
        form=form,
        **values,
    )


def _office_page(revision_id: int, typed: Mapping[str, Any] | None = None) -> str:
    session, user = db_session(), reader()
    row = queries.get_amendment(session, user, revision_id)
    problem = row.problem
    may_read_screening.require(user, problem)
    found = screenings.under_way(session, problem.id, row.id)
    is_over = row.state is ProblemRevisionState.RECORDED
    return render_template(
        "amendment/review.html",
        **page_words(),
        problem=problem,
        row=row,
        state=PROBLEM_REVISION_WORKFLOW.labels[row.state],
        conflict=may_conclude(user, problem),
        changes=[] if is_over else _differences(problem, row),
        changed=revision_words.labels(row.changed),
        screening=found,
        panel=screening_words.panel(session, problem, found, row) if found else None,
        forms={**_office_forms(problem, found), **(typed or {})},
        rounds=screenings.rounds(session, user, problem, row.id),
        rounds_left=rounds_left(context(), problem, row),
    )


def _differences(problem: Problem, row: ProblemRevision) -> list[revision_words.Change]:
    return revision_words.between(values_of(problem), values_from(row.content))


def _office_forms(problem: Problem, found: Screening | None) -> dict[str, Any]:
    if found is None:
        return {}
    forms: dict[str, Any] = {}
    if may_score.allows(actor(), problem):
        forms["score"] = scoring_form(found, formdata=None)
    if may_conclude.allows(actor(), problem):
        version = {"version": found.version}
        for name, (_act, make_form) in CONCLUSIONS.items():
            forms[name] = make_form(name, formdata=None, data=version)
        forms["return"].offer(found)
    return forms


def _overtaken(
    row: ProblemRevision, found: Screening | None, name: str, form: Any, error: MatchmakerError
) -> ResponseReturnValue:
    """Show what was typed beside what is saved; the next attempt counts from there."""
    if found is not None:
        db_session().refresh(found)
        form.version.raw_data, form.version.data = None, found.version
    form.form_errors.append(say(error.message))
    return _office_page(row.id, {name: form}), status_of(error)


def _to_owner(problem_id: int) -> ResponseReturnValue:
    return redirect(url_for("amendment.edit", problem_id=problem_id), 303)


def _to_office(revision_id: int) -> ResponseReturnValue:
    return redirect(url_for("amendment.review", revision_id=revision_id), 303)
