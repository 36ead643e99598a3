"""The hall of awards: what is announced, for everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.policies.hall import may_name_team
from matchmaker.queries import hall as queries
from matchmaker.queries.hall import HallFilter
from matchmaker.reference import REGIONS
from matchmaker.services import hall as service
from matchmaker.web import listing
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.grades import grades
from matchmaker.web.i18n import current_language, say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.problem import PUBLIC_STATES

blueprint = Blueprint("hall", __name__)


@blueprint.get("/awards")
@guard(PUBLIC)
def index() -> ResponseReturnValue:
    """Awards by call and tier."""
    language, filters = current_language(), _filters()
    wanted = HallFilter(**{item["name"]: listing.chosen(item["name"]) for item in filters})
    found = queries.hall(db_session(), wanted)
    return render_template(
        "hall/index.html",
        calls=found,
        total=sum(len(one.honours) for one in found),
        filters=filters,
        active=listing.active(filters),
        language=language,
        public_states=PUBLIC_STATES,
    )


def _filters() -> list[dict[str, Any]]:
    language = current_language()
    calls = ((call.external_id, call.name(language)) for call in queries.calls(db_session()))
    sectors = ((one.id, one.label(language)) for one in load_taxonomy().sectors.values())
    regions = ((one.code, say(one.label)) for one in REGIONS.values())
    steps = ((one.id, f"{one.id} {one.label(language)}") for one in grades().values())
    return [
        listing.select("call", _("Call"), calls, every=_("All")),
        listing.select("sector", _("Sector"), sectors, every=_("All")),
        listing.select("grade", _("Grade"), steps, every=_("All")),
        listing.select("region", _("Region"), regions, every=_("All")),
    ]


@blueprint.post("/awards/<int:award_id>/naming")
@guard(may_name_team)
def name_team(award_id: int) -> ResponseReturnValue:
    """Say whether the team is named."""
    award = queries.get_own(db_session(), actor(), award_id)
    is_named = request.form.get("is_named") == "1"
    service.say_named(context(), award, is_named=is_named)
    if is_named:
        flash(_("Your team is named in the hall of awards."), "success")
    else:
        flash(_("The hall of awards now says “a team”."), "success")
    return redirect(url_for("certificate.mine"), 303)
