"""The audit trail for the programme office."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from matchmaker.policies.site import may_read_audit
from matchmaker.queries import audit
from matchmaker.services.audit import verify
from matchmaker.web import audit_words as words
from matchmaker.web import listing
from matchmaker.web.audit_actions import action_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.transaction import db_session

blueprint = Blueprint("audit", __name__)

#: A chain up to this long is checked whenever the page is shown; a longer one when asked for.
CHECKED_AT_ONCE = 5_000


@blueprint.get("/office/audit")
@guard(may_read_audit)
def trail() -> ResponseReturnValue:
    """Who decided what and when, and whether the record is whole."""
    session, reader = db_session(), actor()
    total = audit.count(session, reader)
    filters = words.filters(audit.actions(session, reader), audit.subject_types(session, reader))
    wanted = total <= CHECKED_AT_ONCE or "check" in request.args
    return render_template(
        "audit/trail.html",
        page=audit.trail(session, reader, words.read_filter(), number=listing.page_number()),
        total=total,
        chain=verify(session) if wanted else None,
        filters=filters,
        active=listing.active(filters),
        page_url=listing.page_url,
        words=words,
        action_words=action_words,
    )
