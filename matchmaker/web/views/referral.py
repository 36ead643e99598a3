"""Referrals: an association's members, an enterprise's answer and consent, the office's figures."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import DeadlinePassed, InvalidInput, InvalidTransition, MatchmakerError
from matchmaker.models import Organization, User
from matchmaker.policies.referral import (
    answering_organizations,
    may_answer,
    may_consent,
    may_read_figures,
    may_refer,
    may_revoke,
)
from matchmaker.policies.site import may_use
from matchmaker.queries import organization as organizations
from matchmaker.queries import referral as queries
from matchmaker.reports.referral import figures_csv, group_name, member_name, members_csv
from matchmaker.services import referral as service
from matchmaker.web import listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.referral import AnswerForm, ReferForm
from matchmaker.web.i18n import current_language, current_locale, say, zone
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.problem import PROBLEM_WORKFLOW
from matchmaker.workflows.referral import REFERRAL_WORKFLOW

blueprint = Blueprint("referral", __name__)

ASSOCIATION = "/organizations/<int:organization_id>/referrals"
REFERRAL = "/referrals/<int:referral_id>"


def person() -> User:
    """The signed-in person; the guard has made sure there is one."""
    return cast(User, actor())


def _association(organization_id: int) -> Organization:
    association = organizations.get(db_session(), actor(), organization_id)
    context().require(may_refer, association)
    return association


@blueprint.get(ASSOCIATION)
@guard(may_refer)
def index(organization_id: int) -> ResponseReturnValue:
    """The association's members and, with their consent, where their problems stand."""
    return _index_page(_association(organization_id), ReferForm(formdata=None))


@blueprint.post(ASSOCIATION)
@guard(may_refer)
def send(organization_id: int) -> ResponseReturnValue:
    """Refer an enterprise."""
    association, form = _association(organization_id), ReferForm()
    if not form.validate():
        return _index_page(association, form), 422
    message = form.message.data or ""
    try:
        service.send(context(), association.id, form.addressee(), message=message)
    except InvalidInput as error:
        form.show_refusal(error)
        return _index_page(association, form), 422
    flash(_("Noted. If we can reach the enterprise, it gets a letter; it answers within 60 days."))
    return redirect(url_for("referral.index", organization_id=association.id), 303)


def _index_page(association: Organization, form: ReferForm) -> str:
    words = listing.chosen("find")
    found = queries.find_enterprises(db_session(), person(), words)
    form.offer(found)
    return render_template(
        "referral/index.html",
        association=association,
        form=form,
        words=words,
        found=found,
        lines=queries.of_association(db_session(), person(), association),
        labels=REFERRAL_WORKFLOW.labels,
        problem_labels=PROBLEM_WORKFLOW.labels,
        member_name=lambda line: member_name(line, current_language()),
    )


@blueprint.get(ASSOCIATION + ".csv")
@guard(may_refer)
def export(organization_id: int) -> ResponseReturnValue:
    """The same as a table for a spreadsheet."""
    association = _association(organization_id)
    lines = queries.of_association(db_session(), person(), association)
    return _csv(members_csv(lines, current_locale(), zone()), f"members-{association.id}.csv")


def _csv(text: str, name: str) -> Response:
    response = Response(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get(REFERRAL)
@guard(may_use)
def show(referral_id: int) -> ResponseReturnValue:
    """A referral, for the enterprise that answers and the association that sent it."""
    return _page(referral_id)


def _page(referral_id: int, error: MatchmakerError | None = None) -> ResponseReturnValue:
    referral = queries.get(db_session(), actor(), referral_id)
    form = AnswerForm()
    form.offer(answering_organizations(person(), referral))
    state = queries.state_now(referral)
    return render_template(
        "referral/show.html",
        referral=referral,
        state=state,
        label=REFERRAL_WORKFLOW.labels[state],
        form=form,
        answers=may_answer.allows(actor(), referral),
        consents=may_consent.allows(actor(), referral),
        revokes=may_revoke.allows(actor(), referral),
        history=queries.history(db_session(), referral),
        error=say(error.message) if error else "",
    ), status_of(error) if error else 200


@blueprint.post(REFERRAL + "/accept")
@guard(may_answer)
def accept(referral_id: int) -> ResponseReturnValue:
    """Accept for an organization one leads."""
    try:
        service.accept(context(), referral_id, organization_id=AnswerForm().chosen)
    except (InvalidInput, InvalidTransition, DeadlinePassed) as error:
        return _page(referral_id, error)
    flash(
        _("Accepted. The association sees nothing of your problems unless you let it."), "success"
    )
    return _to(referral_id)


@blueprint.post(REFERRAL + "/decline")
@guard(may_answer)
def decline(referral_id: int) -> ResponseReturnValue:
    """Turn the referral down."""
    try:
        service.decline(context(), referral_id)
    except (InvalidTransition, DeadlinePassed) as error:
        return _page(referral_id, error)
    flash(_("Turned down."), "success")
    return _to(referral_id)


@blueprint.post(REFERRAL + "/revoke")
@guard(may_revoke)
def revoke(referral_id: int) -> ResponseReturnValue:
    """The association takes the referral back."""
    try:
        referral = service.revoke(context(), referral_id)
    except InvalidTransition as error:
        return _page(referral_id, error)
    flash(_("Taken back."), "success")
    return redirect(url_for("referral.index", organization_id=referral.association_id), 303)


@blueprint.post(REFERRAL + "/consent")
@guard(may_consent)
def consent(referral_id: int) -> ResponseReturnValue:
    """Give consent, or take it back."""
    is_given = request.form.get("given") == "yes"
    try:
        service.consent(context(), referral_id, is_given=is_given)
    except InvalidInput as error:
        return _page(referral_id, error)
    flash(
        _("The association sees from now on where your problems stand.")
        if is_given
        else _("The association sees nothing of your problems any more."),
        "success",
    )
    return _to(referral_id)


@blueprint.post(REFERRAL + "/end")
@guard(may_consent)
def end(referral_id: int) -> ResponseReturnValue:
    """Leave the association's care."""
    try:
        service.end(context(), referral_id)
    except InvalidTransition as error:
        return _page(referral_id, error)
    flash(_("The referral is ended."), "success")
    return _to(referral_id)


def _to(referral_id: int) -> ResponseReturnValue:
    return redirect(url_for("referral.show", referral_id=referral_id), 303)


@blueprint.get("/office/referrals")
@guard(may_read_figures)
def figures() -> ResponseReturnValue:
    """Referrals by association, sector and outcome."""
    associations, sectors = queries.figures(db_session(), person())
    return render_template(
        "referral/figures.html",
        groups=(
            (_("By association"), "associations", associations),
            (_("By sector of the enterprise"), "sectors", sectors),
        ),
        outcomes=queries.OUTCOMES,
        labels=REFERRAL_WORKFLOW.labels,
        group_name=lambda line: group_name(line, current_locale()),
    )


@blueprint.get("/office/referrals.csv")
@guard(may_read_figures)
def figures_table() -> ResponseReturnValue:
    """The same as a table for a spreadsheet."""
    associations, sectors = queries.figures(db_session(), person())
    return _csv(figures_csv(associations, sectors, current_locale()), "referrals.csv")
