"""What reviewers wrote for a team."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matchmaker.policies.application_feedback import may_read_feedback
from matchmaker.queries.application import get_application
from matchmaker.queries.application_review import words_for_team
from matchmaker.web.auth import actor, guard
from matchmaker.web.transaction import db_session

blueprint = Blueprint("application_feedback", __name__)


@blueprint.get("/applications/<int:application_id>/feedback")
@guard(may_read_feedback)
def show(application_id: int) -> ResponseReturnValue:
    """The words of every reader, once the decision has been announced."""
    application = get_application(db_session(), actor(), application_id)
    may_read_feedback.require(actor(), application)
    return render_template(
        "application_feedback/show.html",
        application=application,
        words=words_for_team(db_session(), application),
    )
