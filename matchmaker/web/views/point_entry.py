"""Points: the public rule, one's own, the board, and the office's list."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    StaleVersion,
)
from matchmaker.models import POINT_RULES, POINTS_PER_DAY, User
from matchmaker.policies.point_entry import may_list_points, may_read_board, may_take_back_points
from matchmaker.policies.site import may_use
from matchmaker.queries import point_entry as queries
from matchmaker.queries.level_piece import today
from matchmaker.queries.point_entry import EntryFilter
from matchmaker.reports.point_entry import entries_table
from matchmaker.services import point_entry as service
from matchmaker.web import figures, listing
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.errors import in_words, status_of
from matchmaker.web.evidence_words import day_text
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("point_entry", __name__)

#: Refusals that the list tells, with the reason still there.
TOLD = (InvalidInput, InvalidTransition, StaleVersion)


def _me() -> User:
    return cast(User, actor())  # Every route that asks is for people who are signed in.


@blueprint.get("/points")
@guard(PUBLIC)
def rule() -> ResponseReturnValue:
    """What earns points, what they are for and what they never do."""
    return render_template("point_entry/rule.html", rules=POINT_RULES, per_day=POINTS_PER_DAY)


@blueprint.get("/me/points")
@guard(may_use)
def mine() -> ResponseReturnValue:
    """What the reader earned."""
    return render_template(
        "point_entry/mine.html",
        page=queries.own_entries(db_session(), _me(), number=listing.page_number()),
        totals=queries.totals(db_session(), _me().id),
        is_on_board=queries.own_place(db_session(), _me().id) is not None,
        rules=POINT_RULES,
        year=today().year,
        page_url=listing.page_url,
        day_text=day_text,
    )


@blueprint.get("/points/board")
@guard(may_read_board)
def board() -> ResponseReturnValue:
    """Those who want to stand there."""
    return render_template(
        "point_entry/board.html",
        lines=queries.board(db_session(), _me()),
        is_on_board=queries.own_place(db_session(), _me().id) is not None,
        year=today().year,
        me=_me().id,
    )


@blueprint.post("/me/points/board")
@guard(may_read_board)
def choose_board() -> ResponseReturnValue:
    """Go on the board, or leave it."""
    if request.form.get("shown") == "yes":
        service.join_board(context())
        flash(_("Your name and your points of this year stand on the board now."), "success")
    else:
        service.leave_board(context())
        flash(_("You no longer stand on the board."), "success")
    return redirect(url_for("point_entry.mine"), 303)


def _wanted() -> EntryFilter:
    return EntryFilter(listing.chosen("words"), listing.chosen("kind"), listing.chosen("state"))


@blueprint.get("/office/points")
@guard(may_list_points)
def index() -> ResponseReturnValue:
    """Everybody's entries."""
    return _page()


def _page(error: MatchmakerError | None = None) -> ResponseReturnValue:
    filters = [
        listing.search("words", _("Name")),
        listing.select("kind", _("Kind"), _kinds(), every=_("Every kind")),
        listing.select("state", _("State"), _states(), every=_("All")),
    ]
    return render_template(
        "point_entry/index.html",
        page=queries.list_entries(db_session(), _me(), _wanted(), number=listing.page_number()),
        filters=filters,
        active=listing.active(filters),
        rules=POINT_RULES,
        page_url=listing.page_url,
        export_url=_export_url,
        day_text=day_text,
        error=in_words(error) if error else "",
    ), status_of(error) if error else 200


def _export_url(ending: str) -> str:
    """The address of the list as a file, limited as the page is."""
    given: dict[str, Any] = {n: listing.chosen(n) for n in ("words", "kind", "state")}
    return url_for("point_entry.export", ending=ending, **given)


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, say(rule.label)) for kind, rule in POINT_RULES.items()]


def _states() -> list[tuple[str, str]]:
    words = (_("Counts"), _("Over a cap"), _("Taken back or undone"))
    return list(zip(queries.STATES, words, strict=True))


@blueprint.get("/office/points.<any(csv, xlsx):ending>")
@guard(may_list_points)
def export(ending: str) -> ResponseReturnValue:
    """The same as a file."""
    wanted = _wanted()
    table = entries_table(queries.all_entries(db_session(), _me(), wanted))
    return figures.tables_as_file([table], "points", ending)


@blueprint.post("/office/points/<int:entry_id>/take-back")
@guard(may_take_back_points)
def take_back(entry_id: int) -> ResponseReturnValue:
    """Take points back, with a reason."""
    version = number_or_none(request.form.get("version")) or 0
    try:
        service.take_back(
            context(), entry_id, reason=request.form.get("reason", ""), version=version
        )
    except TOLD as error:
        return _page(error)
    flash(_("Taken back. The person gets a letter with your reason."), "success")
    return redirect(url_for("point_entry.index"), 303)


@blueprint.post("/office/points/<int:entry_id>/give-back")
@guard(may_take_back_points)
def give_back(entry_id: int) -> ResponseReturnValue:
    """Undo it."""
    version = number_or_none(request.form.get("version")) or 0
    try:
        service.give_back(context(), entry_id, version=version)
    except TOLD as error:
        return _page(error)
    flash(_("The points count again. The person gets a letter."), "success")
    return redirect(url_for("point_entry.index"), 303)
