"""Engagements: a person's own, and the page of each."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matchmaker.errors import NotSignedIn
from matchmaker.policies.engagement import may_list_engagements, may_read_engagement
from matchmaker.queries import engagement as queries
from matchmaker.web import engagement_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.transaction import db_session

blueprint = Blueprint("engagement", __name__)

ENGAGEMENT = "/engagements/<int:engagement_id>"


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    """What the frame of every page about an engagement needs."""
    return {"engagement_words": engagement_words}


@blueprint.get("/engagements")
@guard(may_list_engagements)
def index() -> ResponseReturnValue:
    """What the reader takes part in."""
    reader = actor()
    if reader is None:
        raise NotSignedIn
    rows = queries.own_engagements(db_session(), reader)
    return render_template("engagement/index.html", engagements=rows)


@blueprint.get(ENGAGEMENT)
@guard(may_read_engagement)
def show(engagement_id: int) -> ResponseReturnValue:
    """One engagement: how it stands, and what the reader does next."""
    row = queries.get_engagement(db_session(), actor(), engagement_id)
    return render_template("engagement/show.html", engagement=row)
