"""The office's page on what scores rest on: versions of the term statistics, and counting anew."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.matching import MatchConfig
from matchmaker.policies.term_statistics import may_read_statistics, may_refit_statistics
from matchmaker.queries import job as jobs
from matchmaker.queries import term_statistics as queries
from matchmaker.services import term_statistics as service
from matchmaker.web import explanations, listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("term_statistics", __name__)


@blueprint.get("/office/term-statistics")
@guard(may_read_statistics)
def index() -> ResponseReturnValue:
    """The version in use, earlier ones, and whether one is being counted."""
    page = queries.list_statistics(db_session(), actor(), number=listing.page_number())
    return render_template(
        "term_statistics/index.html",
        page=page,
        newest=queries.newest(db_session()),
        waiting=jobs.waiting(db_session(), queries.REFIT),
        shipped=MatchConfig().scales,
        features=explanations.FEATURES,
        page_url=listing.page_url,
    )


@blueprint.post("/office/term-statistics")
@guard(may_refit_statistics)
def refit() -> ResponseReturnValue:
    """Have terms counted anew."""
    service.ask_refit(context())
    flash(_("Counting waits for its turn. Reload the page in a minute."), "good")
    return redirect(url_for("term_statistics.index"))
