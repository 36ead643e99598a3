"""One's due times in one's own calendar: the secret address, and what calendars read under it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotSignedIn
from matchmaker.models import User
from matchmaker.policies.site import may_use
from matchmaker.queries import calendar_link as queries
from matchmaker.queries import waiting
from matchmaker.reports.waiting_calendar import as_calendar
from matchmaker.services import calendar_link as service
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.errors import in_words
from matchmaker.web.security import limiter
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("calendar_link", __name__, url_prefix="/account/calendar")

MAX_ENTRIES = 300


@blueprint.get("")
@guard(may_use)
def show() -> ResponseReturnValue:
    """Whether there is an address, and what it is for."""
    return _page()


@blueprint.post("/make")
@limiter.limit("30 per hour")
@guard(may_use)
def make() -> ResponseReturnValue:
    """Make a new one, in place of the one before; it is shown once."""
    token = request.form.get("token", "")
    try:
        service.make(context(), token)
    except InvalidInput as error:
        return _page(refusal=in_words(error)), 422
    base = context().settings.base_url
    return _page(base + url_for("calendar_link.feed", token=token))


@blueprint.post("/revoke")
@guard(may_use)
def revoke() -> ResponseReturnValue:
    """End it."""
    service.revoke(context())
    flash(_("The address no longer works."), "good")
    return redirect(url_for("calendar_link.show"), 303)


@blueprint.get("/<token>.ics")
@limiter.limit("120 per hour")
@guard(PUBLIC)
def feed(token: str) -> ResponseReturnValue:
    """What a calendar reads: it has no session, the address is its key."""
    session = db_session()
    link = queries.by_token(session, token)
    items = waiting.of_person(session, link.user, limit=MAX_ENTRIES)
    body = as_calendar(items, link.user.locale, context().settings.base_url, utcnow())
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="matchmaker.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(address: str = "", refusal: str = "") -> str:
    user: User | None = actor()
    if user is None:
        raise NotSignedIn
    link = queries.link_of(db_session(), user)
    return render_template(
        "calendar_link/show.html",
        link=link,
        address=address,
        refusal=refusal,
        token=service.new_token(),
    )
