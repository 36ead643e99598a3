"""The office's own front page: every page it has, by what it is for."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matchmaker.policies.problem import may_open_queue
from matchmaker.web.auth import actor, guard
from matchmaker.web.office_tools import tools_for

blueprint = Blueprint("office", __name__, url_prefix="/office")


@blueprint.get("")
@guard(may_open_queue)
def index() -> ResponseReturnValue:
    """The pages that the reader may open."""
    return render_template("office/index.html", groups=tools_for(actor()))
