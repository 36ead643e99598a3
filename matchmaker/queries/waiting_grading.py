"""What waits in grading and matching: points, signatures, appeals, runs, teams that were told."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    Call,
    CallRules,
    GradeAppeal,
    GradeReview,
    GradingPanel,
    Match,
    MatchRun,
    Organization,
    Problem,
    Team,
)
from matchmaker.policies.match import announced_matches
from matchmaker.queries.waiting_kind import (
    NO_LAPSE,
    Holder,
    Kind,
    Ladder,
    earliest,
    later,
    names_of,
    select,
    titles_of,
)
from matchmaker.workflows.grade_appeal import OPEN_STATES as OPEN_APPEALS
from matchmaker.workflows.grade_review import DUE_STATES, GradeReviewState
from matchmaker.workflows.grading_panel import OPEN_STATES as OPEN_PANELS
from matchmaker.workflows.grading_panel import GradingPanelState
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.problem import ProblemState

Select = sa.Select[Any]


def _reviews(since: Any, due: Any, *conditions: Any) -> Select:
    return (
        select(
            GradeReview.id,
            since=since,
            due=due,
            title=titles_of(),
            context=names_of(Organization),
            user=GradeReview.reviewer_id,
            call=Problem.call_id,
        )
        .join(GradingPanel, GradingPanel.id == GradeReview.panel_id)
        .join(Problem, Problem.id == GradingPanel.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(*conditions)
    )


def _to_score(_days: int) -> Select:
    is_open = GradingPanel.state.in_(OPEN_PANELS)
    return _reviews(
        GradeReview.created_at, GradeReview.due_at, GradeReview.state.in_(DUE_STATES), is_open
    )


def _to_discuss(days: int) -> Select:
    """Both have handed in, and their points differ."""
    handed_in = GradeReview.state == GradeReviewState.SUBMITTED
    in_discussion = GradingPanel.state == GradingPanelState.DISCUSSION
    since = sa.func.coalesce(GradeReview.submitted_at, GradeReview.created_at)
    return _reviews(since, later(since, days), handed_in, in_discussion)


def _to_sign(days: int) -> Select:
    """Reviewers are done: an officer signs."""
    since = sa.func.coalesce(GradingPanel.settled_at, GradingPanel.created_at)
    return (
        select(
            GradingPanel.id,
            since=since,
            due=later(since, days),
            title=titles_of(),
            context=names_of(Organization),
            call=Problem.call_id,
            place=Problem.id,
        )
        .join(Problem, Problem.id == GradingPanel.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(GradingPanel.state == GradingPanelState.SETTLED)
    )


def _appeals(_days: int) -> Select:
    return (
        select(
            GradeAppeal.id,
            since=GradeAppeal.created_at,
            due=GradeAppeal.due_at,
            title=titles_of(),
            context=names_of(Organization),
            user=GradeAppeal.officer_id,
            call=Problem.call_id,
            place=Problem.id,
        )
        .join(Problem, Problem.id == GradeAppeal.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(GradeAppeal.state.in_(OPEN_APPEALS))
    )


def _runs(days: int) -> Select:
    return (
        select(
            MatchRun.id,
            since=MatchRun.finished_at,
            due=later(MatchRun.finished_at, days),
            title=names_of(Call),
            user=MatchRun.starter_id,
            call=MatchRun.call_id,
        )
        .join(Call, Call.id == MatchRun.call_id)
        .where(MatchRun.state == MatchRunState.DONE, MatchRun.finished_at.is_not(None))
    )


def invited_until(days: int) -> Any:
    """Until when a team can answer: so many days, but never after the problem or the call closes."""
    return earliest(
        later(MatchRun.published_at, days), CallRules.applications_close_at, Problem.deadline_at
    )


def _told_teams(days: int) -> Select:
    return (
        select(
            Match.id,
            since=MatchRun.published_at,
            due=invited_until(days),
            title=titles_of(),
            context=names_of(Team),
            team=Match.team_id,
            call=MatchRun.call_id,
            place=Match.team_id,
        )
        .join(MatchRun, MatchRun.id == Match.run_id)
        .join(Problem, Problem.id == Match.problem_id)
        .join(Team, Team.id == Match.team_id)
        .outerjoin(CallRules, CallRules.call_id == MatchRun.call_id)
        .where(
            announced_matches(),
            Match.state == MatchState.INVITED,
            Problem.state == ProblemState.PUBLISHED,
        )
    )


KINDS = (
    Kind(
        "grade_review.score",
        N_("Score: %(title)s"),
        N_("Score"),
        Holder.PERSON,
        _to_score,
        "/reviews/{place}",
        Ladder(office=(3,)),
        N_("Nothing lapses: the office may ask somebody else."),
        setting="grading_due_days",
        letters=N_("Some days before, and once when it is late."),
        office_path="/office/grading",
    ),
    Kind(
        "grade_review.discuss",
        N_("Discuss your points: %(title)s"),
        N_("See where they differ"),
        Holder.PERSON,
        _to_discuss,
        "/reviews/{place}",
        Ladder(before=(1,), after=(1,), office=(3,)),
        N_("Nothing lapses: the office may settle it or ask somebody else."),
        within=7,
        office_path="/office/grading",
    ),
    Kind(
        "grading_panel.sign",
        N_("Sign the grade: %(title)s"),
        N_("Look and sign"),
        Holder.OFFICE,
        _to_sign,
        "/office/grading/{place}",
        Ladder(after=(0, 7)),
        NO_LAPSE,
        within=7,
    ),
    Kind(
        "grade_appeal.answer",
        N_("Answer the owner about the grade: %(title)s"),
        N_("Look"),
        Holder.OFFICE,
        _appeals,
        "/office/grading/{place}",
        Ladder(before=(3, 1), after=(0, 7), office=(1,)),
        NO_LAPSE,
        setting="appeal_days",
    ),
    Kind(
        "match_run.review",
        N_("Review matching: %(title)s"),
        N_("Review"),
        Holder.OFFICE,
        _runs,
        "/office/runs/{place}/review",
        Ladder(after=(0, 7), office=(3,)),
        N_("Nothing lapses: no team is told before an officer publishes."),
        within=7,
    ),
    Kind(
        "match.answer",
        N_("Say whether it interests you: %(title)s"),
        N_("See why and answer"),
        Holder.TEAM,
        _told_teams,
        "/teams/{place}/recommendations",
        Ladder(before=(3, 1)),
        N_("The recommendation ends; the team can still apply on its own while the call is open."),
        within=30,
    ),
)
