"""Decisions on work under way: stages, dates, early ends, and taking them back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, StaleVersion
from matchmaker.models import Call
from matchmaker.policies.engagement import (
    may_ask_stop,
    may_decide_engagement,
    may_sign_stage,
    may_stop_call,
)
from matchmaker.queries.call import get_call
from matchmaker.services import application_closing, engagement, engagement_stop, stage_decision
from matchmaker.web.auth import actor, guard
from matchmaker.web.engagement_page import act, page
from matchmaker.web.errors import in_words, status_of
from matchmaker.web.forms.engagement import (
    AnswerForm,
    ExtendForm,
    ProposeForm,
    ReasonForm,
    StopForm,
    VersionForm,
)
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.engagement import ENGAGEMENT

blueprint = Blueprint("engagement_decision", __name__)


@blueprint.post(ENGAGEMENT + "/stage")
@guard(may_sign_stage)
def propose(engagement_id: int) -> ResponseReturnValue:
    """Propose how it goes on after the stage."""
    form = ProposeForm()
    return act(
        engagement_id,
        "propose_form",
        form,
        lambda: stage_decision.propose(
            context(),
            engagement_id,
            outcome=form.chosen_outcome,
            cause=form.chosen_cause,
            reason=form.reason.data or "",
            version=form.version.data,
        ),
        _("Proposed. It counts once the other side has signed, too."),
    )


@blueprint.post(ENGAGEMENT + "/stage/sign")
@guard(may_sign_stage)
def sign(engagement_id: int) -> ResponseReturnValue:
    """Sign what the other side proposes."""
    version = VersionForm().version.data
    try:
        stage_decision.sign(context(), engagement_id, version=version)
    except (Conflict, InvalidTransition, StaleVersion) as error:
        return page(engagement_id, refusal=in_words(error)), status_of(error)
    flash(_("Signed by both sides: it counts."), "good")
    return redirect(url_for("engagement.show", engagement_id=engagement_id), 303)


@blueprint.post(ENGAGEMENT + "/stage/drop")
@guard(may_sign_stage)
def drop(engagement_id: int) -> ResponseReturnValue:
    """Take a proposal back, or not sign it."""
    form = ReasonForm()
    return act(
        engagement_id,
        "drop_form",
        form,
        lambda: stage_decision.drop(
            context(), engagement_id, reason=form.reason.data or "", version=form.version.data
        ),
        _("Dropped; the other side reads why."),
    )


@blueprint.post(ENGAGEMENT + "/dates")
@guard(may_decide_engagement)
def extend(engagement_id: int) -> ResponseReturnValue:
    """Move every date that is still to come."""
    form = ExtendForm()
    return act(
        engagement_id,
        "extend_form",
        form,
        lambda: engagement.extend_all(
            context(),
            engagement_id,
            days=form.days.data,
            cause=form.chosen_cause,
            reason=form.reason.data or "",
            version=form.version.data,
        ),
        _("The dates are moved, and everybody has a letter."),
    )


@blueprint.post(ENGAGEMENT + "/stop")
@guard(may_decide_engagement)
def stop(engagement_id: int) -> ResponseReturnValue:
    """Stop early."""
    form = StopForm()
    return act(
        engagement_id,
        "stop_form",
        form,
        lambda: engagement_stop.stop(
            context(),
            engagement_id,
            cause=form.chosen_cause,
            reason=form.reason.data or "",
            free_place=form.free_place.data,
            version=form.version.data,
        ),
        _("Stopped. Everybody has a letter, and the record stays."),
    )


@blueprint.post(ENGAGEMENT + "/resume")
@guard(may_decide_engagement)
def resume(engagement_id: int) -> ResponseReturnValue:
    """Take an end back."""
    form = ReasonForm()
    return act(
        engagement_id,
        "resume_form",
        form,
        lambda: engagement_stop.resume(
            context(), engagement_id, reason=form.reason.data or "", version=form.version.data
        ),
        _("The work goes on where it was."),
    )


@blueprint.post(ENGAGEMENT + "/stop-request")
@guard(may_ask_stop)
def ask(engagement_id: int) -> ResponseReturnValue:
    """Ask the office to stop the work."""
    form = StopForm()
    return act(
        engagement_id,
        "ask_form",
        form,
        lambda: engagement_stop.ask(
            context(), engagement_id, cause=form.chosen_cause, reason=form.reason.data or ""
        ),
        _("Asked. The office decides; until then the work goes on."),
    )


@blueprint.post(ENGAGEMENT + "/stop-request/withdraw")
@guard(may_ask_stop)
def take_back(engagement_id: int) -> ResponseReturnValue:
    """Take the request back."""
    try:
        engagement_stop.take_back(context(), engagement_id)
    except Conflict as error:
        return page(engagement_id, refusal=in_words(error)), status_of(error)
    flash(_("The request is taken back."), "good")
    return redirect(url_for("engagement.show", engagement_id=engagement_id), 303)


@blueprint.post(ENGAGEMENT + "/stop-request/answer")
@guard(may_decide_engagement)
def answer(engagement_id: int) -> ResponseReturnValue:
    """Stop as asked, or say why the work goes on."""
    form = AnswerForm()
    return act(
        engagement_id,
        "answer_form",
        form,
        lambda: engagement_stop.answer(
            context(),
            engagement_id,
            grant=form.answer.data == "stop",
            note=form.reason.data or "",
            free_place=form.free_place.data,
            version=form.version.data,
        ),
        _("Decided, and both sides have a letter."),
    )


@blueprint.route("/office/calls/<int:call_id>/stop", methods=["GET", "POST"])
@guard(may_stop_call)
def stop_call(call_id: int) -> ResponseReturnValue:
    """Stop everything that goes on in a call, after a look at what that is."""
    call = get_call(db_session(), actor(), call_id)
    context().require(may_stop_call, call)
    form = StopForm()
    if not form.is_submitted():
        return _stop_page(call, StopForm(formdata=None))
    if not form.validate():
        return _stop_page(call, form), 422
    reason = form.reason.data or ""
    try:
        stopped, closed = application_closing.stop_call(
            context(), call.id, form.chosen_cause, reason
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return _stop_page(call, form), 422
    text = _(
        "Stopped: %(count)s. Applications closed: %(closed)s. Everybody concerned has a letter.",
        count=stopped,
        closed=closed,
    )
    flash(text, "good")
    return redirect(url_for("engagement_board.index", call=call.id, state="stopped"), 303)


def _stop_page(call: Call, form: StopForm) -> str:
    return render_template(
        "engagement/stop_call.html",
        call=call,
        works=engagement_stop.work_of(context(), call),
        applications=application_closing.count_open(context(), call),
        form=form,
    )
