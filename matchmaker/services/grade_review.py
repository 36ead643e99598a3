"""What a reviewer does: begin, save as they go, hand in, explain, revise in discussion, step aside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from matchmaker.assessment.grading import facts_of, grade_of, suggest_grade
from matchmaker.assessment.rubric import MAX_POINTS, GradingRubric
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import (
    GradeReview,
    GradeReviewVersion,
    GradingComment,
    GradingPanel,
    Problem,
    User,
)
from matchmaker.policies.grade_review import may_compare
from matchmaker.queries import grade_review as queries
from matchmaker.services import grading_panel as panels
from matchmaker.services import rubric
from matchmaker.services.context import Context
from matchmaker.services.grading_record import write_to_reviewer
from matchmaker.services.notification_closing import close_case
from matchmaker.services.problem_intake import intake_of
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.grade_review import (
    DUE_STATES,
    GRADE_REVIEW_WORKFLOW,
    GradeReviewAction,
    GradeReviewState,
)
from matchmaker.workflows.grading_panel import OPEN_STATES, GradingPanelState

MAX_COMMENT = 1000
#: A letter reminds this long before the points are due, and once more when they are late.
REMIND_BEFORE = timedelta(days=2)

Points = Mapping[str, int | None]
Comments = Mapping[str, str]


def start(ctx: Context, review_id: int) -> GradeReview:
    """The reviewer has nothing to do with the organization, and begins."""
    review = queries.get_review(ctx.session, ctx.actor, review_id, lock=True)
    if review.state is GradeReviewState.STARTED:
        return review  # A second click.
    _check_scoring(review)
    before = review.apply(GradeReviewAction.START)
    review.started_at = utcnow()
    ctx.record("grade_review:start", review, before=before, after=review.state)
    return review


def save(ctx: Context, review_id: int, points: Points, comments: Comments) -> GradeReview:
    """Keep points and comments as far as they are given; nobody else sees them."""
    review = queries.get_review(ctx.session, ctx.actor, review_id, lock=True)
    _check_scoring(review)
    review.apply(GradeReviewAction.SAVE)
    given = rubric_of(ctx, review)
    review.points = _checked_points(points, given, complete=False)
    review.comments = _checked_comments(comments, given)
    review.saved_at = utcnow()
    return review


def submit(ctx: Context, review_id: int, points: Points, comments: Comments) -> GradeReview:
    """Hand in all points. From now on the suggestion, and soon the other's points, are shown."""
    review = queries.get_review(ctx.session, ctx.actor, review_id, lock=True)
    given = rubric_of(ctx, review)
    complete = _checked_points(points, given, complete=True)
    said = _checked_comments(comments, given)
    if review.state is GradeReviewState.SUBMITTED and complete == review.points:
        return review  # A second click.
    _check_scoring(review)
    GRADE_REVIEW_WORKFLOW.target(review.state, GradeReviewAction.SUBMIT)
    review.suggested = suggest_grade(intake_of(review.panel.problem), given).plain_points
    review.submitted_at = review.saved_at = utcnow()
    before = review.apply(GradeReviewAction.SUBMIT)
    _keep(ctx, review, complete, said, reason="")
    facts = {"points": complete, "grade": review.grade, "rubric": review.rubric_version}
    ctx.record("grade_review:submit", review, before=before, after=review.state, **facts)
    _compare(ctx, review)
    return review


def explain(ctx: Context, review_id: int, comments: Comments) -> GradeReview:
    """Say why points differ from the suggestion; points and what was said before stay."""
    review = queries.get_review(ctx.session, ctx.actor, review_id, lock=True)
    review.apply(GradeReviewAction.EXPLAIN)
    said = _checked_comments(comments, rubric_of(ctx, review))
    missing = {criterion: said[criterion] for criterion in review.unexplained if criterion in said}
    if missing:
        review.comments = {**review.comments, **missing}
        ctx.record("grade_review:explain", review, criteria=sorted(missing))
    return review


def revise(
    ctx: Context,
    review_id: int,
    points: Points,
    comments: Comments,
    *,
    reason: str,
    version: int,
) -> GradeReview:
    """Change points after the discussion, with a reason; the earlier points stay on record."""
    review = queries.get_review(ctx.session, ctx.actor, review_id, lock=True)
    ctx.require(may_compare, review)
    if review.panel.state is not GradingPanelState.DISCUSSION:
        raise InvalidTransition(N_("Points are revised during the discussion only."))
    given = rubric_of(ctx, review)
    complete, said = (
        _checked_points(points, given, complete=True),
        _checked_comments(comments, given),
    )
    if complete == review.points:
        if review.versions[-1].reason == reason.strip() and reason.strip():
            return review  # A second click.
        raise InvalidInput(fields={"reason": [Message(N_("No point differs from before."))]})
    if review.version != version:
        raise StaleVersion
    reason = needed(reason)
    review.apply(GradeReviewAction.REVISE)
    _keep(ctx, review, complete, said, reason=reason)
    ctx.record("grade_review:revise", review, points=complete, grade=review.grade, reason=reason)
    _compare(ctx, review)
    return review


def recuse(ctx: Context, review_id: int, *, reason: str) -> GradeReview:
    """Step aside: the case is hidden at once, and the office is asked for somebody else."""
    done = ctx.session.get(GradeReview, review_id)
    own = done is not None and ctx.actor is not None and done.reviewer_id == ctx.actor.id
    if done is not None and own and done.state is GradeReviewState.RECUSED:
        return done  # A second click.
    review = queries.get_review(ctx.session, ctx.actor, review_id, lock=True)
    reason = needed(reason)
    step_aside(ctx, review, reason)
    return review


def step_aside(ctx: Context, review: GradeReview, reason: str) -> None:
    """End a review from the reviewer's side and write to the officer who named the panel."""
    if review.panel.state not in OPEN_STATES:
        raise InvalidTransition
    panels.leave_seat(ctx, review, GradeReviewAction.RECUSE, reason)
    close_case(ctx, review.reviewer, f"/reviews/{review.id}")
    problem, opener = review.panel.problem, review.panel.opener
    if opener is not None:
        ctx.send_mail(
            "grading_panel.vacant",
            opener,
            about=problem,
            title=problem.title(language_of(opener.locale)),
            url=f"{ctx.settings.base_url}/office/grading/{problem.id}",
        )


def comment(ctx: Context, review_id: int, body: str) -> GradingComment:
    """Say something to the other reviewer and the officer."""
    review = queries.get_review(ctx.session, ctx.actor, review_id)
    ctx.require(may_compare, review)
    return panels.say(ctx, review.panel, body, review)


def rubric_of(ctx: Context, review: GradeReview) -> GradingRubric:
    """The rubric the review was begun under, whatever has been put in force since."""
    return rubric.version(ctx.session, "grading", review.rubric_version)


def remind(ctx: Context) -> int:
    """Write to reviewers whose points are due soon, and once more when they are late."""
    now = utcnow()
    statement = (
        sa.select(GradeReview)
        .join(GradingPanel, GradingPanel.id == GradeReview.panel_id)
        .where(
            GradeReview.state.in_(DUE_STATES),
            GradingPanel.state.in_(OPEN_STATES),
            GradeReview.due_at <= now + REMIND_BEFORE,
        )
        .options(joinedload(GradeReview.reviewer), joinedload(GradeReview.panel))
        .order_by(GradeReview.id)
        .with_for_update(of=GradeReview, skip_locked=True)
    )
    waiting = [r for r in ctx.session.scalars(statement) if _is_unreminded(r)]
    for review in waiting:
        kind = "grade_review.late" if review.is_overdue else "grade_review.due"
        write_to_reviewer(ctx, review, kind)
        review.reminded_at = now
    return len(waiting)


def _is_unreminded(review: GradeReview) -> bool:
    """Whether no letter went out yet for what the review is now: due soon, or late."""
    if review.reminded_at is None:
        return True
    return review.is_overdue and review.reminded_at < review.due_at


def _check_scoring(review: GradeReview) -> None:
    if review.panel.state is not GradingPanelState.SCORING:
        raise InvalidTransition


def _compare(ctx: Context, review: GradeReview) -> None:
    """Look at both under a lock, so that two who hand in at once are compared by the second."""
    panel = ctx.session.get(
        GradingPanel, review.panel_id, with_for_update=True, populate_existing=True
    )
    if panel is not None:
        panels.compare(ctx, panel)


def _keep(
    ctx: Context, review: GradeReview, points: dict[str, int], said: dict[str, str], *, reason: str
) -> None:
    """Write the points with the grade they lead to, and put a copy on record."""
    given = rubric_of(ctx, review)
    facts = facts_of(intake_of(review.panel.problem), given)
    review.points, review.comments = points, said
    review.grade = grade_of(points, facts, given).grade
    review.versions.append(
        GradeReviewVersion(
            number=len(review.versions) + 1,
            points=points,
            comments=said,
            grade=review.grade,
            reason=reason,
        )
    )


def _checked_points(points: Points, given: GradingRubric, *, complete: bool) -> dict[str, int]:
    """The points by criterion of the rubric; each that is missing or impossible is named."""
    faults = {}
    for criterion in given.criteria:
        value = points.get(criterion)
        if value is None and complete:
            faults[criterion] = [Message(N_("Choose the sentence that fits best."))]
        elif value is not None and not 0 <= value <= MAX_POINTS:
            faults[criterion] = [Message(N_("Choose 0 to 4 points."))]
    if faults:
        raise InvalidInput(fields=faults)
    return {c: value for c in given.criteria if (value := points.get(c)) is not None}


def _checked_comments(comments: Comments, given: GradingRubric) -> dict[str, str]:
    kept = {
        c: limited(comments.get(c, ""), f"{c}_why", maximum=MAX_COMMENT) for c in given.criteria
    }
    return {criterion: text for criterion, text in kept.items() if text}


def near_reviews(ctx: Context, user: User, organization_id: int) -> list[GradeReview]:
    """The reviews *user* is at work on about problems of an organization."""
    statement = (
        sa.select(GradeReview)
        .join(GradingPanel, GradingPanel.id == GradeReview.panel_id)
        .join(Problem, Problem.id == GradingPanel.problem_id)
        .where(
            GradeReview.reviewer_id == user.id,
            GradeReview.state.in_((*DUE_STATES, GradeReviewState.SUBMITTED)),
            GradingPanel.state.in_(OPEN_STATES),
            Problem.organization_id == organization_id,
        )
    )
    return list(ctx.session.scalars(statement))
