"""Organizations: register one, see one, say what it is."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field, SelectField

from matchmaker.competency import load_taxonomy
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import (
    ORGANIZATION_KIND_LABELS,
    ORGANIZATION_SIZE_LABELS,
    Organization,
)
from matchmaker.policies.organization import may_create, may_edit
from matchmaker.queries import organization as organizations
from matchmaker.queries import private_call as private_calls
from matchmaker.queries import referral as referrals
from matchmaker.services import organization as service
from matchmaker.web import drafts
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.forms.organization import OrganizationForm
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.private_call import PRIVATE_CALL_WORKFLOW
from matchmaker.workflows.problem import PROBLEM_WORKFLOW
from matchmaker.workflows.referral import REFERRAL_WORKFLOW

blueprint = Blueprint("organization", __name__)

ORGANIZATION = "/organizations/<int:organization_id>"


@blueprint.get(ORGANIZATION)
@guard(PUBLIC)
def show(organization_id: int) -> ResponseReturnValue:
    """What an organization says of itself, and the problems it sets."""
    organization = organizations.get(db_session(), actor(), organization_id)
    return render_template(
        "organization/show.html",
        organization=organization,
        kind_labels=ORGANIZATION_KIND_LABELS,
        size_labels=ORGANIZATION_SIZE_LABELS,
        framework=load_taxonomy(),
        problem_labels=PROBLEM_WORKFLOW.labels,
        problems=organizations.problems(db_session(), actor(), organization),
        referrals=referrals.of_enterprise(db_session(), actor(), organization),
        referral_labels=REFERRAL_WORKFLOW.labels,
        private_calls=private_calls.of_organization(db_session(), actor(), organization.id),
        private_call_labels=PRIVATE_CALL_WORKFLOW.labels,
    )


@blueprint.route("/organizations/new", methods=["GET", "POST"])
@guard(may_create)
def create() -> ResponseReturnValue:
    """Register an organization."""
    if request.method == "POST":
        return _created(OrganizationForm())
    typed = drafts.restore("organization:new")
    return _form_page(OrganizationForm(formdata=typed), None, typed=typed)


@blueprint.route(f"{ORGANIZATION}/edit", methods=["GET", "POST"])
@guard(may_edit)
def edit(organization_id: int) -> ResponseReturnValue:
    """Change what an organization says of itself."""
    organization = organizations.get(db_session(), actor(), organization_id)
    may_edit.require(actor(), organization)
    if request.method == "POST":
        return _saved(OrganizationForm(), organization)
    typed = drafts.restore(f"organization:{organization_id}")
    return _form_page(OrganizationForm(formdata=typed, obj=organization), organization, typed=typed)


def _created(form: OrganizationForm) -> ResponseReturnValue:
    if not form.validate():
        return _form_page(form, None), 422
    try:
        organization = service.create(context(), form.values())
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(form, None), 422
    drafts.discard("organization:new")
    flash(_("Registered. You can invite your colleagues now."), "success")
    return redirect(url_for("organization.show", organization_id=organization.id))


def _saved(form: OrganizationForm, organization: Organization) -> ResponseReturnValue:
    if not form.validate():
        return _form_page(form, organization), 422
    try:
        service.update(context(), organization.id, form.version.data, form.values())
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(form, organization), 422
    except StaleVersion as error:
        return _stale_page(form, organization, error), 409
    drafts.discard(f"organization:{organization.id}")
    flash(_("Saved."), "success")
    return redirect(url_for("organization.show", organization_id=organization.id))


def _form_page(form: OrganizationForm, organization: Organization | None, **values: object) -> str:
    return render_template("organization/edit.html", form=form, organization=organization, **values)


def _stale_page(form: OrganizationForm, organization: Organization, error: StaleVersion) -> str:
    """What was typed, beside what somebody else has saved; saving again replaces that."""
    saved = OrganizationForm(formdata=None, obj=organization)
    differing = [
        (field.label.text, shown_value(saved[field.name]), shown_value(field))
        for field in form
        if field.name not in ("version", "csrf_token")
        and shown_value(saved[field.name]) != shown_value(field)
    ]
    form.version.data = organization.version
    return _form_page(form, organization, stale=say(error.message), differing=differing)


def shown_value(field: Field) -> str:
    """A field's value as people read it: of a choice, its label."""
    if isinstance(field, SelectField):
        return next((label for _v, label, chosen, _k in field.iter_choices() if chosen), "")
    return field.data or ""
