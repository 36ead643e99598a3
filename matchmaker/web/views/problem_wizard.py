"""The writing guide: a problem from one question after another, in plain language."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import (
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    NotSignedIn,
    StaleVersion,
)
from matchmaker.models import Organization, Problem, User
from matchmaker.policies.problem import can_edit, may_create, may_edit
from matchmaker.policies.site import may_use
from matchmaker.queries import call as calls
from matchmaker.queries import problem as problems
from matchmaker.queries.similar_problems import similar_to
from matchmaker.services import problem as problem_service
from matchmaker.services import problem_intake as service
from matchmaker.services.problem_values import values_of
from matchmaker.web import drafts, guide_words, problem_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.problem_wizard import (
    GuideForm,
    GuideStartForm,
    WrittenForm,
    offered_patterns,
)
from matchmaker.web.guide import BY_NAME, STEPS, Step, step_after, step_before
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("problem_wizard", __name__)

GUIDE = "/problems/<int:problem_id>/guide"


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "words": problem_words,
        "guide": guide_words,
        "steps": STEPS,
        "has_page": lambda endpoint: endpoint in current_app.view_functions,
    }


@blueprint.route("/problems/guide", methods=["GET", "POST"])
@guard(may_use)
def start() -> ResponseReturnValue:
    """Begin a problem with its name; the draft exists from here on."""
    form = GuideStartForm()
    own = problems.owning_organizations(db_session(), _reader())
    owners = [item for item in own if may_create(_reader(), item) is None]
    offered = calls.unclosed_calls(db_session(), actor())
    if not owners or not offered:
        return render_template("problem/cannot_create.html", owners=owners, own=own)
    form.offer_organizations(owners)
    form.offer_calls(offered)
    key = form.external_id()
    if request.method == "GET":
        form.assume(_reader(), owners[0])
        return render_template("problem_wizard/start.html", form=form, step=STEPS[0])
    known = problems.find_external(db_session(), actor(), key)
    if known is None and not form.validate():
        return render_template("problem_wizard/start.html", form=form, step=STEPS[0]), 422
    begun = known or _begin(form, owners)
    return redirect(url_for("problem_wizard.step", problem_id=begun.id, name=STEPS[1].name), 303)


def _begin(form: GuideStartForm, owners: list[Organization]) -> Problem:
    owner = next(item for item in owners if item.id == form.organization_id.data)
    problem = problem_service.create(
        context(),
        organization_id=owner.id,
        call_id=form.call_id.data,
        values=form.first_values(_reader(), owner),
        external_id=form.external_id(),
    )
    db_session().flush()
    return problem


@blueprint.route(GUIDE + "/<name>", methods=["GET", "POST"])
@guard(may_edit)
def step(problem_id: int, name: str) -> ResponseReturnValue:
    """One step: ask, keep what was answered, go where the pressed button says."""
    if name not in BY_NAME:
        raise NotFound
    problem, asked = _editable(problem_id), BY_NAME[name]
    if problem is None:
        return _closed(problem_id)
    typed = drafts.restore(_key(problem, asked)) if request.method == "GET" else None
    options = {} if request.method == "POST" else {"formdata": typed}
    form = GuideForm.of_step(asked, problem, **options)
    _offer_calls(form, problem)
    if request.method == "GET":
        return _step_page(problem, asked, form, typed=typed)
    return _answer(problem, asked, form)


def _answer(problem: Problem, asked: Step, form: GuideForm) -> ResponseReturnValue:
    pressed = request.form.get("go", "next")
    if not form.validate():
        return _step_page(problem, asked, form), 422
    unwanted = _take_pressed(form, problem, pressed)
    try:
        service.answer(
            context(),
            problem.id,
            form.given(asked),
            seen=form.seen.data,
            call_id=form.call_id.data if "call_id" in form else None,
        )
        service.dismiss(context(), problem.id, unwanted)
    except InvalidInput as error:
        form.show_refusal(error)
        return _step_page(problem, asked, form), 422
    except (StaleVersion, InvalidTransition) as error:
        return _overtaken(problem, asked, form, error)
    drafts.discard(_key(problem, asked))
    return _go_on(problem, asked, pressed)


def _take_pressed(form: GuideForm, problem: Problem, pressed: str) -> list[str]:
    """Put accepted suggestions into the form; which ones are not wanted."""
    kind, _colon, pattern = pressed.partition(":")
    if kind == "goal" and "metric" in form:
        form.use_goal(pattern)
    if kind == "not_goal":
        return [f"goal:{name}" for name in offered_patterns(problem) if name == pattern]
    if "accept" not in form:
        return []
    if kind == "dismiss":
        return form.ticked()
    form.take_suggestions()
    return []


def _go_on(problem: Problem, asked: Step, pressed: str) -> ResponseReturnValue:
    if pressed == "leave":
        flash(_("Saved. You find your draft on your desk whenever you come back."), "success")
        return redirect(url_for("dashboard.home"), 303)
    after = {"back": step_before(asked.name), "next": step_after(asked.name)}
    if pressed in ("accept", "dismiss") or ":" in pressed:
        after[pressed] = asked
    target = after.get(pressed)
    if target is None:
        return redirect(url_for("problem_wizard.overview", problem_id=problem.id), 303)
    anchor = "suggestions" if target is asked else None
    place = url_for("problem_wizard.step", problem_id=problem.id, name=target.name, _anchor=anchor)
    return redirect(place, 303)


def _overtaken(
    problem: Problem, asked: Step, form: GuideForm, error: MatchmakerError
) -> ResponseReturnValue:
    """The same question was answered elsewhere meanwhile: both answers are shown."""
    saved, typed = values_of(problem), service.merged(values_of(problem), form.given(asked))
    form.seen.raw_data, form.seen.data = None, service.fingerprint(saved, form.given(asked))
    form.form_errors.append(say(error.message))
    parts = list(problem_words.differences(saved, typed))
    return _step_page(problem, asked, form, differences=parts), 409


def _step_page(problem: Problem, asked: Step, form: GuideForm, **values: Any) -> str:
    if "requirements" in form:
        form.offer_suggestions(problem)
        form.add_blank_rows()
    return render_template(
        "problem_wizard/step.html",
        form=form,
        problem=problem,
        step=asked,
        number=STEPS.index(asked) + 1,
        goals=guide_words.goals(offered_patterns(problem)) if "metric" in form else [],
        similar=similar_to(db_session(), actor(), problem),
        **values,
    )


@blueprint.route(GUIDE, methods=["GET", "POST"])
@guard(may_edit)
def overview(problem_id: int) -> ResponseReturnValue:
    """What the answers make, what is missing, what is like it; change, submit."""
    problem = _editable(problem_id)
    if problem is None:
        return _closed(problem_id)
    typed = drafts.restore(f"guide:{problem_id}") if request.method == "GET" else None
    options = {} if request.method == "POST" else {"formdata": typed}
    form = WrittenForm.of(problem, **options)
    if request.method == "GET":
        return _overview_page(problem, form, typed=typed)
    return _write(problem, form)


def _write(problem: Problem, form: WrittenForm) -> ResponseReturnValue:
    if not form.validate():
        return _overview_page(problem, form), 422
    try:
        service.answer(context(), problem.id, form.given(), seen=form.seen.data)
        if "submit" in request.form:
            problem_service.submit(context(), problem.id)
    except (InvalidInput, DeadlinePassed) as error:
        form.show_refusal(error) if isinstance(error, InvalidInput) else form.form_errors.append(
            say(error.message)
        )
        return _overview_page(problem, form), 422
    except (StaleVersion, InvalidTransition) as error:
        return _rewritten(problem, form, error)
    drafts.discard(f"guide:{problem.id}")
    if "submit" in request.form:
        flash(_("Submitted. The programme office will look at it."), "success")
        return redirect(url_for("problem.show", problem_id=problem.id), 303)
    flash(_("Saved as a draft."), "success")
    return redirect(url_for("problem_wizard.overview", problem_id=problem.id), 303)


def _rewritten(problem: Problem, form: WrittenForm, error: MatchmakerError) -> ResponseReturnValue:
    saved, typed = values_of(problem), service.merged(values_of(problem), form.given())
    form.seen.raw_data, form.seen.data = None, service.fingerprint(saved, form.given())
    form.form_errors.append(say(error.message))
    parts = list(problem_words.differences(saved, typed))
    return _overview_page(problem, form, differences=parts), status_of(error)


@blueprint.post(GUIDE + "/use")
@guard(may_edit)
def use(problem_id: int) -> ResponseReturnValue:
    """Take the text that the answers make in place of the owner's own."""
    name = request.form.get("name", "")
    service.use_built(context(), problem_id, [name])
    drafts.discard(f"guide:{problem_id}")
    flash(_("The text from your answers is in its place."), "success")
    return redirect(url_for("problem_wizard.overview", problem_id=problem_id), 303)


def _overview_page(problem: Problem, form: WrittenForm, **values: Any) -> str:
    saved = values_of(problem)
    return render_template(
        "problem_wizard/overview.html",
        form=form,
        problem=problem,
        progress=guide_words.progress(problem),
        lacking=guide_words.lacking(problem),
        checklist=guide_words.checklist(db_session(), problem),
        news=guide_words.news(problem),
        written=service.written(saved, context().locale),
        is_foreign=service.is_foreign(saved),
        similar=similar_to(db_session(), actor(), problem),
        **values,
    )


def _editable(problem_id: int) -> Problem | None:
    """The problem, if its owner's text can still be changed."""
    problem = problems.get_problem(db_session(), actor(), problem_id)
    context().require(may_edit, problem)
    late = request.method == "GET" and not can_edit(actor(), problem)
    return None if late else problem


def _closed(problem_id: int) -> ResponseReturnValue:
    flash(_("This problem can no longer be changed."), "warning")
    return redirect(url_for("problem.show", problem_id=problem_id))


def _offer_calls(form: GuideForm, problem: Problem) -> None:
    if "call_id" in form:
        unclosed = calls.unclosed_calls(db_session(), actor())
        kept = [problem.call] if problem.call not in unclosed else []
        form.offer_calls([*unclosed, *kept])


def _key(problem: Problem, asked: Step) -> str:
    """Under which name the step keeps unsaved typing."""
    return f"guide:{problem.id}:{asked.name}"


def _reader() -> User:
    reader = actor()
    if reader is None:
        raise NotSignedIn
    return reader
