"""The office's board of work under way, and the same as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.models import LIGHT_LABELS
from matchmaker.policies.engagement import may_open_board
from matchmaker.queries import call as calls
from matchmaker.queries import engagement_board as queries
from matchmaker.queries.engagement_board import BoardFilter
from matchmaker.reports.engagement import board_table
from matchmaker.reports.table import Table, as_csv, as_xlsx
from matchmaker.web import listing
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import current_language, current_locale, say, zone
from matchmaker.web.transaction import db_session
from matchmaker.workflows.engagement import ENGAGEMENT_WORKFLOW, EngagementState

blueprint = Blueprint("engagement_board", __name__)

BOARD = "/office/engagements"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILTERS = ("q", "state", "flag", "call")
MOST_EXPORTED = 10_000


@blueprint.get(BOARD)
@guard(may_open_board)
def index() -> ResponseReturnValue:
    """What is overdue, blocked, or goes well."""
    session, reader, wanted, now = db_session(), actor(), _wanted(), utcnow()
    counts = queries.count_by_state(session, reader, wanted.call_id)
    filters = _filters(counts, queries.count_flagged(session, reader, now))
    return render_template(
        "engagement/board.html",
        page=queries.board(session, reader, wanted, now, number=listing.page_number()),
        total=sum(counts.values()),
        filters=filters,
        active=listing.active(filters),
        narrowed={name: listing.chosen(name) for name in FILTERS if listing.chosen(name)},
        page_url=listing.page_url,
        bars=_bars(counts),
        call=next((c for c in calls.all_calls(session, reader) if c.id == wanted.call_id), None),
        workflow=ENGAGEMENT_WORKFLOW,
        lights=LIGHT_LABELS,
    )


def _wanted() -> BoardFilter:
    state = listing.chosen("state")
    return BoardFilter(
        text=listing.chosen("q"),
        state=state if state in set(EngagementState) else "",
        call_id=number_or_none(listing.chosen("call")),
        flag=listing.chosen("flag"),
    )


def _filters(counts: dict[EngagementState, int], flagged: dict[str, int]) -> list[dict[str, Any]]:
    states = [(s.value, say(ENGAGEMENT_WORKFLOW.labels[s].staff)) for s in EngagementState]
    names = calls.all_calls(db_session(), actor())
    flags = [
        ("overdue", _("Overdue")),
        ("blocked", _("Blocked")),
        ("silent", _("Owner silent")),
        ("asked", _("Asked to stop")),
        ("unsigned", _("Signature of the office missing")),
        ("mentor", _("No mentor yet")),
    ]
    by_state = {state.value: count for state, count in counts.items()}
    return [
        listing.search("q", _("Team or problem")),
        listing.select("state", _("State"), states, every=_("Live"), counts=by_state),
        listing.select("flag", _("What is wrong"), flags, every=_("All"), counts=flagged),
        listing.select(
            "call",
            _("Call"),
            [(str(call.id), call.name(current_language())) for call in names],
            every=_("All"),
        ),
    ]


def _bars(counts: dict[EngagementState, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": say(ENGAGEMENT_WORKFLOW.labels[state].staff),
            "value": counts.get(state, 0),
            "url": listing.with_value("state", state.value),
        }
        for state in EngagementState
    ]


@blueprint.get(BOARD + "/export.<any(csv, xlsx):kind>")
@guard(may_open_board)
def export(kind: str) -> ResponseReturnValue:
    """What the board shows, all pages of it, as text or as a workbook."""
    if kind == "csv":
        return _file(as_csv([_table()], current_locale()), "text/csv", "engagements.csv")
    return _file(as_xlsx([_table()], current_locale()), WORKBOOK, "engagements.xlsx")


def _table() -> Table:
    found = queries.board(db_session(), actor(), _wanted(), utcnow(), size=MOST_EXPORTED)
    return board_table(found.items, zone())


def _file(content: str | bytes, mimetype: str, name: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
