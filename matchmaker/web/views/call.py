"""The programme's calls, for the office: list with figures, open one, change one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import Call
from matchmaker.policies.call import may_create_call, may_edit_call
from matchmaker.policies.site import may_enter_office
from matchmaker.queries import call as calls
from matchmaker.queries import private_call as private_calls
from matchmaker.services import call as service
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.call import CallForm
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.private_call import PRIVATE_CALL_WORKFLOW

blueprint = Blueprint("call", __name__)


def standing(call: Call) -> tuple[str, str]:
    """Whether the call takes problems now, in words, and the tone of it."""
    now = utcnow()
    if now < call.opens_at:
        return _("Not open yet"), "waiting"
    return (
        (_("Takes problems"), "good")
        if now < call.closes_at
        else (_("No longer takes problems"), "neutral")
    )


@blueprint.get("/office/calls")
@guard(may_enter_office)
def index() -> ResponseReturnValue:
    """The programme's calls with their figures, and which in-house calls there are."""
    return render_template(
        "call/index.html",
        figures=calls.national_figures(db_session(), actor()),
        in_house=private_calls.lines(db_session(), actor()),
        labels=PRIVATE_CALL_WORKFLOW.labels,
        standing=standing,
    )


@blueprint.route("/office/calls/new", methods=["GET", "POST"])
@guard(may_create_call)
def create() -> ResponseReturnValue:
    """Open a call."""
    form = CallForm()
    if request.method == "GET":
        return _form_page(form, None)
    if not form.validate():
        return _form_page(form, None), 422
    try:
        call = service.create(context(), form.values())
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(form, None), 422
    flash(_("Saved: %(name)s", name=call.name_zh), "success")
    return redirect(url_for("call.index"), 303)


@blueprint.route("/calls/<int:call_id>/edit", methods=["GET", "POST"])
@guard(may_edit_call)
def edit(call_id: int) -> ResponseReturnValue:
    """Change a call's names and days."""
    call = calls.get_call(db_session(), actor(), call_id)
    context().require(may_edit_call, call)
    form = CallForm(obj=call)
    if request.method == "GET":
        return _form_page(form, call)
    if not form.validate():
        return _form_page(form, call), 422
    try:
        service.update(context(), call.id, form.version.data, form.values())
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(form, call), 422
    except StaleVersion as error:
        return _stale_page(form, call, error), 409
    flash(_("Saved: %(name)s", name=call.name_zh), "success")
    return redirect(back_url(call), 303)


def back_url(call: Call) -> str:
    """Where one comes from: the list of calls, or the page of the in-house call."""
    private = call.private_call
    if private is None:
        return url_for("call.index")
    return url_for("private_call.show", private_call_id=private.id)


def _form_page(form: CallForm, call: Call | None, **values: object) -> str:
    back = back_url(call) if call else url_for("call.index")
    return render_template("call/edit.html", form=form, call=call, back_url=back, **values)


def _stale_page(form: CallForm, call: Call, error: StaleVersion) -> str:
    """What was typed, beside what somebody else has saved; saving again replaces that."""
    saved = CallForm(formdata=None, obj=call)
    differing = [
        (field.label.text, saved[field.name]._value(), field._value())
        for field in form
        if field.name not in ("version", "csrf_token")
        and saved[field.name]._value() != field._value()
    ]
    form.version.data = call.version
    return _form_page(form, call, stale=say(error.message), differing=differing)
