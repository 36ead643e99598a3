"""Assign, change and release the broker of a problem; name another contact at its owner."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import Conflict, InvalidInput, NotFound, StaleVersion
from matchmaker.policies.broker_assignment import may_assign, may_release
from matchmaker.policies.problem import may_decide, may_read_decisions
from matchmaker.queries.problem import get_problem
from matchmaker.services import broker_assignment as service
from matchmaker.services import problem as problem_service
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.broker_assignment import BrokerForm, ContactForm, ReleaseForm
from matchmaker.web.i18n import say
from matchmaker.web.problem_review import review_page
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("broker_assignment", __name__)

PROBLEM = "/office/problems/<int:problem_id>"


@blueprint.post(PROBLEM + "/broker")
@guard(may_assign)
def assign(problem_id: int) -> ResponseReturnValue:
    """Make somebody the broker."""
    form = BrokerForm()
    try:
        service.assign(context(), problem_id, form.broker_id.data or 0, version=form.version.data)
    except InvalidInput as error:
        form.show_refusal(error)
        return review_page(problem_id, {"broker": form}), 422
    except StaleVersion as error:
        form.version.raw_data, form.version.data = None, 0
        form.form_errors.append(say(error.message))
        return review_page(problem_id, {"broker": form}), 409
    flash(_("The broker and the owner are told by letter."), "success")
    return _back(problem_id)


@blueprint.post(PROBLEM + "/broker/release")
@guard(may_release)
def release(problem_id: int) -> ResponseReturnValue:
    """Let the broker go."""
    form = ReleaseForm()
    try:
        service.release(
            context(), problem_id, version=form.version.data, reason=form.reason.data or ""
        )
    except StaleVersion as error:
        flash(say(error.message), "warning")
    else:
        flash(_("The problem has no broker now."), "success")
    return _back(problem_id) if _may_stay(problem_id) else redirect(url_for("dashboard.home"), 303)


def _may_stay(problem_id: int) -> bool:
    """Whether the reader still sees the office's page: a broker who let go does not."""
    try:
        problem = get_problem(db_session(), actor(), problem_id)
    except NotFound:
        return False
    return may_read_decisions.allows(actor(), problem)


@blueprint.post(PROBLEM + "/contact")
@guard(may_decide)
def name_contact(problem_id: int) -> ResponseReturnValue:
    """Name somebody to write to where nobody at the owner can be reached."""
    form = ContactForm("contact")
    try:
        problem_service.name_contact(context(), problem_id, **form.arguments())
    except InvalidInput as error:
        form.show_refusal(error)
        return review_page(problem_id, {"contact": form}), 422
    except Conflict as error:
        flash(say(error.message), "warning")
    else:
        flash(_("Letters about this problem go to the new contact."), "success")
    return _back(problem_id)


def _back(problem_id: int) -> ResponseReturnValue:
    return redirect(url_for("problem.review", problem_id=problem_id, _anchor="broker"), 303)
