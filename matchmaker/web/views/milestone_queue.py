"""The office's queue of milestones: handed in, overdue, more time asked for, plans to agree on."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matchmaker.clock import utcnow
from matchmaker.policies.engagement import office_engagements
from matchmaker.policies.milestone import may_open_queue
from matchmaker.queries import milestone as queries
from matchmaker.queries.extension_request import asked_extensions
from matchmaker.queries.milestone_change import proposed_changes
from matchmaker.web import milestone_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.transaction import db_session

blueprint = Blueprint("milestone_queue", __name__)


@blueprint.get("/office/milestones")
@guard(may_open_queue)
def index() -> ResponseReturnValue:
    """What waits for a decision, first due first."""
    session, reader = db_session(), actor()
    return render_template(
        "milestone/queue.html",
        waiting=queries.waiting_for_feedback(session, actor=reader),
        reopened=queries.reopened_after_end(session, reader),
        asked=asked_extensions(session, reader),
        proposed=proposed_changes(session, office_engagements(reader)),
        overdue=queries.overdue(session, utcnow(), reader),
        opinion_of=queries.opinion_of,
        now=utcnow(),
        milestone_words=milestone_words,
    )
