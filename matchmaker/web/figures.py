"""What the office's figures pages share: filters, the tables of each report, drawings, files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from flask import Response, url_for
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.competency import load_taxonomy
from matchmaker.errors import NotFound
from matchmaker.models import ORGANIZATION_SIZE_LABELS, Call, User
from matchmaker.queries import call as calls
from matchmaker.queries import call_target, outcome, readiness, workload
from matchmaker.queries import reach as reach_queries
from matchmaker.queries.office_setting import value
from matchmaker.queries.problem_path import Path, PathFilter, paths
from matchmaker.reference import REGIONS
from matchmaker.reports import ageing, funnel, load
from matchmaker.reports.outcome import indicator_table
from matchmaker.reports.quiz import quiz_tables
from matchmaker.reports.ratings import rating_tables
from matchmaker.reports.reach import reach_tables
from matchmaker.reports.readiness import Standing, readiness_tables, standing_of
from matchmaker.reports.table import Table, as_csv, as_xlsx, said
from matchmaker.services import readiness as readiness_service
from matchmaker.services import rubric as rubrics
from matchmaker.web import listing
from matchmaker.web.auth import actor
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import current_language, current_locale, say, zone
from matchmaker.web.transaction import db_session

#: What each report can be limited by.
FILTERS = {
    "funnel": ("call", "sector", "region", "size"),
    "ageing": ("call", "sector", "region", "size"),
    "load": ("call",),
    "readiness": (),
    "quiz": (),
    "ratings": (),
    "reach": ("call",),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def chosen_call() -> Call | None:
    """The call the figures are of; None for all calls together."""
    wanted = listing.chosen("call")
    if not wanted:
        return None
    call = calls.get_call(db_session(), actor(), number_or_none(wanted) or 0)
    if call.private_call is not None:
        raise NotFound  # An in-house call counts nowhere in the programme.
    return call


def call_to_begin_with() -> Call | None:
    """The programme's call that opened last."""
    return next((call for call in _national() if call.opens_at <= utcnow()), None)


def _national() -> list[Call]:
    return [c for c in calls.all_calls(db_session(), actor()) if c.private_call is None]


def filters(report: str) -> list[dict[str, Any]]:
    """The controls of the filter bar of a report."""
    return [control for control in all_filters() if control["name"] in FILTERS[report]]


def all_filters() -> list[dict[str, Any]]:
    """Every control that a report may have."""
    every, language, taxonomy = _("All"), current_language(), load_taxonomy()
    sectors = [(key, taxonomy.label(key, language)) for key in taxonomy.sectors]
    regions = [(key, say(region.label)) for key, region in REGIONS.items()]
    sizes = [(size.value, say(label)) for size, label in ORGANIZATION_SIZE_LABELS.items()]
    return [
        listing.select("call", _("Call"), _call_names(_national(), language), every=every),
        listing.select("sector", _("Sector"), sectors, every=every),
        listing.select("region", _("Region"), regions, every=every),
        listing.select("size", _("Size"), sizes, every=every),
    ]


def _call_names(found: Sequence[Call], language: str) -> list[tuple[str, str]]:
    return [(str(call.id), call.name(language)) for call in found]


def chosen_paths(call: Call | None) -> list[Path]:
    """The problems that the filters leave."""
    wanted = PathFilter(
        call_id=call.id if call else None,
        sector=listing.chosen("sector"),
        region=listing.chosen("region"),
        size=listing.chosen("size"),
    )
    return paths(db_session(), actor(), wanted)


def is_filtered() -> bool:
    """Whether the figures are of a part of the problems, so that targets say nothing of them."""
    return any(listing.chosen(name) for name in ("sector", "region", "size"))


def funnel_tables(call: Call | None, found: Sequence[Path]) -> list[Table]:
    """The funnel and what became of the work; targets only for a whole call."""
    if is_filtered():
        return funnel.funnel_tables(found, {}, zone())
    targets = targets_of(call)
    return [*funnel.funnel_tables(found, targets, zone()), outcome_table(call, targets)]


def targets_of(call: Call | None) -> dict[str, int]:
    """What a call is to reach, by indicator; nothing for all calls together."""
    return call_target.target_values(db_session(), call.id if call else None)


def outcome_table(call: Call | None, targets: Mapping[str, int]) -> Table:
    """What both sides say became of the work, beside the targets."""
    said_of = outcome.said_of_calls(db_session(), cast(User, actor()), call.id if call else None)
    return indicator_table(said_of, targets)


def ageing_tables(found: Sequence[Path]) -> list[Table]:
    """What waits, and how long."""
    due_days = value(db_session(), "screening_due_days")
    return ageing.ageing_tables(found, utcnow(), due_days)


def load_tables(call: Call | None) -> list[Table]:
    """Who has how much on their desk."""
    call_id, session = call.id if call else None, db_session()
    return load.load_tables(
        workload.assignments(session, actor(), call_id),
        workload.reviews(session, actor(), call_id),
        workload.decisions(session, actor(), call_id),
        utcnow(),
    )


def readiness_report() -> list[Table]:
    """How ready organizations are."""
    session = db_session()
    found = [_standing(row) for row in readiness.standing(session, actor())]
    rubric = rubrics.current(session, "readiness")
    return readiness_tables(found, readiness.score_histories(session, actor()), rubric)


def chosen_pairs() -> list[reach_queries.Pair]:
    """The teams with a problem that the filter leaves."""
    call = chosen_call()
    return reach_queries.pairs(db_session(), cast(User, actor()), call.id if call else None)


def reach_report(found: Sequence[reach_queries.Pair]) -> list[Table]:
    """How far groups of teams and people got."""
    return reach_tables(found, reach_queries.genders(db_session(), cast(User, actor())))


def _standing(assessment: Any) -> Standing:
    groups = readiness_service.result_of(db_session(), assessment).groups
    return standing_of(assessment, groups)


#: Each report by the name in its address: its title and how its tables are made.
REPORTS: dict[str, Callable[[], list[Table]]] = {
    "funnel": lambda: funnel_tables(chosen_call(), chosen_paths(chosen_call())),
    "ageing": lambda: ageing_tables(chosen_paths(chosen_call())),
    "load": lambda: load_tables(chosen_call()),
    "readiness": readiness_report,
    "quiz": lambda: quiz_tables(db_session(), actor()),
    "ratings": lambda: rating_tables(db_session(), actor()),
    "reach": lambda: reach_report(chosen_pairs()),
}


def file_url(name: str, kind: str) -> str:
    """The address of a report as a file, limited as the page is."""
    chosen = {key: listing.chosen(key) for key in FILTERS[name]}
    given: dict[str, Any] = {key: value for key, value in chosen.items() if value}
    return url_for("figures.export", name=name, kind=kind, **given)


def as_file(name: str, kind: str) -> Response:
    """A report as a file in the reader's language."""
    if name not in REPORTS or kind not in ("csv", "xlsx"):
        raise NotFound
    return tables_as_file(REPORTS[name](), name, kind)


def tables_as_file(tables: list[Table], name: str, kind: str) -> Response:
    """Tables as CSV or as a workbook in the reader's language."""
    if kind == "csv":
        response = Response(as_csv(tables, current_locale()), mimetype="text/csv")
    else:
        response = Response(as_xlsx(tables, current_locale()), mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def funnel_stages(table: Table) -> list[dict[str, Any]]:
    """The funnel for the drawing."""
    return [
        {"label": say(str(row[0])), "value": row[1], "target": row[2] or 0} for row in table.rows
    ]


def stage_rules() -> list[str]:
    """What exactly counts in each stage."""
    return [say(rule) for rule in funnel.STAGE_RULES.values()]


def target_of(table: Table, place: int) -> int | None:
    """The target of one stage of the funnel, if it has one."""
    found = table.rows[place][2]
    return found if isinstance(found, int) else None


def month_points(table: Table, stage: str) -> list[dict[str, Any]]:
    """The sum so far of one stage, month by month, for the drawing."""
    points = funnel.cumulative(table, stage)
    return [{"label": month, "value": total} for month, total in points]


def reached_only(table: Table) -> list[dict[str, Any]]:
    """The groups for stacked bars: what got no further than each stage, the furthest first."""
    rows = []
    for name, *cells in table.rows:
        reached = [int(str(cell)) for cell in cells[: len(funnel.STAGES)]]
        beyond = [*reached[1:], 0]
        values = [own - further for own, further in zip(reached, beyond, strict=True)]
        rows.append({"label": said(name, current_locale()), "values": values[::-1]})
    return rows


def furthest_first() -> list[str]:
    """The names of the stages in the order of `reached_only`."""
    return [say(label) for label in reversed(funnel.STAGE_LABELS.values())]
