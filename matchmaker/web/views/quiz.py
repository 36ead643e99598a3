"""Taking the check of a competency: the list, the rules, one question at a time, what it said."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, NotFound, RateLimited
from matchmaker.models import QuizCheck, User
from matchmaker.policies.quiz import may_answer_check, may_take_checks
from matchmaker.queries import quiz as queries
from matchmaker.services import quiz as service
from matchmaker.web import evidence_words, listing, quiz_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.quiz import AnswerForm, StartForm, answer_form
from matchmaker.web.i18n import current_language, say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.quiz_check import QuizCheckState

blueprint = Blueprint("quiz", __name__)

CHECKS = "/me/checks"
TAKEN = CHECKS + "/taken/<int:check_id>"


def _me() -> User:
    return cast(User, actor())  # Every route here is for people who are signed in.


@blueprint.get(CHECKS)
@guard(may_take_checks)
def index() -> ResponseReturnValue:
    """Every competency with what is known of it, and its check."""
    every = _("All")
    domains = evidence_words.domain_choices()
    filters = [listing.select("domain", _("Domain"), domains, every=every)]
    parts = quiz_words.parts(_me(), listing.chosen("domain"))
    return render_template(
        "quiz/index.html",
        parts=parts,
        total=sum(len(part.offers) for part in parts),
        filters=filters,
        active=listing.active(filters),
        words=quiz_words,
    )


@blueprint.route(f"{CHECKS}/begin", methods=["GET", "POST"])
@guard(may_take_checks)
def start() -> ResponseReturnValue:
    """What a check is, and the button that begins it; the address names the competency."""
    competency = listing.chosen("competency")
    offer = quiz_words.offer_of(_me(), competency)
    if offer is None:
        raise NotFound
    form = StartForm()
    if request.method == "GET":
        return _start_page(offer, form)
    if not form.validate():
        return _start_page(offer, form), 422
    try:
        check = service.start(context(), competency, language=current_language())
    except (InvalidInput, RateLimited) as error:
        form.form_errors.append(say(error.message))
        return _start_page(offer, form), status_of(error)
    return redirect(url_for("quiz.show", check_id=check.id), 303)


def _start_page(offer: quiz_words.Offer, form: StartForm) -> str:
    return render_template("quiz/start.html", offer=offer, form=form, words=quiz_words)


@blueprint.get(TAKEN)
@guard(may_answer_check)
def show(check_id: int) -> ResponseReturnValue:
    """The question that waits for its answer; after the end, what the check said."""
    check = queries.get_check(db_session(), actor(), check_id)
    if check.is_running and check.waiting is not None:
        return _question_page(check, answer_form(check.waiting))
    return render_template(
        "quiz/result.html",
        check=check,
        words=quiz_words,
        name=evidence_words.name_of(check.competency),
        counted=[row for row in check.answers if row.is_counted and row.answered_at],
        again_from=queries.again_from(check),
    )


def _question_page(check: QuizCheck, form: AnswerForm) -> str:
    return render_template(
        "quiz/question.html",
        check=check,
        row=check.waiting,
        form=form,
        name=evidence_words.name_of(check.competency),
    )


@blueprint.post(TAKEN)
@guard(may_answer_check)
def answer(check_id: int) -> ResponseReturnValue:
    """Take an answer and go on to the next question."""
    form = AnswerForm()
    language = current_language()
    try:
        taken = service.answer(context(), check_id, form.question, form.choice, language=language)
    except InvalidInput as error:
        check = queries.get_check(db_session(), actor(), check_id)
        if check.waiting is None:
            raise
        again = answer_form(check.waiting)
        again.show_refusal(error)
        return _question_page(check, again), 422
    if not taken:
        _say_why(queries.get_check(db_session(), actor(), check_id))
    return redirect(url_for("quiz.show", check_id=check_id), 303)


def _say_why(check: QuizCheck) -> None:
    """Why an answer was not taken."""
    if check.state is QuizCheckState.LAPSED:
        flash(_("The 24 hours are over. What you had answered counts."), "warning")
    else:
        flash(_("This question was answered already; the first answer stands."), "warning")
