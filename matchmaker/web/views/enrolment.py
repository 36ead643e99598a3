"""What a person learns: their plan and enrolments, what they hand in; and whoever assesses it."""

from __future__ import annotations

import json
from typing import cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.models import Enrolment, User
from matchmaker.policies.enrolment import (
    may_assess,
    may_change,
    may_enrol,
    may_export_enrolments,
    may_list_enrolments,
)
from matchmaker.policies.site import may_use
from matchmaker.queries import enrolment as queries
from matchmaker.reports import learning_record
from matchmaker.services import enrolment as service
from matchmaker.services import learning_plan
from matchmaker.web import learning_aims, learning_words, listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.learning_resource import AssessForm, HandInForm, HoldForm
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.enrolment import ENROLMENT_WORKFLOW

blueprint = Blueprint("enrolment", __name__)

MINE = "/learning/mine"
ONE = MINE + "/<int:enrolment_id>"
QUEUE = "/office/learning/handed-in"
#: Refusals that the page one was working on tells, with everything typed still there.
TOLD = (InvalidInput, InvalidTransition, PermissionDenied, StaleVersion)


def person() -> User:
    """The signed-in person; the guard has made sure there is one."""
    return cast(User, actor())


@blueprint.get(MINE)
@guard(may_use)
def mine() -> ResponseReturnValue:
    """What one should learn next, and what one is at."""
    return _mine_page()


def _mine_page(error: MatchmakerError | None = None) -> ResponseReturnValue:
    aim = learning_aims.chosen_aim(person())
    plan = learning_plan.plan_for(
        db_session(), person().id, aim, hours=learning_aims.chosen_hours()
    )
    return render_template(
        "enrolment/mine.html",
        plan=plan,
        aims=learning_aims.offered(person(), aim),
        enrolments=queries.own_enrolments(db_session(), person()),
        workflow=ENROLMENT_WORKFLOW,
        words=learning_words,
        aim_words=learning_aims,
        error=say(error.message) if error else "",
    ), status_of(error) if error else 200


@blueprint.post("/learning/<int:resource_id>/enrol")
@guard(may_enrol)
def create(resource_id: int) -> ResponseReturnValue:
    """Take an entry up."""
    row = service.enrol(context(), resource_id)
    flash(_("You are enrolled. Everything about it is here."), "good")
    return _to(row)


@blueprint.post(ONE + "/attend")
@guard(may_change)
def attend(enrolment_id: int) -> ResponseReturnValue:
    """Say that one was there."""
    try:
        row = service.attend(context(), enrolment_id, HoldForm().version.data)
    except TOLD as error:
        return _mine_page(error)
    flash(_("Noted in your record."), "good")
    return _to(row)


@blueprint.post(ONE + "/withdraw")
@guard(may_change)
def withdraw(enrolment_id: int) -> ResponseReturnValue:
    """Give it up."""
    try:
        row = service.withdraw(context(), enrolment_id, HoldForm().version.data)
    except TOLD as error:
        return _mine_page(error)
    flash(_("Given up. You can come back to it at any time."), "good")
    return _to(row)


@blueprint.route(ONE, methods=["GET", "POST"])
@guard(may_change)
def hand_in(enrolment_id: int) -> ResponseReturnValue:
    """Hand in what is to be assessed."""
    row = queries.get_enrolment(db_session(), actor(), enrolment_id)
    context().require(may_change, row)
    if request.method == "GET":
        return _hand_in_page(row, HandInForm(formdata=None, obj=row))
    form = HandInForm()
    if not form.validate():
        return _hand_in_page(row, form), 422
    work = {"url": form.url.data or "", "note": form.note.data or ""}
    try:
        service.hand_in(context(), row.id, form.version.data, **work)
    except InvalidInput as error:
        form.show_refusal(error)
        return _hand_in_page(row, form), 422
    except (InvalidTransition, StaleVersion) as error:
        form.version.data = row.version
        return _hand_in_page(row, form, error=say(error.message)), status_of(error)
    flash(_("Handed in. You get a letter when it has been looked at."), "good")
    return _to(row)


def _hand_in_page(row: Enrolment, form: HandInForm, error: str = "") -> str:
    return render_template(
        "enrolment/hand_in.html",
        row=row,
        form=form,
        error=error,
        words=learning_words,
        label=ENROLMENT_WORKFLOW.labels[row.state],
    )


def _to(row: Enrolment) -> ResponseReturnValue:
    return redirect(url_for("enrolment.mine", _anchor=f"enrolment-{row.id}"), 303)


@blueprint.get(MINE + "/xapi.json")
@guard(may_use)
def own_statements() -> ResponseReturnValue:
    """One's own learning records, to take along to another system."""
    events = queries.events(db_session(), actor(), user_id=person().id)
    return _statements(events, "learning-records.json")


@blueprint.get("/office/learning/xapi.json")
@guard(may_export_enrolments)
def statements() -> ResponseReturnValue:
    """Everybody's learning records."""
    return _statements(queries.events(db_session(), actor()), "all-learning-records.json")


def _statements(events: learning_record.Events, name: str) -> Response:
    found = learning_record.statements(events, context().settings.base_url)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get(QUEUE)
@guard(may_list_enrolments)
def queue() -> ResponseReturnValue:
    """What was handed in: what waits longest first."""
    state = listing.chosen("state")
    return render_template(
        "enrolment/queue.html",
        page=queries.list_to_assess(
            db_session(), actor(), state=state, number=listing.page_number()
        ),
        counts=queries.count_to_assess(db_session(), actor()),
        state=state if state in set(queries.QUEUE_STATES) else "handed_in",
        states=queries.QUEUE_STATES,
        workflow=ENROLMENT_WORKFLOW,
        state_url=lambda value: listing.with_value("state", value),
        page_url=listing.page_url,
    )


@blueprint.route(QUEUE + "/<int:enrolment_id>", methods=["GET", "POST"])
@guard(may_list_enrolments)
def assess(enrolment_id: int) -> ResponseReturnValue:
    """Look at what was handed in and say whether it passes."""
    row = queries.get_enrolment(db_session(), actor(), enrolment_id)
    context().require(may_assess, row)
    if request.method == "GET":
        return _assess_page(row, AssessForm(formdata=None, obj=row))
    form = AssessForm()
    if not form.validate():
        return _assess_page(row, form), 422
    try:
        _assess(row, form)
    except InvalidInput as error:
        form.show_refusal(error)
        return _assess_page(row, form), 422
    except (InvalidTransition, StaleVersion) as error:
        form.version.data = row.version
        return _assess_page(row, form, error=say(error.message)), status_of(error)
    flash(_("Noted. The person reads what you wrote."), "good")
    return _to_next(row)


def _assess(row: Enrolment, form: AssessForm) -> None:
    levels = {name: int(level) for name, level in form.levels.data.items() if level in "12345"}
    service.assess(
        context(),
        row.id,
        form.version.data,
        is_passed=request.form.get("passed") == "yes",
        reason=form.reason.data or "",
        levels=levels,
        score=form.score.data,
    )


def _to_next(row: Enrolment) -> ResponseReturnValue:
    following = queries.next_to_assess(db_session(), actor(), row.id)
    if following is None or may_assess(person(), following) is not None:
        return redirect(url_for("enrolment.queue"), 303)
    return redirect(url_for("enrolment.assess", enrolment_id=following.id), 303)


def _assess_page(row: Enrolment, form: AssessForm, error: str = "") -> str:
    return render_template(
        "enrolment/assess.html",
        row=row,
        form=form,
        error=error,
        words=learning_words,
        label=ENROLMENT_WORKFLOW.labels[row.state],
        workflow=ENROLMENT_WORKFLOW,
    )


@blueprint.post(QUEUE + "/<int:enrolment_id>/revoke")
@guard(may_list_enrolments)
def revoke(enrolment_id: int) -> ResponseReturnValue:
    """Take a result back."""
    form = HoldForm()
    try:
        row = service.revoke(
            context(), enrolment_id, form.version.data, reason=form.reason.data or ""
        )
    except (InvalidInput, InvalidTransition, StaleVersion) as error:
        row = queries.get_enrolment(db_session(), actor(), enrolment_id)
        shown = AssessForm(formdata=None, obj=row)
        if isinstance(error, InvalidInput):
            shown.show_refusal(error)
        page = _assess_page(row, shown, error=say(error.message))
        return page, status_of(error)
    flash(_("Taken back. It can be assessed again."), "good")
    return redirect(url_for("enrolment.assess", enrolment_id=row.id), 303)
