"""The talent report: the shortage map, and who takes part."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from matchmaker.policies.call_target import may_read_figures
from matchmaker.reports.table import said
from matchmaker.web import figures, listing, talent
from matchmaker.web.auth import guard
from matchmaker.web.i18n import current_locale

blueprint = Blueprint("talent", __name__)


@blueprint.get("/office/talent")
@guard(may_read_figures)
def shortage() -> ResponseReturnValue:
    """Where the programme asks for more than its people can."""
    market, filters = talent.market(), talent.filters()
    return render_template(
        "talent/shortage.html",
        name="shortage",
        tables={table.name: table for table in talent.tables(market)},
        chart=talent.chart(market),
        level=talent.chosen_level(),
        filters=filters,
        active=listing.active(filters),
        file_url=talent.file_url,
        said=partial(said, locale=current_locale()),
    )


@blueprint.get("/office/participation")
@guard(may_read_figures)
def participation() -> ResponseReturnValue:
    """Who takes part, by declared gender."""
    return render_template(
        "talent/participation.html",
        name="participation",
        tables=talent.participation(),
        file_url=lambda kind: url_for("talent.export", name="participation", kind=kind),
        said=partial(said, locale=current_locale()),
    )


@blueprint.get("/office/<any(shortage, participation):name>.<any(csv, xlsx):kind>")
@guard(may_read_figures)
def export(name: str, kind: str) -> ResponseReturnValue:
    """Either as a file."""
    tables = talent.tables(talent.market()) if name == "shortage" else talent.participation()
    return figures.tables_as_file(tables, name, kind)
