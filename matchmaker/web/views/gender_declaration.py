"""What people declare of themselves for statistics."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.models import User
from matchmaker.policies.gender_declaration import may_declare_gender
from matchmaker.queries import gender_declaration as queries
from matchmaker.reports.suppression import SMALLEST
from matchmaker.services import gender_declaration as service
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.gender_declaration import GenderForm
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("gender_declaration", __name__)


@blueprint.get("/account/statistics")
@guard(may_declare_gender)
def edit() -> ResponseReturnValue:
    """What the reader has said so far."""
    found = queries.own_declaration(db_session(), cast(User, actor()).id)
    data = {"gender": found.gender.value if found else ""}
    return _page(GenderForm(formdata=None, data=data))


@blueprint.post("/account/statistics")
@guard(may_declare_gender)
def save() -> ResponseReturnValue:
    """Keep what the reader says, or forget it."""
    form = GenderForm()
    try:
        service.declare(context(), form.gender.data or "")
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(form), 422
    flash(_("Saved."), "success")
    return redirect(url_for("gender_declaration.edit"), 303)


def _page(form: GenderForm) -> str:
    return render_template("gender_declaration/edit.html", form=form, smallest=SMALLEST)
