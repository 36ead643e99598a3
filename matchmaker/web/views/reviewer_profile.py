"""A reviewer's page about themselves: expertise, capacity, conflicts with organizations."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.policies.reviewer_profile import may_edit_profile
from matchmaker.queries import reviewer_profile as queries
from matchmaker.services import reviewer_profile as service
from matchmaker.web.auth import guard
from matchmaker.web.forms.reviewer_profile import ConflictForm, ProfileForm
from matchmaker.web.grading import reader
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("reviewer_profile", __name__)


@blueprint.get("/reviews/profile")
@guard(may_edit_profile)
def edit() -> ResponseReturnValue:
    """What the reviewer has said so far."""
    return _page()


@blueprint.post("/reviews/profile")
@guard(may_edit_profile)
def save() -> ResponseReturnValue:
    """Save expertise and capacity."""
    form = ProfileForm()
    if not form.validate():
        return _page(form), 422
    try:
        service.save(context(), form.values(), version=form.version.data)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(form), 422
    except StaleVersion as error:
        profile = queries.own_profile(db_session(), reader())
        form.form_errors.append(say(error.message))
        form.version.data = profile.version if profile else 0
        return _page(form), 409
    flash(_("Saved."), "good")
    return redirect(url_for("reviewer_profile.edit"), 303)


@blueprint.post("/reviews/profile/conflicts")
@guard(may_edit_profile)
def declare() -> ResponseReturnValue:
    """Declare a conflict."""
    form = ConflictForm()
    try:
        row = service.declare(context(), form.name.data or "", reason=form.reason.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(conflict=form), 422
    name = row.organization.name("zh" if reader().locale.startswith("zh") else "en")
    flash(_("Declared. You are not asked about problems of %(name)s.", name=name), "good")
    return redirect(url_for("reviewer_profile.edit") + "#conflicts", 303)


@blueprint.post("/reviews/profile/conflicts/<int:conflict_id>/end")
@guard(may_edit_profile)
def take_back(conflict_id: int) -> ResponseReturnValue:
    """A conflict is over."""
    service.take_back(context(), conflict_id)
    flash(_("The conflict is no longer declared."), "good")
    return redirect(url_for("reviewer_profile.edit") + "#conflicts", 303)


def _page(form: ProfileForm | None = None, conflict: ConflictForm | None = None) -> str:
    profile = queries.own_profile(db_session(), reader())
    fresh = (
        ProfileForm(formdata=None, obj=profile)
        if profile
        else ProfileForm(formdata=None, capacity=4)
    )
    if profile is not None and profile.gender is not None:
        fresh.gender.data = profile.gender.value
    return render_template(
        "reviewer_profile/edit.html",
        form=form or fresh,
        conflict=conflict or ConflictForm(formdata=None),
        conflicts=queries.own_conflicts(db_session(), reader()),
        organizations=queries.organizations_to_declare(db_session(), reader()),
    )
