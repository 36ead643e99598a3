"""What others say of a version: comments, changes that are asked for, the owner's opinion."""

from __future__ import annotations

from datetime import datetime, timedelta

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    SIDE_OF,
    Cause,
    FeedbackKind,
    Milestone,
    MilestoneFeedback,
    MilestoneOutcome,
)
from matchmaker.policies.engagement import side_of
from matchmaker.policies.milestone import (
    may_comment,
    may_give_opinion,
    may_request_changes,
)
from matchmaker.queries.milestone import opinion_of
from matchmaker.services.context import Context
from matchmaker.services.milestone import check_live, check_version, find
from matchmaker.services.milestone_letters import tell
from matchmaker.services.reasons import needed
from matchmaker.workflows.milestone import MilestoneAction, MilestoneState

MAX_CHANGES_AHEAD = timedelta(days=366)


def comment(ctx: Context, engagement_id: int, milestone_id: int, *, body: str) -> MilestoneFeedback:
    """Say something about what was handed in; everybody in the work reads it."""
    row = find(ctx, engagement_id, milestone_id)
    ctx.require(may_comment, row)
    kept = needed(body, "body")
    said = _said(ctx, row, FeedbackKind.COMMENT, kept)
    last = row.feedback[-1] if row.feedback else None
    if last is not None and _same(last, said):
        return last  # A second click.
    _add(ctx, row, said)
    tell(ctx, row, "milestone.comment", note=kept)
    return said


def _said(ctx: Context, row: Milestone, kind: FeedbackKind, body: str) -> MilestoneFeedback:
    standing = row.standing
    return MilestoneFeedback(
        version_id=standing.id if standing else None,
        user_id=ctx.actor.id if ctx.actor else None,
        side=(side_of(ctx.actor, row.engagement) if ctx.actor else None) or "office",
        kind=kind,
        body=body,
        at=utcnow(),
    )


def _same(one: MilestoneFeedback, other: MilestoneFeedback) -> bool:
    names = ("kind", "body", "user_id", "version_id", "asked_until", "outcome", "cause")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _add(ctx: Context, row: Milestone, said: MilestoneFeedback) -> None:
    row.feedback.append(said)
    ctx.record(
        f"milestone:{said.kind}",
        row,
        side=said.side,
        number=row.standing.number if row.standing else None,
        outcome=said.outcome,
    )


def request_changes(
    ctx: Context,
    engagement_id: int,
    milestone_id: int,
    *,
    body: str,
    until: datetime | None,
    version: int,
) -> Milestone:
    """Say what exactly is to be changed, and until when; the team has the next step."""
    row = find(ctx, engagement_id, milestone_id)
    ctx.require(may_request_changes, row)
    kept = needed(body, "body")
    until = _checked(until)
    check_live(row.engagement)
    said = _said(ctx, row, FeedbackKind.CHANGES, kept)
    said.asked_until = until
    if row.feedback and _same(row.feedback[-1], said):
        return row  # A second click.
    check_version(row, version)
    row.apply(MilestoneAction.REQUEST_CHANGES)
    row.changes_due_at = until
    _add(ctx, row, said)
    tell(ctx, row, "milestone.changes", note=kept, due=until)
    return row


def _checked(until: datetime | None) -> datetime:
    now = utcnow()
    if until is None or not now < until < now + MAX_CHANGES_AHEAD:
        text = N_("Choose a day and a time that are still to come, at most a year ahead.")
        raise InvalidInput(fields={"until": [Message(text)]})
    return until


def give_opinion(
    ctx: Context,
    engagement_id: int,
    milestone_id: int,
    *,
    outcome: MilestoneOutcome | None,
    cause: Cause | None = None,
    body: str,
) -> MilestoneFeedback:
    """The owner says how it judges what was handed in; the office decides after that."""
    row = find(ctx, engagement_id, milestone_id)
    ctx.require(may_give_opinion, row)
    outcome = check_outcome(outcome, cause)
    said = _said(ctx, row, FeedbackKind.OPINION, needed(body, "body"))
    said.outcome = outcome
    if outcome is not MilestoneOutcome.PASSED and cause is not None:
        said.cause, said.cause_side = cause, SIDE_OF[cause]
    before = opinion_of(row)
    if before is not None and _same(before, said):
        return before  # A second click.
    if row.state not in (MilestoneState.SUBMITTED, MilestoneState.CHANGES_REQUESTED):
        raise InvalidTransition(N_("An opinion is asked for between handing in and the decision."))
    _add(ctx, row, said)
    tell(ctx, row, "milestone.opinion", ("team", "office"), note=said.body)
    return said


def check_outcome(outcome: MilestoneOutcome | None, cause: Cause | None) -> MilestoneOutcome:
    """The outcome, if it was chosen; whatever falls short has a cause."""
    if outcome is None:
        raise InvalidInput(fields={"outcome": [Message(N_("Choose how it ended."))]})
    if outcome is not MilestoneOutcome.PASSED and cause is None:
        raise InvalidInput(fields={"cause": [Message(N_("Choose what the cause is."))]})
    return outcome
