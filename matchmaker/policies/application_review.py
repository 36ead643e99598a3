"""Who judges applications, and what a reader may know of a case in which phase."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import object_session

from matchmaker.i18n import N_
from matchmaker.models import (
    Application,
    CallRules,
    ReviewAssignment,
    ReviewRound,
    Role,
    User,
)
from matchmaker.policies.application import may_read_application, received_applications
from matchmaker.policies.application_conflict import why_not_judge
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.review_round import may_manage_round, may_read_rounds
from matchmaker.policies.scope import is_national
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.review_assignment import SEATED_STATES, ReviewAssignmentState
from matchmaker.workflows.review_round import ReviewRoundState

#: States in which an application can be read by reviewers: it was handed in and not given up.
READABLE_STATES = tuple(
    state
    for state in ApplicationState
    if state not in (ApplicationState.DRAFT, ApplicationState.WITHDRAWN)
)
#: States in which it is still to be judged: afterwards a decision has been announced.
JUDGED_STATES = (
    ApplicationState.SUBMITTED,
    ApplicationState.UNDER_REVIEW,
    ApplicationState.SHORTLISTED,
    ApplicationState.WAITLISTED,
)
#: Phases in which reviewers read anything at all.
READING_PHASES = (ReviewRoundState.SCORING, ReviewRoundState.DISCUSSION, ReviewRoundState.CLOSED)


@permission("application_review:list")
def may_list_assignments(actor: User) -> Reason:
    """Reviewers."""
    if actor.has_role(Role.REVIEWER):
        return None
    return N_("Only reviewers judge applications.")


@permission("application_review:judge")
def may_judge(actor: User, assignment: ReviewAssignment) -> Reason:
    """The reviewer who was asked, as long as nothing ties them to the problem or the team."""
    if assignment.reviewer_id != actor.id or assignment.state not in SEATED_STATES:
        return N_("Only the reviewer who was asked judges.")
    session = object_session(assignment)
    if session is None or why_not_judge(session, actor, assignment.application) is not None:
        return N_("Something ties you to this application.")
    return None


def shows_others(round_: ReviewRound, assignment: ReviewAssignment) -> bool:
    """Whether a reader sees the others' points: in the discussion, having handed in."""
    return (
        round_.state is ReviewRoundState.DISCUSSION
        and assignment.state is ReviewAssignmentState.SUBMITTED
    )


@permission("application_review:manage")
def may_manage_case(actor: User, application: Application) -> Reason:
    """Programme officers without an interest in the application."""
    return may_manage_round(actor, application.call) or may_read_application(actor, application)


def visible_cases(actor: User | None) -> sa.ColumnElement[bool]:
    """The applications whose review *actor* follows: those the office reads, of the programme."""
    if actor is None or not may_read_rounds.allows(actor):
        return sa.false()
    return sa.and_(received_applications(actor), is_national(Application.call_id))


def visible_assignments(actor: User | None) -> sa.ColumnElement[bool]:
    """The assignments *actor* may open, but for conflicts, which `may_judge` knows.

    A case that was given up, by the reviewer, the office or the team, is gone at once; so is one
    that was decided before it was handed in.
    """
    if actor is None or not may_list_assignments.allows(actor):
        return sa.false()
    readable = (
        sa.select(Application.id)
        .join(ReviewRound, ReviewRound.call_id == Application.call_id)
        .where(ReviewRound.state.in_(READING_PHASES))
    )
    handed_in = ReviewAssignment.state == ReviewAssignmentState.SUBMITTED
    return sa.and_(
        ReviewAssignment.reviewer_id == actor.id,
        ReviewAssignment.state.in_(SEATED_STATES),
        sa.or_(
            ReviewAssignment.application_id.in_(
                readable.where(Application.state.in_(JUDGED_STATES))
            ),
            sa.and_(
                handed_in,
                ReviewAssignment.application_id.in_(
                    readable.where(Application.state.in_(READABLE_STATES))
                ),
            ),
        ),
    )


def is_blind(rules: CallRules | None) -> bool:
    """Whether readers of a call do not learn who applies; without rules they do not either."""
    return rules is None or rules.blind
