"""Rate oneself in sentences, one domain a page, saved page by page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, NotFound, StaleVersion
from matchmaker.policies.evidence import may_keep_evidence
from matchmaker.queries import evidence as queries
from matchmaker.services import evidence as service
from matchmaker.web import evidence_words as words
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.evidence import RatingForm, rating_form
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("self_rating", __name__)


def _rated() -> dict[str, service.Evidence]:
    reader = actor()
    return queries.own_ratings(db_session(), reader.id) if reader else {}


def _claims() -> dict[str, int]:
    """What one's teams say they can: it helps to remember."""
    reader = actor()
    claims = queries.team_claims(reader) if reader else {}
    return {name: claim.level for name, claim in claims.items()}


@blueprint.get("/me/levels")
@guard(may_keep_evidence)
def index() -> ResponseReturnValue:
    """How far one is with rating oneself."""
    return render_template("self_rating/index.html", parts=words.parts(_rated()), words=words)


@blueprint.route("/me/levels/<part_id>", methods=["GET", "POST"])
@guard(may_keep_evidence)
def part(part_id: str) -> ResponseReturnValue:
    """One page of it."""
    rated = _rated()
    found = words.part(part_id, rated)
    if found is None:
        raise NotFound
    form = rating_form(found, rated)
    if not form.is_submitted():
        form.seen.data = service.newest_rating(rated, found.names)
        return _page(found, form)
    if not form.validate():
        return _page(found, form), 422
    return _saved(found, form, rated)


def _saved(
    found: words.Part, form: RatingForm, rated: dict[str, service.Evidence]
) -> ResponseReturnValue:
    # An industry that one does not know needs no row to say so.
    levels = {
        name: level
        for name, level in form.levels.items()
        if level or name in rated or found.id != words.SECTORS
    }
    try:
        service.rate(context(), levels, seen=form.seen.data)
    except (InvalidInput, StaleVersion) as error:
        form.form_errors.append(say(error.message))
        form.seen.raw_data, form.seen.data = None, service.newest_rating(rated, found.names)
        saved = {name: row.level for name, row in rated.items()}
        return _page(found, form, saved=saved), status_of(error)
    flash(_("Saved: %(name)s", name=found.label), "success")
    return redirect(_next_address(found), 303)


def _next_address(found: words.Part) -> str:
    """The next page in order, or the overview after the last."""
    ids = [item.id for item in words.parts()]
    following = ids[ids.index(found.id) + 1 :]
    if following:
        return url_for("self_rating.part", part_id=following[0])
    return url_for("self_rating.index")


def _page(found: words.Part, form: RatingForm, saved: dict[str, int | None] | None = None) -> str:
    everything = words.parts(_rated())
    return render_template(
        "self_rating/part.html",
        part=found,
        parts=everything,
        number=1 + [item.id for item in everything].index(found.id),
        form=form,
        saved=saved,
        claims=_claims(),
        words=words,
    )
