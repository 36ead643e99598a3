"""Mark texts of a problem as translated by a machine."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.policies.attachment import may_manage_files
from matchmaker.services.problem_translation import mark_machine
from matchmaker.web.auth import guard
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context

blueprint = Blueprint("problem_translation", __name__)


@blueprint.post("/problems/<int:problem_id>/machine-text")
@guard(may_manage_files)
def mark(problem_id: int) -> ResponseReturnValue:
    """Say which languages a machine translated."""
    try:
        mark_machine(context(), problem_id, request.form.getlist("languages"))
    except InvalidInput as error:
        flash(" ".join(say(text) for found in error.fields.values() for text in found), "warning")
    else:
        flash(_("Saved. Readers are told which text a machine translated."), "success")
    return redirect(url_for("problem.show", problem_id=problem_id) + "#problem", 303)
