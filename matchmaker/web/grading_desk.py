"""What waits for reviewers and officers in grading, in words, with where to go for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.clock import utcnow
from matchmaker.models import GradeAppeal, GradeReview, GradingPanel, Problem, Seat, User
from matchmaker.queries.grading_panel import GradingDesk, Overview
from matchmaker.web.i18n import current_language, show_left, show_moment
from matchmaker.workflows.grade_appeal import GradeAppealState
from matchmaker.workflows.grade_review import DUE_STATES, GradeReviewState
from matchmaker.workflows.grading_panel import GradingPanelState

Task = dict[str, Any]


def tasks(user: User, desk: GradingDesk) -> Iterator[Task]:
    """What waits for *user*: as a reviewer, and as an officer."""
    for review in desk.reviews:
        yield from _own(review)
    if desk.office is not None:
        yield from _office(user, desk.office)


def _own(review: GradeReview) -> Iterator[Task]:
    title, panel = _title(review.panel.problem), review.panel
    url = url_for("grade_review.show", review_id=review.id)
    if review.state in DUE_STATES:
        begun = review.state is GradeReviewState.STARTED
        what = (
            _("Go on scoring: %(title)s", title=title)
            if begun
            else _("Score: %(title)s", title=title)
        )
        task = _task(what, url, panel.problem, _("You"), review.due_at, _("Score"))
        yield {**task, "key": f"grade_review.score:{review.id}"}
    elif panel.state is GradingPanelState.DISCUSSION:
        what = _("Discuss your points: %(title)s", title=title)
        task = _task(what, url, panel.problem, _("You"), None, _("See where they differ"))
        yield {**task, "key": f"grade_review.discuss:{review.id}"}
    elif review.unexplained and panel.state is not GradingPanelState.SIGNED:
        what = _("Say why your points differ: %(title)s", title=title)
        yield {**_task(what, url, panel.problem, _("You"), None, _("Explain")), "tone": "neutral"}


def _office(user: User, found: Overview) -> Iterator[Task]:
    for appeal in found.appeals:
        yield from _appeal(user, appeal)
    for problem in found.to_name:
        what = _("Name two reviewers: %(title)s", title=_title(problem))
        office, url = _("Programme office"), _case(problem)
        task = _task(what, url, problem, office, None, _("Name reviewers"))
        yield {**task, "key": f"problem.grade:{problem.id}"}
    for panel in found.panels:
        yield from _panel(panel)


def _appeal(user: User, appeal: GradeAppeal) -> Iterator[Task]:
    if appeal.state is GradeAppealState.TAKEN and appeal.officer_id != user.id:
        return
    what = _("Look at the grade again: %(title)s", title=_title(appeal.problem))
    owner, due = _("Programme office"), appeal.due_at
    task = _task(what, _case(appeal.problem), appeal.problem, owner, due, _("See the request"))
    yield {**task, "key": f"grade_appeal.answer:{appeal.id}"}


def _panel(panel: GradingPanel) -> Iterator[Task]:
    problem, office = panel.problem, _("Programme office")
    title, url = _title(problem), _case(problem)
    if panel.state is GradingPanelState.SETTLED:
        what, action = _("Sign the grade: %(title)s", title=title), _("Look and sign")
        task = _task(what, url, problem, office, None, action)
        yield {**task, "key": f"grading_panel.sign:{panel.id}"}
    elif panel.state is GradingPanelState.DISCUSSION:
        what = _("Reviewers discuss: %(title)s", title=title)
        yield _task(what, url, problem, office, None, _("Follow the discussion"))
    elif len(panel.seated) < len(Seat):
        what = _("A reviewer is missing: %(title)s", title=title)
        yield {**_task(what, url, problem, office, None, _("Name somebody")), "tone": "stop"}
    else:
        yield from _late(panel)


def _late(panel: GradingPanel) -> Iterator[Task]:
    late = [review for review in panel.seated if review.is_overdue]
    if late:
        problem = panel.problem
        what = _("Points are late: %(title)s", title=_title(problem))
        due = min(review.due_at for review in late)
        yield _task(what, _case(problem), problem, _("Reviewer"), due, _("Wait or replace"))


def _task(
    title: str, url: str, problem: Problem, owner: str, due: datetime | None, action: str
) -> Task:
    late = due is not None and due <= utcnow()
    return {
        "title": title,
        "url": url,
        "context": problem.organization.name(current_language()),
        "owner": owner,
        "due_text": show_moment(due) if due else "",
        "left_text": show_left(due) if due else "",
        "tone": "stop" if late else "waiting",
        "action_label": action,
    }


def _title(problem: Problem) -> str:
    return problem.title(current_language()) or _("Untitled problem")


def _case(problem: Problem) -> str:
    return url_for("grading_panel.show", problem_id=problem.id)
