"""Questions about a problem and their answers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import (
    DeadlinePassed,
    InvalidInput,
    InvalidTransition,
    RateLimited,
    StaleVersion,
)
from matchmaker.models import Problem, Question
from matchmaker.policies.question import may_answer_questions, may_ask, may_follow, may_moderate
from matchmaker.policies.site import may_use
from matchmaker.queries import problem as problems
from matchmaker.queries import question as queries
from matchmaker.services import question as service
from matchmaker.web import listing, question_words
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.question import AnswerForm, HideForm, QuestionForm
from matchmaker.web.i18n import say
from matchmaker.web.security import limiter
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("question", __name__)

QUESTIONS = "/problems/<int:problem_id>/questions"
QUESTION = "/questions/<int:question_id>"


@blueprint.get(QUESTIONS)
@guard(PUBLIC)
def index(problem_id: int) -> ResponseReturnValue:
    """Every question about a problem, with a place to ask."""
    return _page(_problem(problem_id), _new_form())


def _problem(problem_id: int) -> Problem:
    return problems.get_problem(db_session(), actor(), problem_id)


def _new_form(**options: Any) -> QuestionForm:
    """The form with the teams the reader can ask for."""
    reader = actor()
    form = QuestionForm(**options) if options else QuestionForm()
    form.offer_teams(queries.asking_teams(db_session(), reader) if reader else ())
    return form


def _page(problem: Problem, form: QuestionForm) -> str:
    reader, session = actor(), db_session()
    return render_template(
        "question/index.html",
        problem=problem,
        form=form,
        page=queries.list_questions(session, reader, problem, number=listing.page_number()),
        counts=queries.count_questions(session, reader, problem),
        takes_questions=service.takes_questions(problem),
        refusal=may_ask(reader, problem) if reader else None,
        following=queries.is_following(session, reader, problem),
        words=question_words,
        page_url=listing.page_url,
        per_day=service.PER_DAY,
    )


@blueprint.post(QUESTIONS)
@guard(may_ask)
@limiter.limit("30 per hour")
def ask(problem_id: int) -> ResponseReturnValue:
    """Ask for a team."""
    form, problem = _new_form(), _problem(problem_id)
    context().require(may_ask, problem)
    service.own_team(context(), form.team_id.data or 0)
    if not form.validate():
        return _page(problem, form), 422
    try:
        question = service.ask(
            context(),
            problem_id,
            team_id=form.team_id.data or 0,
            text=form.text.data or "",
            language=form.language.data or "",
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(problem, form), 422
    except (DeadlinePassed, InvalidTransition, RateLimited) as error:
        form.form_errors.append(say(error.message))
        return _page(problem, form), status_of(error)
    flash(_("Asked. You get a letter when it is answered."), "success")
    return redirect(_anchor(question), 303)


def _anchor(question: Question) -> str:
    address = url_for("question.index", problem_id=question.problem_id)
    return f"{address}#question-{question.id}"


@blueprint.route(QUESTION + "/answer", methods=["GET", "POST"])
@guard(may_answer_questions)
def answer(question_id: int) -> ResponseReturnValue:
    """Answer a question, or correct the answer."""
    question = queries.get_question(db_session(), actor(), question_id)
    context().require(may_answer_questions, question.problem)
    now = question.answer
    form = AnswerForm(data={"version": question.version, "text": now.text if now else ""})
    if not form.is_submitted():
        return _answer_page(question, form)
    if not form.validate():
        return _answer_page(question, form), 422
    return _answered(question, form)


def _answered(question: Question, form: AnswerForm) -> ResponseReturnValue:
    try:
        service.answer(
            context(),
            question.id,
            form.text.data or "",
            version=form.version.data,
            language=form.language.data or "",
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return _answer_page(question, form), 422
    except (StaleVersion, InvalidTransition) as error:
        saved = question.answer
        form.version.raw_data, form.version.data = None, question.version
        form.form_errors.append(say(error.message))
        return _answer_page(question, form, saved=saved.text if saved else ""), 409
    flash(_("Answered. Whoever asked or follows this problem gets a letter."), "success")
    return redirect(_anchor(question), 303)


def _answer_page(question: Question, form: AnswerForm, **values: Any) -> str:
    return render_template(
        "question/answer.html",
        question=question,
        problem=question.problem,
        form=form,
        hiding=values.pop("hiding", None) or HideForm(formdata=None),
        words=question_words,
        **values,
    )


@blueprint.post(QUESTION + "/hide")
@guard(may_moderate)
def hide(question_id: int) -> ResponseReturnValue:
    """Take a question out of sight."""
    form = HideForm()
    try:
        question = service.hide(
            context(), question_id, reason=form.reason.data or "", version=form.version.data
        )
    except (InvalidInput, StaleVersion) as error:
        if isinstance(error, InvalidInput):
            form.show_refusal(error)
        else:
            form.form_errors.append(say(error.message))
        question = queries.get_question(db_session(), actor(), question_id)
        now = question.answer
        data = {"version": question.version, "text": now.text if now else ""}
        page = _answer_page(question, AnswerForm(formdata=None, data=data), hiding=form)
        return page, status_of(error)
    flash(_("Hidden. The team that asked gets a letter with the reason."), "success")
    return redirect(_anchor(question), 303)


@blueprint.post(QUESTION + "/show")
@guard(may_moderate)
def show_again(question_id: int) -> ResponseReturnValue:
    """Show a hidden question again."""
    form = HideForm()
    question = service.show_again(context(), question_id, version=form.version.data)
    flash(_("Everybody can read it again."), "success")
    return redirect(_anchor(question), 303)


@blueprint.post(QUESTIONS + "/follow")
@guard(may_follow)
def follow(problem_id: int) -> ResponseReturnValue:
    """Get a letter about every answer."""
    service.follow(context(), problem_id)
    flash(_("You get a letter whenever a question about this problem is answered."), "success")
    return redirect(url_for("question.index", problem_id=problem_id), 303)


@blueprint.post(QUESTIONS + "/unfollow")
@guard(may_use)
def unfollow(problem_id: int) -> ResponseReturnValue:
    """No more letters."""
    service.unfollow(context(), problem_id)
    flash(_("No more letters about this problem’s questions."), "success")
    return redirect(url_for("question.index", problem_id=problem_id), 303)
