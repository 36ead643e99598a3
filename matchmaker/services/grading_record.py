"""End what was under way in grading when a problem leaves the stage, and write to reviewers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, NotFound
from matchmaker.i18n import N_, language_of
from matchmaker.models import GradeReview, GradingPanel, Problem
from matchmaker.policies.problem import visible_problems
from matchmaker.queries.grade_appeal import open_appeal
from matchmaker.queries.grading_panel import open_panel
from matchmaker.services.context import Context
from matchmaker.services.mail import in_words
from matchmaker.workflows.grade_appeal import GradeAppealAction
from matchmaker.workflows.grade_review import DUE_STATES
from matchmaker.workflows.grading_panel import GradingPanelAction
from matchmaker.workflows.problem import ProblemState

#: Where a grade is made, and where the owner may still ask for it to be looked at again.
GRADING_STATES = (ProblemState.SCREENING, ProblemState.GRADED, ProblemState.PUBLISHED)


def leave_grading(ctx: Context, problem: Problem) -> None:
    """Stop the panel and let the owner's request lapse: the problem went back, or is over.

    Does nothing while the problem is where grades are made; call it after any change of state.
    """
    if problem.state in GRADING_STATES:
        return
    panel = open_panel(ctx.session, problem.id, lock=True)
    if panel is not None:
        stop(ctx, panel)
    appeal = open_appeal(ctx.session, problem.id)
    if appeal is not None:
        appeal.apply(GradeAppealAction.LAPSE)
        appeal.closed_at = utcnow()
        ctx.record("grade_appeal:lapse", appeal, problem_id=problem.id)


def check_no_appeal(ctx: Context, problem: Problem) -> None:
    """Refuse to go on while the owner waits for an answer about the grade."""
    if not ctx.trusted and open_appeal(ctx.session, problem.id) is not None:
        raise Conflict(
            N_("The owner has asked for a review of the grade: answer it before you publish.")
        )


def stop(ctx: Context, panel: GradingPanel) -> None:
    """End a panel without a signature, and tell those who were still to hand in."""
    panel.apply(GradingPanelAction.STOP)
    panel.closed_at = utcnow()
    for review in panel.seated:
        if review.state in DUE_STATES:
            write_to_reviewer(ctx, review, "grade_review.stopped")
    ctx.record("grading_panel:stop", panel, problem_id=panel.problem_id)


def write_to_reviewer(ctx: Context, review: GradeReview, kind: str, **params: Any) -> None:
    """Write to the reviewer, in their language, with the title and the way to the page."""
    user, problem = review.reviewer, review.panel.problem
    ctx.send_mail(
        kind,
        user,
        about=problem,
        title=problem.title(language_of(user.locale)),
        until=when(ctx, review.due_at, user.locale),
        url=f"{ctx.settings.base_url}/reviews/{review.id}",
        **params,
    )


def when(ctx: Context, moment: datetime, locale: str) -> str:
    """*moment* in words for a letter."""
    return in_words(moment, locale, ctx.settings.timezone)


def lock_problem(ctx: Context, problem_id: int) -> Problem:
    """The problem, locked for this transaction, if the actor may know of it."""
    known = sa.true() if ctx.trusted else visible_problems(ctx.actor)
    statement = sa.select(Problem).where(Problem.id == problem_id, known).with_for_update()
    problem = ctx.session.scalar(statement.execution_options(populate_existing=True))
    if problem is None:
        raise NotFound
    return problem


def next_number(ctx: Context, problem: Problem) -> int:
    """The number of the next panel of *problem*."""
    highest = sa.select(sa.func.max(GradingPanel.number)).where(
        GradingPanel.problem_id == problem.id
    )
    return (ctx.session.scalar(highest) or 0) + 1
