"""Milestones of an engagement: the plan, each milestone, what was handed in and what it changed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, MatchmakerError, NotFound, StaleVersion
from matchmaker.models import Engagement, Milestone, MilestoneChange, MilestoneVersion, PlanChange
from matchmaker.policies.engagement import may_read_engagement, side_of
from matchmaker.policies.milestone import (
    may_decide_change,
    may_order,
    may_plan,
    may_propose,
    may_read_milestone,
    may_withdraw_change,
)
from matchmaker.queries import engagement as engagements
from matchmaker.queries import milestone as queries
from matchmaker.queries.extension_request import extensions_of
from matchmaker.queries.milestone_change import changes_of
from matchmaker.services import milestone_plan as service
from matchmaker.services import milestone_receipt as receipts
from matchmaker.web import engagement_words, milestone_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import in_words, status_of
from matchmaker.web.forms.base import BaseForm, number_or_none
from matchmaker.web.forms.milestone import ChangeAnswerForm, PlanForm, ReasonForm, VersionForm
from matchmaker.web.i18n import say
from matchmaker.web.milestone_page import REFUSALS, act, find, not_done, page, set_apart
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.engagement import ENGAGEMENT
from matchmaker.workflows.milestone import MilestoneState
from matchmaker.workflows.milestone_change import MilestoneChangeState

blueprint = Blueprint("milestone", __name__)

MILESTONES = ENGAGEMENT + "/milestones"
MILESTONE = MILESTONES + "/<int:milestone_id>"
CHANGE = MILESTONES + "/changes/<int:change_id>"


def _engagement(engagement_id: int) -> Engagement:
    return engagements.get_engagement(db_session(), actor(), engagement_id)


# The plan


@blueprint.get(MILESTONES)
@guard(may_read_engagement)
def index(engagement_id: int) -> ResponseReturnValue:
    """The plan, and how far it is."""
    return _index(_engagement(engagement_id))


def _index(engagement: Engagement, **shown: Any) -> str:
    session, side = db_session(), side_of(actor(), engagement)
    rows = queries.of_engagement(session, engagement.id)
    proposals = changes_of(session, engagement.id)
    waiting = [one for one in proposals if one.state is MilestoneChangeState.PROPOSED]
    forms = {one.id: _answer_form(one) for one in waiting} | shown.pop("answer_forms", {})
    for number, form in forms.items():
        set_apart(form, f"change-{number}")
    return render_template(
        "milestone/index.html",
        engagement=engagement,
        side=side,
        stages=[(stage, _of_stage(rows, stage)) for stage in engagement.stages],
        dropped=[row for row in rows if row.state is MilestoneState.DROPPED],
        waiting=waiting,
        answered=[one for one in proposals if one not in waiting],
        asked=[
            one for one in extensions_of(session, [row.id for row in rows]) if one.state == "asked"
        ],
        milestone_words=milestone_words,
        answer_forms=forms,
        **shown,
    )


def _answer_form(change: MilestoneChange) -> ChangeAnswerForm:
    return ChangeAnswerForm(formdata=None, data={"version": change.version})


def _of_stage(rows: Any, stage: str) -> list[Milestone]:
    return [row for row in rows if row.stage == stage and row.state is not MilestoneState.DROPPED]


def _stage_choices(engagement: Engagement) -> list[tuple[str, str]]:
    return [
        (row.stage, engagement_words.stage_name(row.stage))
        for row in engagement.plan
        if row.ended_at is None
    ]


@blueprint.route(MILESTONES + "/new", methods=["GET", "POST"])
@guard(may_read_engagement)
def create(engagement_id: int) -> ResponseReturnValue:
    """Add a milestone; a team proposes one."""
    engagement = _engagement(engagement_id)
    is_proposal = _proposes(engagement)
    form = PlanForm()
    form.offer_stages(_stage_choices(engagement))
    if request.method == "GET":
        form.stage.data = engagement.stage or engagement.stages[0]
        return _plan_page(engagement, None, form)
    if not form.validate():
        return _plan_page(engagement, None, form), 422
    try:
        if is_proposal:
            _propose(engagement_id, PlanChange.ADD, form)
        else:
            service.add(context(), engagement_id, form.values())
    except REFUSALS as error:
        return _plan_refused(engagement_id, None, form, error)
    return _planned(engagement_id, is_proposal=is_proposal)


@blueprint.route(MILESTONE + "/edit", methods=["GET", "POST"])
@guard(may_read_milestone)
def edit(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """Change what a milestone asks for; a team proposes it."""
    row = find(engagement_id, milestone_id)
    is_proposal = _proposes(row.engagement)
    form = PlanForm(obj=row)
    form.offer_stages(_stage_choices(row.engagement))
    form.stage.data = row.stage
    if request.method == "GET":
        return _plan_page(row.engagement, row, form)
    if not form.validate():
        return _plan_page(row.engagement, row, form), 422
    try:
        if is_proposal:
            _propose(engagement_id, PlanChange.CHANGE, form, milestone_id)
        else:
            service.change(
                context(), engagement_id, milestone_id, form.values(), version=form.version.data
            )
    except REFUSALS as error:
        return _plan_refused(engagement_id, milestone_id, form, error)
    return _planned(engagement_id, is_proposal=is_proposal)


def _proposes(engagement: Engagement) -> bool:
    """Whether the reader proposes rather than changes; whoever may do neither is told."""
    if may_propose.allows(actor(), engagement):
        return True
    context().require(may_plan, engagement)
    return False


def _propose(
    engagement_id: int, kind: PlanChange, form: PlanForm, milestone_id: int | None = None
) -> None:
    service.propose(
        context(),
        engagement_id,
        kind,
        form.values(),
        milestone_id=milestone_id,
        reason=form.reason.data or "",
    )


def _planned(engagement_id: int, *, is_proposal: bool) -> ResponseReturnValue:
    done = _("Proposed. The plan changes once the owner or the office agrees.")
    flash(done if is_proposal else _("The plan is changed."), "success")
    return redirect(url_for("milestone.index", engagement_id=engagement_id), 303)


def _plan_refused(
    engagement_id: int, milestone_id: int | None, form: PlanForm, error: MatchmakerError
) -> ResponseReturnValue:
    db_session().rollback()
    row = find(engagement_id, milestone_id) if milestone_id is not None else None
    stale = row is not None and isinstance(error, StaleVersion)
    if isinstance(error, InvalidInput):
        form.show_refusal(error)
    else:
        form.form_errors.append(say(error.message))
    if row is not None and stale:
        form.version.raw_data, form.version.data = None, row.version
    answer = _plan_page(_engagement(engagement_id), row, form, stale=stale)
    return answer, status_of(error)


def _plan_page(
    engagement: Engagement, row: Milestone | None, form: PlanForm, *, stale: bool = False
) -> str:
    return render_template(
        "milestone/edit.html",
        engagement=engagement,
        milestone=row,
        form=form,
        stale=stale,
        is_proposal=may_propose.allows(actor(), engagement),
        milestone_words=milestone_words,
    )


@blueprint.post(MILESTONE + "/drop")
@guard(may_read_milestone)
def drop(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """Take a milestone out of the plan; a team proposes it."""
    form = ReasonForm()
    is_proposal = _proposes(find(engagement_id, milestone_id).engagement)

    def decide() -> None:
        if is_proposal:
            service.propose(
                context(),
                engagement_id,
                PlanChange.DROP,
                milestone_id=milestone_id,
                reason=form.reason.data or "",
            )
        else:
            service.drop(
                context(),
                engagement_id,
                milestone_id,
                reason=form.reason.data or "",
                version=form.version.data,
            )

    done = _("Proposed. The plan changes once the owner or the office agrees.")
    text = done if is_proposal else _("Taken out of the plan.")
    return act(engagement_id, milestone_id, "drop_form", form, decide, text)


@blueprint.post(MILESTONE + "/order")
@guard(may_order)
def order(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """Move a milestone up or down in its stage."""
    try:
        service.order(
            context(),
            engagement_id,
            milestone_id,
            up=request.form.get("direction") == "up",
            version=VersionForm().version.data,
        )
    except REFUSALS as error:
        return not_done(engagement_id, milestone_id, error)
    return redirect(url_for("milestone.index", engagement_id=engagement_id), 303)


@blueprint.post(CHANGE)
@guard(may_decide_change)
def answer(engagement_id: int, change_id: int) -> ResponseReturnValue:
    """Agree to what a team proposes, or leave the plan as it is."""
    form = ChangeAnswerForm()
    if not form.validate():
        return _answer_again(engagement_id, change_id, form), 422
    try:
        service.answer(
            context(),
            engagement_id,
            change_id,
            agree=form.answer.data == "agree",
            note=form.note.data or "",
            version=form.version.data,
        )
    except REFUSALS as error:
        db_session().rollback()
        if isinstance(error, InvalidInput):
            form.show_refusal(error)
        else:
            form.form_errors.append(say(error.message))
        return _answer_again(engagement_id, change_id, form), status_of(error)
    flash(_("Answered. The team reads it."), "success")
    return redirect(url_for("milestone.index", engagement_id=engagement_id), 303)


def _answer_again(engagement_id: int, change_id: int, form: BaseForm) -> str:
    """The plan with the answer as typed."""
    engagement = _engagement(engagement_id)
    if change_id not in {one.id for one in changes_of(db_session(), engagement.id)}:
        raise NotFound
    return _index(engagement, answer_forms={change_id: form}, opened=change_id)


@blueprint.post(CHANGE + "/withdraw")
@guard(may_withdraw_change)
def withdraw(engagement_id: int, change_id: int) -> ResponseReturnValue:
    """The team takes its proposal back."""
    try:
        service.withdraw(context(), engagement_id, change_id)
    except REFUSALS as error:
        db_session().rollback()
        return _index(_engagement(engagement_id), refusal=in_words(error)), status_of(error)
    flash(_("Taken back."), "success")
    return redirect(url_for("milestone.index", engagement_id=engagement_id), 303)


# One milestone


@blueprint.get(MILESTONE)
@guard(may_read_milestone)
def show(engagement_id: int, milestone_id: int) -> ResponseReturnValue:
    """One milestone: what is asked for, handed in, said and decided."""
    return page(engagement_id, milestone_id)


def _version_of(row: Milestone, number: int) -> MilestoneVersion:
    for version in row.versions:
        if version.number == number:
            return version
    raise NotFound


@blueprint.get(MILESTONE + "/versions/<int:number>")
@guard(may_read_milestone)
def version(engagement_id: int, milestone_id: int, number: int) -> ResponseReturnValue:
    """One version as it was handed in, with what differs from another."""
    row = find(engagement_id, milestone_id)
    shown = _version_of(row, number)
    against = number_or_none(request.args.get("against")) or number - 1
    before = _version_of(row, against) if against and against != number else None
    return render_template(
        "milestone/version.html",
        milestone=row,
        engagement=row.engagement,
        shown=shown,
        before=before,
        changes=milestone_words.changes(before, shown) if before else [],
        milestone_words=milestone_words,
    )


@blueprint.get(MILESTONE + "/receipts/<int:number>")
@guard(may_read_milestone)
def receipt(engagement_id: int, milestone_id: int, number: int) -> ResponseReturnValue:
    """The receipt of one version, to keep or to print."""
    row = find(engagement_id, milestone_id)
    return render_template(
        "milestone/receipt.html",
        milestone=row,
        engagement=row.engagement,
        shown=_version_of(row, number),
        milestone_words=milestone_words,
    )


@blueprint.get(MILESTONE + "/receipts/<int:number>.json")
@guard(may_read_milestone)
def record(engagement_id: int, milestone_id: int, number: int) -> ResponseReturnValue:
    """The file whose SHA-256 stands on the receipt."""
    row = find(engagement_id, milestone_id)
    shown = _version_of(row, number)
    name = f"{row.engagement.number}-{row.stage}-{row.id}-v{shown.number}.json"
    response = Response(receipts.content_bytes(row, shown), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
