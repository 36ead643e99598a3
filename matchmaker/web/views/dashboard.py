"""The desk: the first page after signing in, with what waits for the reader at its head."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matchmaker.errors import NotSignedIn
from matchmaker.policies.site import may_use
from matchmaker.queries import dashboard
from matchmaker.queries.team import strength
from matchmaker.web import desk as words
from matchmaker.web import problem_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.transaction import db_session
from matchmaker.workflows.problem import PROBLEM_WORKFLOW

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/desk")
@guard(may_use)
def home() -> ResponseReturnValue:
    """What waits for the reader, and what is theirs."""
    user = actor()
    if user is None:
        raise NotSignedIn
    desk = dashboard.desk(db_session(), user)
    return render_template(
        "dashboard/home.html",
        user=user,
        desk=desk,
        words=words,
        problem_words=problem_words,
        problem_labels=PROBLEM_WORKFLOW.labels,
        strengths={team.id: strength(team) for team in desk.teams},
    )
