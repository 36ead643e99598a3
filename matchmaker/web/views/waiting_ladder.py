"""How people are reminded of each kind of thing that waits: read by the office, set by officers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, NotFound, StaleVersion
from matchmaker.policies.waiting import may_list_ladders, may_set_ladder
from matchmaker.queries import waiting as queries
from matchmaker.queries.waiting_kind import HOLDER_LABELS
from matchmaker.services import waiting_ladder as service
from matchmaker.web import waiting_words
from matchmaker.web.auth import guard
from matchmaker.web.forms.waiting_ladder import LadderForm, ladder_form
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("waiting_ladder", __name__, url_prefix="/office/waiting/ladders")


@blueprint.get("")
@guard(may_list_ladders)
def index() -> ResponseReturnValue:
    """Every kind with its steps and what happens when nobody does it."""
    return render_template(
        "waiting/ladders.html",
        terms=queries.terms(db_session()),
        holders=HOLDER_LABELS,
        words=waiting_words,
    )


@blueprint.get("/<kind>")
@guard(may_set_ladder)
def edit(kind: str) -> ResponseReturnValue:
    """One ladder, to be changed."""
    return _page(kind, ladder_form(_terms(kind)))


@blueprint.post("/<kind>")
@guard(may_set_ladder)
def save(kind: str) -> ResponseReturnValue:
    """Change it."""
    form = ladder_form(_terms(kind))
    if not form.validate():
        return _page(kind, form), 422
    given = {"version": form.version.data, "is_on": form.is_on.data, "days": form.days()}
    try:
        service.update(context(), kind, within=form.within.data, **given)
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(kind, form), 422
    except StaleVersion as error:
        form.version.data = _terms(kind).version
        return _page(kind, form, stale=say(error.message)), 409
    flash(_("Saved. It counts from the next letters on."), "good")
    return redirect(url_for("waiting_ladder.index") + f"#{kind}", 303)


def _terms(kind: str) -> queries.Terms:
    found = queries.terms(db_session())
    if kind not in found:
        raise NotFound
    return found[kind]


def _page(kind: str, form: LadderForm, stale: str = "") -> str:
    return render_template(
        "waiting/ladder.html",
        form=form,
        terms=_terms(kind),
        holders=HOLDER_LABELS,
        stale=stale,
        words=waiting_words,
    )
