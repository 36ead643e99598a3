"""Hours of mentoring for the office, on a page and as a file."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.errors import NotFound
from matchmaker.models import User
from matchmaker.policies.mentoring import may_read_mentoring
from matchmaker.queries.mentoring import loads
from matchmaker.reports.mentoring import mentoring_tables
from matchmaker.reports.table import Table, said
from matchmaker.web import figures, listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.i18n import current_locale
from matchmaker.web.transaction import db_session

blueprint = Blueprint("mentoring", __name__)


@blueprint.get("/office/mentoring")
@guard(may_read_mentoring)
def overview() -> ResponseReturnValue:
    """The hours by mentor, call and piece of work."""
    tables = _tables()
    filters = [control for control in figures.all_filters() if control["name"] == "call"]
    return render_template(
        "engagement/mentoring_figures.html",
        tables=tables,
        n_works=len(tables[-1].rows),
        filters=filters,
        active=listing.active(filters),
        file_url=lambda kind: url_for("mentoring.export", kind=kind, **_chosen()),
        said=partial(said, locale=current_locale()),
    )


@blueprint.get("/office/mentoring.<kind>")
@guard(may_read_mentoring)
def export(kind: str) -> ResponseReturnValue:
    """The same as a file."""
    if kind not in ("csv", "xlsx"):
        raise NotFound
    return figures.tables_as_file(_tables(), "mentoring", kind)


def _tables() -> list[Table]:
    call = figures.chosen_call()
    found = loads(db_session(), cast(User, actor()), call.id if call else None)
    return mentoring_tables(found)


def _chosen() -> dict[str, Any]:
    call = listing.chosen("call")
    return {"call": call} if call else {}
