"""A reviewer's page about ties with teams and people."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from matchmaker.policies.reviewer_profile import may_edit_profile
from matchmaker.queries import review_relation as queries
from matchmaker.services import review_relation as service
from matchmaker.web import review_words
from matchmaker.web.auth import guard
from matchmaker.web.forms.review_relation import RelationForm
from matchmaker.web.grading import reader
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("review_relation", __name__)

TIES = "/reviews/ties"


@blueprint.get(TIES)
@guard(may_edit_profile)
def index() -> ResponseReturnValue:
    """The ties declared so far."""
    return _page()


@blueprint.post(TIES)
@guard(may_edit_profile)
def declare() -> ResponseReturnValue:
    """Declare a tie."""
    form = RelationForm()
    try:
        if not form.validate():
            return _page(form), 422
        service.declare(context(), form.values())
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(form), 422
    flash(_("Declared. You are not asked about applications it concerns."), "good")
    return redirect(url_for("review_relation.index"), 303)


@blueprint.post(TIES + "/<int:relation_id>/end")
@guard(may_edit_profile)
def take_back(relation_id: int) -> ResponseReturnValue:
    """A tie is over."""
    service.take_back(context(), relation_id)
    flash(_("The tie is no longer declared."), "good")
    return redirect(url_for("review_relation.index"), 303)


def _page(form: RelationForm | None = None) -> str:
    return render_template(
        "review_relation/index.html",
        form=form or RelationForm(formdata=None),
        relations=queries.own_relations(db_session(), reader()),
        teams=queries.teams_to_declare(db_session(), reader()),
        reviewing=review_words,
    )
