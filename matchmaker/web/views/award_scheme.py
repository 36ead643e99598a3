"""The scheme of a call's awards, set by its office."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, NotFound, StaleVersion
from matchmaker.models import AwardScheme
from matchmaker.policies.award import may_run_awards
from matchmaker.queries import award_scheme as queries
from matchmaker.services import award_scheme as service
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.award_scheme import SchemeForm, saved
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("award_scheme", __name__)


@blueprint.route("/office/awards/<int:call_id>/scheme", methods=["GET", "POST"])
@guard(may_run_awards)
def edit(call_id: int) -> ResponseReturnValue:
    """Tiers, criteria, money and days."""
    call = queries.get_call(db_session(), actor(), call_id)
    context().require(may_run_awards, call)
    scheme = queries.scheme_of(db_session(), call_id)
    if scheme is None:
        raise NotFound
    if request.method == "GET":
        return _page(SchemeForm(formdata=None, data=saved(scheme)), scheme)
    form = SchemeForm()
    if not form.validate():
        return _page(form, scheme), 422
    return _submitted(form, scheme)


def _submitted(form: SchemeForm, scheme: AwardScheme) -> ResponseReturnValue:
    reason, version = form.reason.data or "", form.version.data
    try:
        service.save(context(), scheme.call_id, form.values(), reason=reason, version=version)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(form, scheme), 422
    except StaleVersion as error:
        db_session().refresh(scheme)
        form.version.raw_data, form.version.data = None, scheme.version
        return _page(form, scheme, stale=say(error.message)), 409
    flash(_("Saved."), "good")
    return redirect(url_for("award.show", call_id=scheme.call_id), 303)


def _page(form: SchemeForm, scheme: AwardScheme, stale: str = "") -> str:
    form.add_blank_rows()
    return render_template(
        "award_scheme/edit.html",
        form=form,
        scheme=scheme,
        stale=stale,
        saved=SchemeForm(formdata=None, data=saved(scheme)) if stale else None,
        versions=queries.versions_of(db_session(), scheme),
    )
