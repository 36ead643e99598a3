"""The readiness check of an organization: its pages, its result, its history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.assessment.rubric import ReadinessRubric
from matchmaker.errors import InvalidInput, NotFound, StaleVersion
from matchmaker.models import Organization, ReadinessAssessment
from matchmaker.policies.organization import may_read_details
from matchmaker.policies.readiness import (
    is_respondent_there,
    may_answer,
    may_discard,
    may_start,
    may_take_over,
    may_verify,
)
from matchmaker.queries import organization as organizations
from matchmaker.queries import readiness as queries
from matchmaker.queries.office_setting import value
from matchmaker.services import readiness as service
from matchmaker.web import readiness_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.forms.readiness import PageForm, VerifyForm, page_form
from matchmaker.web.i18n import current_language, say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("readiness", __name__)

CHECKS = "/organizations/<int:organization_id>/readiness"
CHECK = CHECKS + "/<int:assessment_id>"


@blueprint.get(CHECKS)
@guard(may_read_details)
def index(organization_id: int) -> ResponseReturnValue:
    """What the check is, what came of earlier ones, and where to begin."""
    organization = _organization(organization_id)
    return render_template(
        "readiness/index.html",
        organization=organization,
        history=queries.completed(db_session(), actor(), organization),
        unfinished=[
            _progress(row) for row in queries.unfinished(db_session(), actor(), organization)
        ],
        refusal=_refusal(organization),
        valid_months=value(db_session(), "readiness_valid_months"),
        stage_name=stage_name,
        words=readiness_words,
    )


def stage_name(assessment: ReadinessAssessment) -> str:
    """What the stage of a completed check was called when it was reached."""
    stages = service.rubric_of(db_session(), assessment).stages
    return stages[assessment.stage or ""].label(current_language())


def _organization(organization_id: int) -> Organization:
    organization = organizations.get(db_session(), actor(), organization_id)
    may_read_details.require(actor(), organization)
    return organization


def _refusal(organization: Organization) -> str:
    """Why the reader cannot begin a check here; nothing if they can."""
    user = actor()
    reason = may_start(user, organization) if user else None
    return say(reason) if reason else ""


def _progress(assessment: ReadinessAssessment) -> dict[str, Any]:
    rubric = service.rubric_of(db_session(), assessment)
    return {
        "assessment": assessment,
        "progress": service.progress(rubric, assessment.answers),
        "is_there": is_respondent_there(assessment),
    }


@blueprint.post(CHECKS)
@guard(may_start)
def start(organization_id: int) -> ResponseReturnValue:
    """Begin a check, or go on with the one begun."""
    beside = number_or_none(request.form.get("beside"))
    return _go_on(service.start(context(), organization_id, beside))


def _go_on(assessment: ReadinessAssessment) -> ResponseReturnValue:
    """To the first page that lacks an answer; once none does, to the last."""
    rubric = service.rubric_of(db_session(), assessment)
    progress = service.progress(rubric, assessment.answers)
    return redirect(_page_url(assessment, progress.next_page or progress.pages[-1]))


def _page_url(assessment: ReadinessAssessment, dimension: str, **values: object) -> str:
    return url_for(
        "readiness.page",
        organization_id=assessment.organization_id,
        assessment_id=assessment.id,
        dimension=dimension,
        **values,  # type: ignore[arg-type]
    )


def _assessment(organization_id: int, assessment_id: int) -> ReadinessAssessment:
    assessment = queries.get(db_session(), actor(), assessment_id)
    if assessment.organization_id != organization_id:
        raise NotFound
    return assessment


@blueprint.get(CHECK + "/resume")
@guard(may_answer)
def resume(organization_id: int, assessment_id: int) -> ResponseReturnValue:
    """Go on where the answers stop."""
    assessment = _assessment(organization_id, assessment_id)
    may_answer.require(actor(), assessment)
    return redirect(_result_url(assessment)) if assessment.is_completed else _go_on(assessment)


@blueprint.route(CHECK + "/<dimension>", methods=["GET", "POST"])
@guard(may_answer)
def page(organization_id: int, assessment_id: int, dimension: str) -> ResponseReturnValue:
    """The questions of one side."""
    assessment = _assessment(organization_id, assessment_id)
    may_answer.require(actor(), assessment)
    rubric = service.rubric_of(db_session(), assessment)
    items = service.items_of(rubric, dimension)
    form = page_form(items, assessment.answers, assessment.version)
    if request.method == "POST":
        return _saved(form, assessment, dimension, rubric)
    if assessment.is_completed:
        return redirect(_result_url(assessment))
    if request.args.get("missing"):
        form.mark_missing()
    return _form_page(form, assessment, dimension, rubric)


def _saved(
    form: PageForm, assessment: ReadinessAssessment, dimension: str, rubric: ReadinessRubric
) -> ResponseReturnValue:
    answers = form.answers() if form.validate() else {}
    change = (assessment.id, form.version.data, dimension, answers)
    before = dict(assessment.answers)
    try:
        service.save_page(context(), *change)
    except StaleVersion as error:
        form.version.data = assessment.version
        found = _conflicts(rubric, dimension, before, answers)
        return _form_page(form, assessment, dimension, rubric, say(error.message), found), 409
    return _next(form, assessment, dimension, rubric)


def _conflicts(
    rubric: ReadinessRubric,
    dimension: str,
    saved: dict[str, int | None],
    typed: dict[str, int | None],
) -> list[readiness_words.Difference]:
    found = readiness_words.differences(rubric, saved, {**saved, **typed})
    return [difference for difference in found if difference.item.dimension == dimension]


def _next(
    form: PageForm, assessment: ReadinessAssessment, dimension: str, rubric: ReadinessRubric
) -> ResponseReturnValue:
    """After saving: away, back to what is missing, on to the next page, or to the result."""
    progress = service.progress(rubric, assessment.answers)
    if form.leave.data:
        flash(_("Saved. You can go on whenever you like."), "success")
        return redirect(url_for("readiness.index", organization_id=assessment.organization_id))
    if dimension not in progress.done:
        return redirect(_page_url(assessment, dimension, missing=1))
    if progress.next_page is not None:
        return redirect(_page_url(assessment, progress.next_page))
    service.complete(context(), assessment.id)
    return redirect(_result_url(assessment))


def _form_page(
    form: PageForm,
    assessment: ReadinessAssessment,
    dimension: str,
    rubric: ReadinessRubric,
    stale: str = "",
    differing: object = (),
) -> str:
    return render_template(
        "readiness/page.html",
        form=form,
        assessment=assessment,
        organization=assessment.organization,
        dimension=rubric.dimensions[dimension],
        dimensions=list(rubric.dimensions.values()),
        progress=service.progress(rubric, assessment.answers),
        page_url=_page_url,
        stale=stale,
        differing=differing,
    )


def _result_url(assessment: ReadinessAssessment) -> str:
    return url_for(
        "readiness.show",
        organization_id=assessment.organization_id,
        assessment_id=assessment.id,
    )


@blueprint.get(CHECK)
@guard(may_read_details)
def show(organization_id: int, assessment_id: int) -> ResponseReturnValue:
    """The result: stage, picture, next steps, fitting grade; for an opinion, the one it is on."""
    assessment = _assessment(organization_id, assessment_id)
    if not assessment.is_completed:
        return redirect(url_for("readiness.index", organization_id=organization_id))
    return _result_page(assessment)


def _result_page(assessment: ReadinessAssessment, form: VerifyForm | None = None) -> str:
    rubric = service.rubric_of(db_session(), assessment)
    opinions = queries.opinions(db_session(), actor(), assessment)
    beside = next((row for row in opinions if row.is_completed), None)
    months = value(db_session(), "readiness_valid_months")
    return render_template(
        "readiness/show.html",
        assessment=assessment,
        organization=assessment.organization,
        rubric=rubric,
        result=service.result_of(db_session(), assessment),
        history=queries.completed(db_session(), actor(), assessment.organization),
        opinions=opinions,
        beside=beside,
        may_opine=_may_opine(assessment, opinions),
        differing=_differing(rubric, assessment, beside),
        valid_months=months,
        is_old=readiness_words.is_old(assessment, months),
        caps=value(db_session(), "readiness_caps_grade"),
        can_verify=not assessment.verified_at and may_verify.allows(actor(), assessment),
        form=form or VerifyForm(formdata=None),
        stage_name=stage_name,
        words=readiness_words,
    )


def _may_opine(assessment: ReadinessAssessment, opinions: Any) -> bool:
    user = actor()
    taken = {row.respondent_id for row in (assessment, *opinions)}
    return (
        assessment.beside_id is None
        and user is not None
        and user.id not in taken
        and may_start.allows(user, assessment.organization)
    )


def _differing(
    rubric: ReadinessRubric, assessment: ReadinessAssessment, beside: ReadinessAssessment | None
) -> list[readiness_words.Difference]:
    if beside is None:
        return []
    return readiness_words.differences(rubric, assessment.answers, beside.answers)


@blueprint.post(CHECK + "/discard")
@guard(may_discard)
def discard(organization_id: int, assessment_id: int) -> ResponseReturnValue:
    """Throw a half-filled check away."""
    _assessment(organization_id, assessment_id)
    service.discard(context(), assessment_id)
    flash(_("Thrown away. Completed checks are all still there."), "success")
    return redirect(url_for("readiness.index", organization_id=organization_id))


@blueprint.post(CHECK + "/take-over")
@guard(may_take_over)
def take_over(organization_id: int, assessment_id: int) -> ResponseReturnValue:
    """Go on with the check of somebody who has left."""
    _assessment(organization_id, assessment_id)
    return _go_on(service.take_over(context(), assessment_id))


@blueprint.post(CHECK + "/verify")
@guard(may_verify)
def verify(organization_id: int, assessment_id: int) -> ResponseReturnValue:
    """Confirm the answers after a visit."""
    assessment = _assessment(organization_id, assessment_id)
    form = VerifyForm()
    try:
        if form.validate():
            service.verify(context(), assessment_id, form.reason.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
    if form.errors or form.form_errors:
        return _result_page(assessment, form), 422
    flash(_("Confirmed. Reports count it apart from what organizations say of themselves."), "good")
    return redirect(_result_url(assessment))
