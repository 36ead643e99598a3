"""The office decides how a milestone ended, and reopens a decision that turned out to be false.

The owner says what it thinks first. If it says nothing until the time is up, the office decides
alone, and the record says so.
"""

from __future__ import annotations

from datetime import datetime

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidTransition
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    MILESTONE_OUTCOME_LABELS,
    SIDE_OF,
    Cause,
    Milestone,
    MilestoneDecision,
    MilestoneOutcome,
)
from matchmaker.policies.milestone import may_decide_milestone
from matchmaker.queries.milestone import opinion_of
from matchmaker.services import award_payment, extension_request, milestone_result
from matchmaker.services.context import Context
from matchmaker.services.milestone import check_version, find, review_due
from matchmaker.services.milestone_feedback import check_outcome
from matchmaker.services.milestone_letters import tell
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.milestone import RESULT_ACTIONS, MilestoneAction, MilestoneState


def why_not_yet(row: Milestone, now: datetime) -> Message | None:
    """Why the office cannot decide yet; None if it can.

    It waits for the owner's opinion, or for the time to pass of whoever has the next step. What
    was decided before and reopened waits for nobody.
    """
    due = row.next_due_at
    if row.decisions or opinion_of(row) is not None or due is None or now >= due:
        return None
    if row.state is MilestoneState.SUBMITTED:
        return Message(N_("The owner has still time to say what it thinks. Decide after that."))
    return Message(N_("The team has still time to hand it in. Decide after that."))


def decide(
    ctx: Context,
    engagement_id: int,
    milestone_id: int,
    *,
    outcome: MilestoneOutcome | None,
    cause: Cause | None = None,
    reason: str,
    version: int,
) -> Milestone:
    """Decide: reached, partly or not; whatever falls short needs a cause and a reason.

    Raises
    ------
    InvalidTransition
        If the owner, or the team, has still time.
    """
    row = find(ctx, engagement_id, milestone_id)
    ctx.require(may_decide_milestone, row)
    outcome = check_outcome(outcome, cause)
    is_short = outcome is not MilestoneOutcome.PASSED
    kept = needed(reason) if is_short else limited(reason)
    cause = cause if is_short else None
    if (row.state.value, row.cause, row.reason) == (outcome.value, cause, kept):
        return row  # A second click.
    check_version(row, version)
    if row.is_open and (why := why_not_yet(row, utcnow())) is not None:
        raise InvalidTransition(why.text)
    decision = _take(ctx, row, outcome, cause, kept)
    extension_request.end_open(ctx, row)
    milestone_result.keep(ctx, row, decision)
    award_payment.milestone_decided(ctx, row)
    label = Message(MILESTONE_OUTCOME_LABELS[outcome])
    tell(ctx, row, "milestone.decided", outcome=label, note=kept)
    return row


def _take(
    ctx: Context, row: Milestone, outcome: MilestoneOutcome, cause: Cause | None, reason: str
) -> MilestoneDecision:
    now, opinion, standing = utcnow(), opinion_of(row), row.standing
    before = row.apply(RESULT_ACTIONS[MilestoneState(outcome.value)])
    row.decided_at, row.reason, row.cause = now, reason, cause
    row.side = SIDE_OF[cause] if cause else None
    row.decider_id = ctx.actor.id if ctx.actor else None
    decision = MilestoneDecision(
        version_id=standing.id if standing else None,
        outcome=outcome,
        cause=cause,
        side=row.side,
        reason=reason,
        decider_id=row.decider_id,
        decided_at=now,
        opinion_id=opinion.id if opinion else None,
    )
    row.decisions.append(decision)
    ctx.record(
        "milestone:decide",
        row,
        before=before,
        after=row.state,
        cause=cause,
        side=row.side,
        reason=reason,
        opinion=opinion.outcome if opinion else None,
    )
    return decision


def reopen(
    ctx: Context, engagement_id: int, milestone_id: int, *, reason: str, version: int
) -> Milestone:
    """A decision turned out to be false: it counts no more, and what followed from it is undone.

    Evidence made from it is revoked and payments that rest on it are flagged; the decision itself
    stays on record, with the reason.
    """
    row = find(ctx, engagement_id, milestone_id)
    ctx.require(may_decide_milestone, row)
    kept = needed(reason)
    last = row.decisions[-1] if row.decisions else None
    if row.is_open and last is not None and last.reopen_reason == kept:
        return row  # A second click.
    check_version(row, version)
    action = MilestoneAction.REOPEN if row.versions else MilestoneAction.REOPEN_PLANNED
    before = row.apply(action)
    now = utcnow()
    if last is not None:
        last.reopened_at, last.reopen_reason = now, kept
        last.reopener_id = ctx.actor.id if ctx.actor else None
    row.decided_at = row.decider_id = row.cause = row.side = None
    row.reason, row.review_due_at = "", review_due(ctx, now)
    revoked = milestone_result.withdraw(ctx, row, kept)
    ctx.record(
        "milestone:reopen", row, before=before, after=row.state, reason=kept, revoked=revoked
    )
    award_payment.milestone_reopened(ctx, row)
    tell(ctx, row, "milestone.reopened", note=kept)
    return row
