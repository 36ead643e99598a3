"""Everything that waits, for the office: who, since when, until when, and what was done about it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.errors import NotSignedIn
from matchmaker.models import User
from matchmaker.policies.scope import runs_a_call
from matchmaker.policies.waiting import may_list_waiting
from matchmaker.queries import waiting as queries
from matchmaker.queries.waiting import KINDS, Filter
from matchmaker.queries.waiting_holder import names
from matchmaker.queries.waiting_kind import HOLDER_LABELS
from matchmaker.reports.waiting import waiting_table
from matchmaker.web import figures, listing, waiting_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import say, zone
from matchmaker.web.transaction import db_session

blueprint = Blueprint("waiting", __name__, url_prefix="/office/waiting")

MAX_ROWS = 10_000
NAMES = ("kind", "holder", "state", "days")


@blueprint.get("")
@guard(may_list_waiting)
def index() -> ResponseReturnValue:
    """The list, the longest overdue first."""
    session, reader = db_session(), _reader()
    counts = queries.count(session, reader)
    page = queries.board(session, reader, _wanted(), number=listing.page_number())
    filters = _filters({key: total for key, (total, _late) in counts.items()})
    return render_template(
        "waiting/index.html",
        page=page,
        rows=list(zip(page.items, names(session, page.items), strict=True)),
        escalated=queries.escalated(session, page.items),
        total=sum(total for total, _late in counts.values()),
        overdue=sum(late for _total, late in counts.values()),
        filters=filters,
        active=listing.active(filters),
        page_url=listing.page_url,
        export_url=_export_url,
        # Administrators see what waits; the pages where it is done are for officers.
        may_act=reader.is_officer or runs_a_call(reader),
        words=waiting_words,
    )


@blueprint.get("/list.<any(csv, xlsx):ending>")
@guard(may_list_waiting)
def export(ending: str) -> ResponseReturnValue:
    """The same as a file."""
    session = db_session()
    items = queries.everything(session, _reader(), _wanted(), limit=MAX_ROWS)
    told = queries.escalated(session, items)
    table = waiting_table(items, names(session, items), told, utcnow(), zone())
    return figures.tables_as_file([table], "waiting", ending)


def _reader() -> User:
    user = actor()
    if user is None:
        raise NotSignedIn
    return user


def _wanted() -> Filter:
    return Filter(
        kind=listing.chosen("kind"),
        holder=listing.chosen("holder"),
        state=listing.chosen("state"),
        days=min(number_or_none(listing.chosen("days")) or 0, 10_000),
    )


def _filters(counts: dict[str, int]) -> list[dict[str, Any]]:
    kinds = [(key, waiting_words.kind_name(KINDS[key])) for key in KINDS if key in counts]
    holders = [(holder.value, say(label)) for holder, label in HOLDER_LABELS.items()]
    states = [(key, say(label)) for key, label in waiting_words.STATES.items()]
    ages = [(str(n), _("%(days)s days or longer", days=n)) for n in waiting_words.AGES]
    return [
        listing.select("state", _("State"), states, every=_("Every state")),
        listing.select("kind", _("What waits"), kinds, every=_("Everything"), counts=counts),
        listing.select("holder", _("Waits for"), holders, every=_("Everybody")),
        listing.select("days", _("Waiting"), ages, every=_("However long")),
    ]


def _export_url(ending: str) -> str:
    given: dict[str, Any] = {name: listing.chosen(name) for name in NAMES if listing.chosen(name)}
    return url_for("waiting.export", ending=ending, **given)
