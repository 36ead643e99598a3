"""The targets of a call: what the office is measured by."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import INDICATORS, Call
from matchmaker.policies.call_target import may_edit_targets
from matchmaker.queries import call as calls
from matchmaker.queries import call_target as queries
from matchmaker.services import call_target as service
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.call_target import targets_form
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("call_target", __name__)


@blueprint.route("/office/calls/<int:call_id>/targets", methods=["GET", "POST"])
@guard(may_edit_targets)
def edit(call_id: int) -> ResponseReturnValue:
    """See and set the targets."""
    call = calls.get_call(db_session(), actor(), call_id)
    may_edit_targets.require(actor(), call)
    saved = queries.target_values(db_session(), call.id)
    version = queries.changes_so_far(queries.targets(db_session(), call.id).values())
    form = targets_form(saved, version)
    if request.method == "GET":
        return _page(form, call)
    if not form.validate():
        return _page(form, call), 422
    try:
        changed = service.update(context(), call.id, form.version.data, form.values())
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(form, call), 422
    except StaleVersion as error:
        form.version.data = version
        differing = _differing(form.values(), saved)
        return _page(form, call, stale=say(error.message), differing=differing), 409
    flash(_("Saved.") if changed else _("Nothing was changed."), "good")
    return redirect(url_for("figures.overview", call=call.id))


def _differing(
    typed: dict[str, int | None], saved: dict[str, int]
) -> list[tuple[str, object, object]]:
    return [
        (say(label), saved.get(name), typed[name])
        for name, (label, _usual) in INDICATORS.items()
        if typed[name] != saved.get(name)
    ]


def _page(form: object, call: Call, **values: object) -> str:
    return render_template(
        "call_target/edit.html", form=form, call=call, indicators=INDICATORS, **values
    )
