"""What waits on the way of a problem: writing, screening, grading, questions, teams that were told."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import (
    BrokerAssignment,
    Call,
    CallRules,
    GradeAppeal,
    GradeDecision,
    GradeReview,
    GradingPanel,
    Match,
    MatchRun,
    Organization,
    PrivateCall,
    Problem,
    ProblemRevision,
    Question,
    Screening,
    Team,
)
from matchmaker.policies.match import announced_matches
from matchmaker.queries.grading_panel import not_appealed, without_panel
from matchmaker.queries.screening import latest_outcome
from matchmaker.queries.waiting_kind import (
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
from matchmaker.workflows.private_call import PrivateCallState
from matchmaker.workflows.problem import ProblemState
from matchmaker.workflows.problem_revision import OFFICE_STATES, ProblemRevisionState
from matchmaker.workflows.question import QuestionState

Select = sa.Select[Any]

NO_LAPSE = N_("Nothing lapses: it stays open, and the office is told.")


def _of_owner(state: ProblemState) -> Select:
    return (
        select(
            Problem.id,
            since=sa.func.coalesce(Problem.updated_at, Problem.created_at),
            due=Call.closes_at,
            title=titles_of(),
            context=names_of(Call),
            user=Problem.author_id,
            organization=Problem.organization_id,
            call=Problem.call_id,
        )
        .join(Call, Call.id == Problem.call_id)
        .where(Problem.state == state)
    )


def _drafts(_days: int) -> Select:
    """What nobody has seen yet: once the call has closed nobody waits for it."""
    return _of_owner(ProblemState.DRAFT).where(Call.closes_at > utcnow())


def _returned(_days: int) -> Select:
    return _of_owner(ProblemState.RETURNED)


def _of_office(since: Any, days: int, *conditions: Any) -> Select:
    """Problems with the office, or with their broker."""
    return (
        select(
            Problem.id,
            since=since,
            due=later(since, days),
            title=titles_of(),
            context=names_of(Organization),
            user=BrokerAssignment.broker_id,
            call=Problem.call_id,
        )
        .join(Organization, Organization.id == Problem.organization_id)
        .outerjoin(BrokerAssignment, BrokerAssignment.problem_id == Problem.id)
        .where(since.is_not(None), *conditions)
    )


def _to_screen(days: int) -> Select:
    unlisted = sa.func.coalesce(latest_outcome(), "") != "list"
    screened = sa.and_(Problem.state == ProblemState.SCREENING, unlisted)
    open_now = sa.or_(Problem.state == ProblemState.SUBMITTED, screened)
    return _of_office(Problem.submitted_at, days, open_now)


def _latest(moment: Any, of: Any) -> Any:
    found = sa.select(sa.func.max(moment)).where(of == Problem.id).correlate(Problem)
    return found.scalar_subquery()


def _to_name(days: int) -> Select:
    return _of_office(_latest(Screening.decided_at, Screening.problem_id), days, without_panel())


def _to_publish(days: int) -> Select:
    graded = sa.and_(Problem.state == ProblemState.GRADED, not_appealed())
    signed = _latest(GradeDecision.created_at, GradeDecision.problem_id)
    since = sa.func.coalesce(signed, Problem.updated_at, Problem.submitted_at)
    return _of_office(since, days, graded)


def _changes(days: int) -> Select:
    return (
        select(
            ProblemRevision.id,
            since=ProblemRevision.submitted_at,
            due=later(ProblemRevision.submitted_at, days),
            title=titles_of(),
            context=names_of(Organization),
            user=BrokerAssignment.broker_id,
            call=Problem.call_id,
        )
        .join(Problem, Problem.id == ProblemRevision.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .outerjoin(BrokerAssignment, BrokerAssignment.problem_id == Problem.id)
        .where(ProblemRevision.state.in_(OFFICE_STATES), ProblemRevision.submitted_at.is_not(None))
    )


def _returned_changes(days: int) -> Select:
    since = sa.func.coalesce(ProblemRevision.decided_at, ProblemRevision.created_at)
    return (
        select(
            ProblemRevision.id,
            since=since,
            due=later(since, days),
            title=titles_of(),
            context=names_of(Organization),
            user=ProblemRevision.author_id,
            organization=Problem.organization_id,
            call=Problem.call_id,
            place=Problem.id,
        )
        .join(Problem, Problem.id == ProblemRevision.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(ProblemRevision.state == ProblemRevisionState.RETURNED)
    )


def _questions(_days: int) -> Select:
    return (
        select(
            Question.id,
            since=Question.created_at,
            due=Question.due_at,
            title=titles_of(),
            context=names_of(Organization),
            user=Problem.author_id,
            organization=Problem.organization_id,
            call=Problem.call_id,
        )
        .join(Problem, Problem.id == Question.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(Question.state == QuestionState.OPEN)
    )


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


def _requests(days: int) -> Select:
    return (
        select(
            PrivateCall.id,
            since=PrivateCall.created_at,
            due=later(PrivateCall.created_at, days),
            title=names_of(Call),
            context=names_of(Organization),
        )
        .join(Call, Call.id == PrivateCall.call_id)
        .join(Organization, Organization.id == PrivateCall.organization_id)
        .where(PrivateCall.state == PrivateCallState.REQUESTED)
    )


KINDS = (
    Kind(
        "problem.draft",
        N_("Complete and submit: %(title)s"),
        N_("Continue writing"),
        Holder.OWNER,
        _drafts,
        "/problems/{place}/guide",
        Ladder(before=(7, 1)),
        N_("After that the call takes no more problems; what was written stays."),
        is_private=True,
    ),
    Kind(
        "problem.returned",
        N_("Change and submit again: %(title)s"),
        N_("Continue writing"),
        Holder.OWNER,
        _returned,
        "/problems/{place}/guide",
        Ladder(before=(14, 3, 1), leads=(0,), office=(2,)),
        N_("After that the call takes no more problems; what was written stays."),
        office_path="/office/problems/{subject}",
    ),
    Kind(
        "problem.screen",
        N_("Screen: %(title)s"),
        N_("Decide"),
        Holder.OFFICE,
        _to_screen,
        "/office/problems/{place}",
        Ladder(office=(2,)),
        NO_LAPSE,
        setting="screening_due_days",
        letters=N_("Three days before, and every week once it is late."),
    ),
    Kind(
        "problem.grade",
        N_("Grade: %(title)s"),
        N_("Grade"),
        Holder.OFFICE,
        _to_name,
        "/office/grading/{place}",
        Ladder(after=(0, 7)),
        NO_LAPSE,
        within=7,
    ),
    Kind(
        "problem.publish",
        N_("Publish: %(title)s"),
        N_("Look and publish"),
        Holder.OFFICE,
        _to_publish,
        "/office/problems/{place}",
        Ladder(after=(0, 7)),
        NO_LAPSE,
        within=14,
    ),
    Kind(
        "problem_revision.screen",
        N_("Look at a change: %(title)s"),
        N_("Decide"),
        Holder.OFFICE,
        _changes,
        "/office/amendments/{place}",
        Ladder(office=(2,)),
        N_("Nothing lapses: the published text stays as it is until somebody decides."),
        setting="screening_due_days",
        letters=N_("Three days before, and every week once it is late."),
    ),
    Kind(
        "problem_revision.returned",
        N_("Change what you proposed: %(title)s"),
        N_("Continue writing"),
        Holder.OWNER,
        _returned_changes,
        "/problems/{place}/amendment",
        Ladder(before=(3,), after=(0,), leads=(2,)),
        N_("Nothing lapses: the published text stays as it is until somebody decides."),
        within=14,
    ),
    Kind(
        "question.answer",
        N_("Answer a question: %(title)s"),
        N_("Answer"),
        Holder.OWNER,
        _questions,
        "/questions/{place}/answer",
        Ladder(leads=(1,), office=(2,)),
        N_("Nothing lapses: everybody sees that it is late, and the office may answer."),
        setting="question_due_days",
        letters=N_("Two days before, and every two days once it is late."),
        office_path="/questions/{subject}/answer",
    ),
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
    Kind(
        "private_call.decide",
        N_("In-house call asked for: %(title)s"),
        N_("Decide"),
        Holder.OFFICE,
        _requests,
        "/private-calls/{place}",
        Ladder(before=(3,), after=(0, 7)),
        NO_LAPSE,
        within=14,
    ),
)
