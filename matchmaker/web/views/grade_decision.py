"""The signature under a grade."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, StaleVersion
from matchmaker.policies.problem import may_decide
from matchmaker.queries import grading_panel as panels
from matchmaker.services import grade_decision as service
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.grade_decision import sign_form
from matchmaker.web.grading import Forms, case_page
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("grade_decision", __name__)


@blueprint.post("/office/grading/<int:problem_id>/sign")
@guard(may_decide)
def sign(problem_id: int) -> ResponseReturnValue:
    """Sign the grade of a case."""
    problem = panels.get_case(db_session(), actor(), problem_id)
    form = sign_form(service.basis_of(db_session(), problem), problem.version)
    if not form.validate():
        return case_page(problem_id, Forms(sign=form)), 422
    try:
        service.sign(context(), problem_id, form.values(), seen=form.version.data)
    except InvalidInput as error:
        form.show_refusal(error)
        return case_page(problem_id, Forms(sign=form)), 422
    except (Conflict, InvalidTransition, StaleVersion) as error:
        form.form_errors.append(say(error.message))
        form.version.data = problem.version
        return case_page(problem_id, Forms(sign=form)), 409
    flash(_("Signed. The owner has been told."), "good")
    return redirect(url_for("grading_panel.show", problem_id=problem_id), 303)
