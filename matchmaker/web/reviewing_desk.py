"""What waits in the review of applications: for readers, for owners, for the office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.models import Problem, ReviewAssignment, User
from matchmaker.policies.application_review import may_list_assignments
from matchmaker.queries import application_preference as preferences
from matchmaker.queries import application_review as queries
from matchmaker.queries import review_round as rounds
from matchmaker.web.i18n import current_language, show_left, show_moment
from matchmaker.web.review_words import seat_number
from matchmaker.web.transaction import db_session
from matchmaker.workflows.review_assignment import DUE_STATES
from matchmaker.workflows.review_round import WORKING_STATES, ReviewRoundState

Task = dict[str, Any]


def tasks(user: User) -> Iterator[Task]:
    """What waits for *user*: as a reader, as an owner, as an officer."""
    if may_list_assignments.allows(user):
        for seat in queries.own_assignments(db_session(), user):
            if seat.state in DUE_STATES:
                yield _own(seat)
    for problem, count in preferences.problems_asked(db_session(), user):
        yield _owner(problem, count)
    if user.is_officer:
        for row in rounds.list_rounds(db_session(), user):
            yield from _office(row)
            yield from _lacking(row, user)


def _own(seat: ReviewAssignment) -> Task:
    problem = seat.application.problem
    what = _("Judge %(number)s: %(title)s", number=seat_number(seat), title=_title(problem))
    url = url_for("application_review.show", assignment_id=seat.id)
    owner = problem.organization.name(current_language())
    task = _task(what, url, owner, _("You"), seat.due_at, _("Judge"))
    return {**task, "key": f"application_review.judge:{seat.id}"}


def _owner(problem: Problem, count: int) -> Task:
    what = _("Say which team you would like: %(title)s", title=_title(problem))
    url = url_for("application_preference.index", problem_id=problem.id)
    context = _("Applications without your word: %(n)s", n=count)
    return _task(what, url, context, _("Your organization"), None, _("Read and choose"))


def _office(row: rounds.Listed) -> Iterator[Task]:
    """What a call asks of the office: name readers, ask them, end a review that is complete."""
    office, name = _("Programme office"), row.call.name(current_language())
    url = url_for("review_round.show", call_id=row.call.id)
    state = row.round.state if row.round else ReviewRoundState.PREPARING
    is_over = row.rules.applications_close_at <= utcnow()
    if state is ReviewRoundState.PREPARING and row.applications and (is_over or row.begun):
        context = _("Applications: %(n)s", n=row.applications)
        what = _("Name and ask readers: %(call)s", call=name)
        task = _task(what, url, context, office, None, _("Prepare the review"))
        yield {**task, "key": f"review_round.begin:{row.call.id}"}
    elif state in WORKING_STATES and row.asked and row.asked == row.handed_in:
        what = _("Every review is in: %(call)s", call=name)
        task = _task(what, url, "", office, None, _("Look and go on"))
        yield {**task, "key": f"review_round.end:{row.call.id}"}


def _lacking(row: rounds.Listed, user: User) -> Iterator[Task]:
    """Applications that nobody, or not everybody wanted, has been named for."""
    if row.round is None or row.round.state not in WORKING_STATES:
        return
    count = rounds.count_lacking(db_session(), user, row.round)
    if count:
        what = _("Readers are missing: %(call)s", call=row.call.name(current_language()))
        url = url_for("review_round.show", call_id=row.call.id) + "#cases"
        context = _("Applications: %(n)s", n=count)
        yield _task(what, url, context, _("Programme office"), None, _("Name readers"))


def _task(
    title: str, url: str, context: str, owner: str, due: datetime | None, action: str
) -> Task:
    late = due is not None and due <= utcnow()
    return {
        "title": title,
        "url": url,
        "context": context,
        "owner": owner,
        "due_text": show_moment(due) if due else "",
        "left_text": show_left(due) if due else "",
        "tone": "stop" if late else "waiting",
        "action_label": action,
    }


def _title(problem: Problem) -> str:
    return problem.title(current_language()) or _("Untitled problem")
