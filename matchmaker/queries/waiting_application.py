"""What waits on the way of an application: writing, reading, deciding, answering an offer."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import (
    Application,
    ApplicationTwin,
    Call,
    CallRules,
    Decision,
    DecisionRound,
    Organization,
    Problem,
    ReviewAssignment,
    ReviewRound,
    Team,
)
from matchmaker.policies.application_review import JUDGED_STATES
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
from matchmaker.workflows.application import LIVE_STATES, ApplicationState
from matchmaker.workflows.decision_round import DecisionRoundState
from matchmaker.workflows.review_assignment import DUE_STATES
from matchmaker.workflows.review_round import WORKING_STATES, ReviewRoundState

Select = sa.Select[Any]


def _of_team(due: Any, since: Any, state: ApplicationState) -> Select:
    return (
        select(
            Application.id,
            since=since,
            due=due,
            title=titles_of(),
            context=names_of(Team),
            user=Application.lead_id,
            team=Application.team_id,
            call=Application.call_id,
        )
        .join(Problem, Problem.id == Application.problem_id)
        .join(Team, Team.id == Application.team_id)
        .where(Application.state == state, Team.archived_at.is_(None))
    )


def _drafts(_days: int) -> Select:
    due = earliest(CallRules.applications_close_at, Problem.deadline_at)
    drafts = _of_team(due, Application.created_at, ApplicationState.DRAFT)
    return drafts.join(CallRules, CallRules.call_id == Application.call_id)


def _offers(_days: int) -> Select:
    """Of an application decided on twice the later decision counts."""
    latest = (
        sa.select(sa.func.max(Decision.id))
        .join(DecisionRound, DecisionRound.id == Decision.round_id)
        .where(DecisionRound.state == DecisionRoundState.ANNOUNCED)
        .group_by(Decision.application_id)
    )
    since = sa.func.coalesce(Application.decided_at, Application.created_at)
    offers = _of_team(Decision.expires_at, since, ApplicationState.OFFERED)
    return offers.join(Decision, Decision.application_id == Application.id).where(
        Decision.id.in_(latest), Decision.expires_at.is_not(None)
    )


def _twins(days: int) -> Select:
    other = sa.select(Application.id).where(Application.state.in_(LIVE_STATES))
    return (
        select(
            ApplicationTwin.id,
            since=ApplicationTwin.created_at,
            due=later(ApplicationTwin.created_at, days),
            title=titles_of(),
            context=names_of(Call),
            call=Application.call_id,
        )
        .join(Application, Application.id == ApplicationTwin.application_id)
        .join(Problem, Problem.id == Application.problem_id)
        .join(Call, Call.id == Application.call_id)
        .where(
            ApplicationTwin.judged_at.is_(None),
            Application.state.in_(LIVE_STATES),
            ApplicationTwin.other_id.in_(other),
        )
    )


def _to_judge(_days: int) -> Select:
    """Nothing in it tells a blind reader who applies."""
    return (
        select(
            ReviewAssignment.id,
            since=ReviewAssignment.created_at,
            due=ReviewAssignment.due_at,
            title=titles_of(),
            context=names_of(Organization),
            user=ReviewAssignment.reviewer_id,
            call=Application.call_id,
        )
        .join(Application, Application.id == ReviewAssignment.application_id)
        .join(ReviewRound, ReviewRound.call_id == Application.call_id)
        .join(Problem, Problem.id == Application.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(
            ReviewAssignment.state.in_(DUE_STATES),
            ReviewRound.state.in_(WORKING_STATES),
            Application.state.in_(JUDGED_STATES),
        )
    )


def _calls(since: Any, days: int, *conditions: Any) -> Select:
    return (
        select(
            Call.id,
            since=since,
            due=later(since, days),
            title=names_of(Call),
            call=Call.id,
        )
        .outerjoin(ReviewRound, ReviewRound.call_id == Call.id)
        .where(*conditions)
    )


def _to_begin(days: int) -> Select:
    """Calls that closed to applications and whose readers have not been asked."""
    unread = sa.select(Application.call_id).where(
        Application.state.in_((ApplicationState.SUBMITTED, ApplicationState.UNDER_REVIEW))
    )
    not_begun = sa.or_(ReviewRound.id.is_(None), ReviewRound.state == ReviewRoundState.PREPARING)
    closes_at = CallRules.applications_close_at
    is_over = closes_at <= utcnow()
    found = _calls(closes_at, days, not_begun, is_over, Call.id.in_(unread))
    return found.join(CallRules, CallRules.call_id == Call.id)


def _to_end(days: int) -> Select:
    """Reviews whose time is over and that nobody has ended."""
    at_work = ReviewRound.state.in_(WORKING_STATES)
    return _calls(ReviewRound.due_at, days, at_work, ReviewRound.due_at.is_not(None))


def _rounds(days: int) -> Select:
    return (
        select(
            DecisionRound.id,
            since=DecisionRound.created_at,
            due=later(DecisionRound.created_at, days),
            title=names_of(Call),
            user=DecisionRound.starter_id,
            call=DecisionRound.call_id,
        )
        .join(Call, Call.id == DecisionRound.call_id)
        .where(DecisionRound.state == DecisionRoundState.PREPARING)
    )


KINDS = (
    Kind(
        "application.draft",
        N_("Hand in: %(title)s"),
        N_("Continue writing"),
        Holder.TEAM,
        _drafts,
        "/applications/{place}/edit",
        Ladder(),
        N_("After that nothing can be handed in; the draft stays with the team."),
        letters=N_("Three days before, and one day before."),
        is_private=True,
    ),
    Kind(
        "application.offer",
        N_("Answer the offer: %(title)s"),
        N_("Answer"),
        Holder.TEAM,
        _offers,
        "/applications/{place}",
        Ladder(before=(1,)),
        N_("The offer expires, and the next team in line gets it."),
        letters=N_("Two days before."),
        office_path="/office/applications/{subject}",
    ),
    Kind(
        "application_twin.judge",
        N_("Near copies to look at: %(title)s"),
        N_("Compare"),
        Holder.OFFICE,
        _twins,
        "/office/applications/twins/{place}",
        Ladder(after=(0, 7)),
        NO_LAPSE,
        within=7,
    ),
    Kind(
        "application_review.judge",
        N_("Judge: %(title)s"),
        N_("Judge"),
        Holder.PERSON,
        _to_judge,
        "/my-applications-to-review/{place}",
        Ladder(office=(3,)),
        N_("A week after it was due the review lapses, and the office asks somebody else."),
        letters=N_("Two days before, and once when it is late."),
        office_path="/office/reviewing/{call}",
    ),
    Kind(
        "review_round.begin",
        N_("Name and ask readers: %(title)s"),
        N_("Prepare the review"),
        Holder.OFFICE,
        _to_begin,
        "/office/reviewing/{place}",
        Ladder(before=(2,), after=(0, 7)),
        NO_LAPSE,
        within=7,
    ),
    Kind(
        "review_round.end",
        N_("End the review: %(title)s"),
        N_("Look and go on"),
        Holder.OFFICE,
        _to_end,
        "/office/reviewing/{place}",
        Ladder(after=(0, 7)),
        NO_LAPSE,
        within=7,
    ),
    Kind(
        "decision_round.announce",
        N_("Announce the decisions: %(title)s"),
        N_("Look and announce"),
        Holder.OFFICE,
        _rounds,
        "/office/decisions/{place}",
        Ladder(after=(0, 7), office=(3,)),
        N_("Nothing lapses: no team hears of a decision before it is announced."),
        within=14,
    ),
)
