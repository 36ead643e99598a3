"""Grading for the office: what there is to do, the page of a case, its panel and discussion."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, MatchmakerError, StaleVersion
from matchmaker.models import Seat
from matchmaker.policies.grade_appeal import may_decide_appeal
from matchmaker.policies.grading_panel import may_manage_panel, may_read_grading
from matchmaker.policies.site import may_enter_office
from matchmaker.queries import grading_panel as queries
from matchmaker.services import grade_appeal as appeals
from matchmaker.services import grading_panel as service
from matchmaker.web import grading_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.grade_review import CommentForm, ReasonForm
from matchmaker.web.forms.grading_panel import AssignForm, PanelForm, SettleForm
from matchmaker.web.grading import Forms, case_page, offer_both
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("grading_panel", __name__)

CASE = "/office/grading/<int:problem_id>"


@blueprint.get("/office/grading")
@guard(may_enter_office)
def overview() -> ResponseReturnValue:
    """Cases without reviewers, panels under way, owners' requests; and how much reviewers have."""
    found = queries.overview(db_session(), actor())
    return render_template("grading_panel/overview.html", found=found, grading=grading_words)


@blueprint.get(CASE)
@guard(may_read_grading)
def show(problem_id: int) -> ResponseReturnValue:
    """Everything the office sees of a case."""
    return case_page(problem_id)


@blueprint.post(CASE + "/panel")
@guard(may_manage_panel)
def name_panel(problem_id: int) -> ResponseReturnValue:
    """Ask two reviewers."""
    form = PanelForm()
    problem = queries.get_case(db_session(), actor(), problem_id)
    try:
        service.open_panel(context(), problem_id, form.people)
    except InvalidInput as error:
        form.show_refusal(error)
        offer_both(form, db_session(), problem)
        return case_page(problem_id, Forms(panel=form)), 422
    return _done(problem_id, _("Both reviewers have been asked by mail."))


@blueprint.post(CASE + "/seat")
@guard(may_manage_panel)
def assign(problem_id: int) -> ResponseReturnValue:
    """Name somebody for a vacant seat."""
    form = AssignForm()
    seat = Seat.SECTOR if form.seat.data == Seat.SECTOR.value else Seat.AI
    return _act(
        problem_id,
        lambda panel_id: service.assign(context(), panel_id, seat, form.person),
        _("The reviewer has been asked by mail."),
    )


@blueprint.post(CASE + "/reviews/<int:review_id>/replace")
@guard(may_manage_panel)
def replace(problem_id: int, review_id: int) -> ResponseReturnValue:
    """Free a seat, with a reason."""
    form = ReasonForm()
    said, seen = form.words, form.version.data
    return _act(
        problem_id,
        lambda _panel_id: service.replace(context(), review_id, reason=said, version=seen),
        _("The seat is free. Name somebody else below."),
    )


@blueprint.post(CASE + "/settle")
@guard(may_manage_panel)
def settle(problem_id: int) -> ResponseReturnValue:
    """End the discussion."""
    form = SettleForm()
    try:
        service.settle(
            context(),
            _open_panel(problem_id),
            words=form.words.data or "",
            version=form.version.data,
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return case_page(problem_id, Forms(settle=form)), 422
    except StaleVersion as error:
        form.form_errors.append(say(error.message))
        form.version.data = _version(problem_id)
        return case_page(problem_id, Forms(settle=form)), 409
    return _done(problem_id, _("The discussion has ended. Now the grade can be signed."))


@blueprint.post(CASE + "/discuss")
@guard(may_manage_panel)
def discuss(problem_id: int) -> ResponseReturnValue:
    """Have the reviewers discuss once more."""
    form = ReasonForm()
    said, seen = form.words, form.version.data
    return _act(
        problem_id,
        lambda panel_id: service.discuss_again(context(), panel_id, reason=said, version=seen),
        _("Both reviewers have been asked to discuss their points."),
    )


@blueprint.post(CASE + "/stop")
@guard(may_manage_panel)
def stop(problem_id: int) -> ResponseReturnValue:
    """End a panel that will not be signed."""
    form = ReasonForm()
    said, seen = form.words, form.version.data
    return _act(
        problem_id,
        lambda panel_id: service.stop_panel(context(), panel_id, reason=said, version=seen),
        _("The panel has been stopped. You can name other reviewers."),
    )


@blueprint.post(CASE + "/comment")
@guard(may_manage_panel)
def comment(problem_id: int) -> ResponseReturnValue:
    """Say something to both reviewers."""
    form = CommentForm()
    try:
        service.comment(context(), _open_panel(problem_id), form.body.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return case_page(problem_id, Forms(comment=form)), 422
    return _done(problem_id, _("Your comment is there for both reviewers."), "#discussion")


@blueprint.post(CASE + "/appeals/<int:appeal_id>/take")
@guard(may_decide_appeal)
def take_appeal(problem_id: int, appeal_id: int) -> ResponseReturnValue:
    """Take on an owner's request."""
    appeals.take(context(), appeal_id)
    return _done(problem_id, _("You have taken the request on. Name two fresh reviewers."))


def _act(problem_id: int, step: Callable[[int], object], done: str) -> ResponseReturnValue:
    """Take a step that has no form of its own on the page; a refusal is said above it."""
    try:
        step(_open_panel(problem_id))
    except (InvalidInput, StaleVersion) as error:
        said = [say(m) for messages in getattr(error, "fields", {}).values() for m in messages]
        page = case_page(problem_id, refused=" ".join(said) or _stale(error))
        return page, status_of(error)
    return _done(problem_id, done)


def _stale(error: MatchmakerError) -> str:
    if isinstance(error, StaleVersion):
        return str(_("Somebody else has changed this meanwhile. Look at it again, then decide."))
    return say(error.message)


def _open_panel(problem_id: int) -> int:
    """The panel at work on a case; 0, which nothing has, if there is none."""
    queries.get_case(db_session(), actor(), problem_id)
    panel = queries.open_panel(db_session(), problem_id)
    return panel.id if panel else 0


def _version(problem_id: int) -> int:
    panel = queries.open_panel(db_session(), problem_id)
    return panel.version if panel else 0


def _done(problem_id: int, text: str, anchor: str = "") -> ResponseReturnValue:
    flash(text, "good")
    return redirect(url_for("grading_panel.show", problem_id=problem_id) + anchor, 303)
