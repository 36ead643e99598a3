"""The rules of a call, set by its office."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import Call, CallRules
from matchmaker.policies.call_rules import may_edit_rules
from matchmaker.queries import call as calls
from matchmaker.queries.call_rules import rules_of
from matchmaker.services import call_rules as service
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.call_rules import RulesForm, saved
from matchmaker.web.forms.team import kinds
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.call import back_url

blueprint = Blueprint("call_rules", __name__)


@blueprint.route("/office/calls/<int:call_id>/rules", methods=["GET", "POST"])
@guard(may_edit_rules)
def edit(call_id: int) -> ResponseReturnValue:
    """When and from whom applications are taken, and what they say."""
    call = calls.get_call(db_session(), actor(), call_id)
    context().require(may_edit_rules, call)
    rules = rules_of(db_session(), call.id)
    if request.method == "GET":
        return _page(RulesForm(data=_saved(call, rules)), call, rules)
    form = RulesForm()
    if "more" in request.form:
        form.add_blank_rows(more=3)
        return _page(form, call, rules)
    return _submitted(form, call, rules)


def _saved(call: Call, rules: CallRules | None) -> dict[str, Any]:
    values = service.values_of(rules) if rules else service.proposed(call)
    return saved(values, rules.version if rules else 0)


def _submitted(form: RulesForm, call: Call, rules: CallRules | None) -> ResponseReturnValue:
    if not form.validate():
        return _page(form, call, rules), 422
    try:
        service.set_rules(context(), call.id, form.values(), version=form.version.data)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(form, call, rules), 422
    except StaleVersion as error:
        form.version.raw_data, form.version.data = None, rules.version if rules else 0
        return _page(form, call, rules, stale=say(error.message)), 409
    flash(_("Saved: %(name)s", name=call.name_zh), "success")
    return redirect(url_for("call_rules.edit", call_id=call.id), 303)


def _page(form: RulesForm, call: Call, rules: CallRules | None, stale: str = "") -> str:
    form.add_blank_rows()
    return render_template(
        "call_rules/edit.html",
        form=form,
        call=call,
        rules=rules,
        stale=stale,
        saved=RulesForm(formdata=None, data=_saved(call, rules)) if stale else None,
        back_url=back_url(call),
        team_kinds=kinds(),
    )
