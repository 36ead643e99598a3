"""Decisions on applications: rounds being prepared, previewed with their letters, and announced."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import (
    DECISION_OUTCOME_LABELS,
    DECLINE_CAUSE_LABELS,
    Decision,
    DecisionRound,
)
from matchmaker.policies.application import may_decide_application
from matchmaker.policies.decision import (
    may_announce,
    may_list_decisions,
    may_prepare,
    may_see_selection,
)
from matchmaker.queries import decision as queries
from matchmaker.queries import problem as problems
from matchmaker.services import decision as service
from matchmaker.services import decision_announcement as announcement
from matchmaker.web import listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import in_words
from matchmaker.web.forms.decision import (
    AnnounceForm,
    DaysForm,
    DecisionForm,
    DropForm,
    RestForm,
    filled,
)
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.application import APPLICATION_WORKFLOW
from matchmaker.workflows.decision_round import DECISION_ROUND_WORKFLOW

blueprint = Blueprint("decision", __name__)

ROUND = "/office/decisions/<int:round_id>"
DECISION = "/office/decisions/one/<int:decision_id>"


@blueprint.get("/office/decisions")
@guard(may_list_decisions)
def index() -> ResponseReturnValue:
    """The calls with something to decide, and the rounds so far."""
    session, reader = db_session(), actor()
    return render_template(
        "decision/index.html",
        lines=queries.calls_to_decide(session, reader),
        page=queries.list_rounds(session, reader, number=listing.page_number()),
        page_url=listing.page_url,
        workflow=DECISION_ROUND_WORKFLOW,
    )


@blueprint.post("/office/calls/<int:call_id>/decisions")
@guard(may_prepare)
def prepare(call_id: int) -> ResponseReturnValue:
    """Begin a round, or go on with the one that was begun."""
    row = service.prepare(context(), call_id)
    db_session().flush()
    return redirect(url_for("decision.show", round_id=row.id), 303)


@blueprint.get(ROUND)
@guard(may_list_decisions)
def show(round_id: int) -> ResponseReturnValue:
    """Everything a round says, and what stands in the way of announcing it."""
    return _page(round_id)


def _page(round_id: int, **forms: object) -> str:
    session, reader = db_session(), actor()
    row = queries.get_round(session, reader, round_id)
    decisions = queries.decisions_of(session, row)
    shown = {"days": _days(row), "rest": RestForm(formdata=None), **forms}
    return render_template(
        "decision/show.html",
        round=row,
        decisions=decisions,
        obstacles=service.obstacles(context(), decisions),
        is_live=service.is_live,
        workflow=DECISION_ROUND_WORKFLOW,
        states=APPLICATION_WORKFLOW.labels,
        outcomes=DECISION_OUTCOME_LABELS,
        causes=DECLINE_CAUSE_LABELS,
        **shown,
    )


def _days(row: DecisionRound) -> DaysForm:
    return DaysForm(formdata=None, data={"answer_days": row.answer_days, "version": row.version})


@blueprint.get(ROUND + "/letters")
@guard(may_list_decisions)
def letters(round_id: int) -> ResponseReturnValue:
    """Every letter as it would go out now."""
    row = queries.get_round(db_session(), actor(), round_id)
    decisions = queries.decisions_of(db_session(), row)
    written = [(d, announcement.preview(context(), d)) for d in decisions]
    return render_template(
        "decision/letters.html", round=row, letters=[pair for pair in written if pair[1]]
    )


@blueprint.route(DECISION, methods=["GET", "POST"])
@guard(may_decide_application)
def edit(decision_id: int) -> ResponseReturnValue:
    """Decide of one application."""
    decision = queries.get_decision(db_session(), actor(), decision_id)
    if request.method == "GET":
        return _form_page(decision, filled(decision))
    form = DecisionForm()
    if not form.validate():
        return _form_page(decision, form), 422
    try:
        service.decide(context(), decision_id, form.choice(), version=form.version.data)
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(decision, form), 422
    except StaleVersion as error:
        form.version.data = decision.version
        return _form_page(decision, form, stale=say(error.message)), 409
    flash(_("Kept. The team hears nothing until everything is announced."), "good")
    return redirect(url_for("decision.show", round_id=decision.round_id), 303)


def _form_page(decision: Decision, form: DecisionForm, stale: str = "") -> str:
    return render_template(
        "decision/edit.html",
        decision=decision,
        form=form,
        stale=stale,
        letters=announcement.preview(context(), decision),
        outcomes=DECISION_OUTCOME_LABELS,
        states=APPLICATION_WORKFLOW.labels,
    )


@blueprint.get("/problems/<int:problem_id>/selection")
@guard(may_see_selection)
def selection(problem_id: int) -> ResponseReturnValue:
    """For the owner: which teams were offered a place, and what they answered."""
    problem = problems.get_problem(db_session(), actor(), problem_id)
    context().require(may_see_selection, problem)
    return render_template(
        "decision/selection.html",
        problem=problem,
        applications=queries.selection(db_session(), problem),
        states=APPLICATION_WORKFLOW.labels,
    )


@blueprint.post(ROUND + "/rest")
@guard(may_prepare)
def decide_rest(round_id: int) -> ResponseReturnValue:
    """Decide the same of everything that nothing is decided of."""
    form = RestForm()
    if not form.validate():
        return _page(round_id, rest=form), 422
    count = service.decide_rest(context(), round_id, form.choice())
    return _done(round_id, _("Decided of: %(count)s", count=count))


@blueprint.post(DECISION + "/leave-out")
@guard(may_prepare)
def leave_out(decision_id: int) -> ResponseReturnValue:
    """Leave one application for a later round."""
    row = service.leave_out(context(), decision_id)
    return _done(row.id, _("Left for a later round."))


@blueprint.post(ROUND + "/new")
@guard(may_prepare)
def add_new(round_id: int) -> ResponseReturnValue:
    """Take in what has come up for decision since."""
    count = service.add_new(context(), round_id)
    return _done(round_id, _("Taken in: %(count)s", count=count))


@blueprint.post(ROUND + "/days")
@guard(may_prepare)
def set_days(round_id: int) -> ResponseReturnValue:
    """Change how long teams have to answer."""
    form = DaysForm()
    if not form.validate():
        return _page(round_id, days=form), 422
    days, version = form.answer_days.data, form.version.data
    service.set_days(context(), round_id, answer_days=days or 0, version=version)
    return _done(round_id, _("Saved."))


@blueprint.post(ROUND + "/drop")
@guard(may_prepare)
def drop(round_id: int) -> ResponseReturnValue:
    """Give the round up; the applications stay as they are."""
    try:
        service.drop(context(), round_id, reason=DropForm().reason.data or "")
    except InvalidInput as error:
        return _page(round_id, refusal=in_words(error)), 422
    flash(_("Dropped. No team was told anything."), "good")
    return redirect(url_for("decision.index"), 303)


@blueprint.post(ROUND + "/announce")
@guard(may_announce)
def announce(round_id: int) -> ResponseReturnValue:
    """Tell everybody at once."""
    try:
        announcement.announce(context(), round_id, version=AnnounceForm().version.data)
    except InvalidInput:
        return _page(round_id), 422  # What stands in the way is on the page.
    return _done(round_id, _("Announced. The letters are on their way."))


def _done(round_id: int, text: str) -> ResponseReturnValue:
    flash(text, "good")
    return redirect(url_for("decision.show", round_id=round_id), 303)
