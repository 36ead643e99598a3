"""The office's figures: the funnel against targets, ageing, load, readiness; each as a file too."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.policies.call_target import may_read_figures
from matchmaker.reports.table import Table, said
from matchmaker.web import figures, listing
from matchmaker.web.auth import guard
from matchmaker.web.i18n import current_locale

blueprint = Blueprint("figures", __name__)

FIGURES = "/office/figures"


@blueprint.get(FIGURES)
@guard(may_read_figures)
def overview() -> ResponseReturnValue:
    """The funnel, by month, sector, region and size."""
    newest = figures.call_to_begin_with()
    if newest is not None and "call" not in request.args:
        return redirect(url_for("figures.overview", call=newest.id))
    call = figures.chosen_call()
    found = figures.chosen_paths(call)
    tables = figures.funnel_tables(call, found)
    return _page("funnel", tables, call=call, n_problems=len(found), words=figures)


@blueprint.get(f"{FIGURES}/ageing")
@guard(may_read_figures)
def ageing() -> ResponseReturnValue:
    """What waits, and how long."""
    found = figures.chosen_paths(figures.chosen_call())
    return _page("ageing", figures.ageing_tables(found), n_problems=len(found))


@blueprint.get(f"{FIGURES}/load")
@guard(may_read_figures)
def load() -> ResponseReturnValue:
    """Who has how much on their desk."""
    return _page("load", figures.load_tables(figures.chosen_call()))


@blueprint.get(f"{FIGURES}/readiness")
@guard(may_read_figures)
def readiness() -> ResponseReturnValue:
    """How ready organizations are."""
    return _page("readiness", figures.readiness_report())


@blueprint.get(f"{FIGURES}/quiz")
@guard(may_read_figures)
def quiz() -> ResponseReturnValue:
    """How the questions of the check behave."""
    return _page("quiz", figures.REPORTS["quiz"]())


@blueprint.get(f"{FIGURES}/ratings")
@guard(may_read_figures)
def ratings() -> ResponseReturnValue:
    """How far own ratings can be believed, and how strict reviewers are."""
    return _page("ratings", figures.REPORTS["ratings"]())


@blueprint.get(f"{FIGURES}/reach")
@guard(may_read_figures)
def reach() -> ResponseReturnValue:
    """Who was reached, and who gets on."""
    found = figures.chosen_pairs()
    return _page("reach", figures.reach_report(found), n_pairs=len(found))


@blueprint.get(f"{FIGURES}/<name>.<kind>")
@guard(may_read_figures)
def export(name: str, kind: str) -> ResponseReturnValue:
    """A report as CSV or as a workbook, with the filters of the page."""
    return figures.as_file(name, kind)


def _page(name: str, tables: list[Table], **values: object) -> str:
    filters = figures.filters(name)
    return render_template(
        f"figures/{name}.html",
        name=name,
        tables={table.name: table for table in tables},
        filters=filters,
        active=listing.active(filters),
        file_url=partial(figures.file_url, name),
        said=partial(said, locale=current_locale()),
        **values,
    )
