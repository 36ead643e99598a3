"""The versions of a problem, any two compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.models import Problem, ProblemRevision
from matchmaker.policies.problem_revision import may_read
from matchmaker.queries import problem_revision as queries
from matchmaker.queries.problem import get_problem
from matchmaker.queries.problem_revision import PublicChange
from matchmaker.web import revision_words
from matchmaker.web.auth import guard
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.problem_review import page_words, reader
from matchmaker.web.transaction import db_session

blueprint = Blueprint("problem_revision", __name__)


@blueprint.app_context_processor
def _changes() -> dict[str, Any]:
    """What the public page of a problem needs to say when it changed, and what."""
    return {"problem_changes": _public_changes, "field_labels": revision_words.labels}


def _public_changes(problem: Problem) -> list[PublicChange]:
    return queries.public_changes(db_session(), problem)


@blueprint.get("/problems/<int:problem_id>/versions")
@guard(may_read)
def index(problem_id: int) -> ResponseReturnValue:
    """Every version with its author and time, and what differs between two of them."""
    session, user = db_session(), reader()
    problem = get_problem(session, user, problem_id)
    may_read.require(user, problem)
    rows = queries.revisions(session, user, problem)
    old, new = _chosen(rows)
    return render_template(
        "problem_revision/index.html",
        **page_words(),
        problem=problem,
        rows=rows,
        old=old,
        new=new,
        changes=revision_words.changes(old.content, new.content) if old and new else [],
        compare_url=url_for("problem_revision.index", problem_id=problem.id),
        labels=revision_words.labels,
    )


def _chosen(
    rows: Sequence[ProblemRevision],
) -> tuple[ProblemRevision | None, ProblemRevision | None]:
    """The two versions named in the address; the last two if it names none that exist."""
    by_number = {row.number: row for row in rows}
    new = by_number.get(number_or_none(request.args.get("new"))) or (rows[0] if rows else None)
    if new is None or new.number is None:
        return None, None
    old = by_number.get(number_or_none(request.args.get("old"))) or by_number.get(new.number - 1)
    return old, new
