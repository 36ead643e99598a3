"""Go on or stop after a stage: one side proposes, the other signs; only then does it count."""

from __future__ import annotations

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message, translate
from matchmaker.models import (
    SIDE_OF,
    STAGE_OUTCOME_LABELS,
    Cause,
    Engagement,
    StageDecision,
    StageOutcome,
)
from matchmaker.policies.engagement import may_sign_stage, side_of
from matchmaker.queries import engagement as queries
from matchmaker.services import award_payment, certificate
from matchmaker.services.context import Context
from matchmaker.services.engagement import find_live, start_stage
from matchmaker.services.engagement_letters import write
from matchmaker.services.engagement_problem import follow_problem
from matchmaker.services.engagement_stop import end_early
from matchmaker.services.milestone_letters import title_of
from matchmaker.services.reasons import needed
from matchmaker.workflows.engagement import EngagementAction
from matchmaker.workflows.stage_decision import StageDecisionAction, StageDecisionState

OTHER_SIDE = {"owner": "office", "office": "owner"}


def open_proposal(row: Engagement) -> StageDecision | None:
    """The proposal that waits for the other side's signature."""
    proposed = (one for one in row.decisions if one.state is StageDecisionState.PROPOSED)
    return next(proposed, None)


def propose(
    ctx: Context,
    engagement_id: int,
    *,
    outcome: StageOutcome | None,
    cause: Cause | None = None,
    reason: str,
    version: int,
) -> StageDecision:
    """Propose how it goes on after the present stage; whoever proposes signs for their side.

    Raises
    ------
    InvalidTransition
        If the team is in no stage, or a milestone of the stage is not decided and it is to go on.
    """
    row = find_live(ctx, engagement_id)
    ctx.require(may_sign_stage, row)
    outcome, kept = _checked(outcome, cause, reason)
    cause = cause if outcome is StageOutcome.STOP else None
    waiting = open_proposal(row)
    if waiting is not None:
        return _twin(ctx, waiting, outcome, kept)
    if row.version != version:
        raise StaleVersion
    if row.stage is None:
        raise InvalidTransition(N_("A stage is decided while the team is in it."))
    _check_milestones(ctx, row, outcome)
    decision = StageDecision(
        engagement=row,
        stage=row.stage,
        outcome=outcome,
        cause=cause,
        side=SIDE_OF[cause] if cause else None,
        reason=kept,
        proposer_id=ctx.actor.id if ctx.actor else None,
    )
    side = side_of(ctx.actor, row) or "office"
    _put_signature(ctx, decision, side)
    ctx.session.add(decision)
    ctx.record(
        "stage_decision:propose",
        decision,
        engagement=row.id,
        stage=row.stage,
        outcome=outcome,
        cause=cause,
        reason=kept,
    )
    follow_problem(ctx, row.problem)
    label = Message(STAGE_OUTCOME_LABELS[outcome])
    write(ctx, row, "engagement.proposed", (OTHER_SIDE[side],), outcome=label, note=kept)
    return decision


def _checked(
    outcome: StageOutcome | None, cause: Cause | None, reason: str
) -> tuple[StageOutcome, str]:
    if outcome is None:
        raise InvalidInput(fields={"outcome": [Message(N_("Choose: go on, or stop here."))]})
    if outcome is StageOutcome.STOP and cause is None:
        raise InvalidInput(fields={"cause": [Message(N_("Choose what the cause is."))]})
    return outcome, needed(reason)


def _twin(
    ctx: Context, waiting: StageDecision, outcome: StageOutcome, reason: str
) -> StageDecision:
    """The proposal that a first click has made; anything else has to wait for its end."""
    is_own = waiting.proposer_id == (ctx.actor.id if ctx.actor else None)
    if is_own and (waiting.outcome, waiting.reason) == (outcome, reason):
        return waiting
    raise Conflict(N_("A proposal waits for a signature: sign it, or drop it first."))


def _check_milestones(ctx: Context, row: Engagement, outcome: StageOutcome) -> None:
    if outcome is not StageOutcome.GO:
        return
    undecided = queries.undecided_milestones(ctx.session, row)
    if undecided:
        titles = (title_of(milestone.stage, milestone.title) for milestone in undecided)
        names = ", ".join(translate(title, ctx.locale) for title in titles)
        raise InvalidTransition(
            N_("These milestones of the stage are not decided yet: %(names)s"), names=names
        )


def _put_signature(ctx: Context, decision: StageDecision, side: str) -> None:
    signer = ctx.actor.id if ctx.actor else None
    if side == "owner":
        decision.owner_id, decision.owner_signed_at = signer, utcnow()
    else:
        decision.officer_id, decision.officer_signed_at = signer, utcnow()


def sign(ctx: Context, engagement_id: int, *, version: int) -> StageDecision:
    """The other side signs: the next stage begins, the work is complete, or it stops."""
    row = queries.get_engagement(ctx.session, ctx.actor, engagement_id, lock=True)
    ctx.require(may_sign_stage, row)
    decision = open_proposal(row)
    if decision is None:
        return _signed_last(ctx, row)
    if decision.version != version:
        raise StaleVersion
    side = side_of(ctx.actor, row) or "office"
    if is_signed_by(decision, side):
        raise Conflict(N_("Your side has signed: the other side’s signature is missing."))
    _check_milestones(ctx, row, decision.outcome)
    _put_signature(ctx, decision, side)
    decision.apply(StageDecisionAction.SIGN)
    ctx.record(
        "stage_decision:sign",
        decision,
        engagement=row.id,
        stage=row.stage,
        outcome=decision.outcome,
    )
    _follow(ctx, row, decision)
    return decision


def _signed_last(ctx: Context, row: Engagement) -> StageDecision:
    """What a first click has signed."""
    last = row.decisions[-1] if row.decisions else None
    if last is None or last.state is not StageDecisionState.SIGNED:
        raise InvalidTransition(N_("Nothing waits for a signature."))
    return last


def is_signed_by(decision: StageDecision, side: str) -> bool:
    """Whether *side* has signed."""
    moment = decision.owner_signed_at if side == "owner" else decision.officer_signed_at
    return moment is not None


def _follow(ctx: Context, row: Engagement, decision: StageDecision) -> None:
    now = utcnow()
    row.planned(decision.stage).ended_at = now
    if decision.outcome is StageOutcome.STOP and decision.cause is not None:
        end_early(ctx, row, decision.cause, decision.reason)
        return
    following = row.next_stage()
    if following is not None:
        start_stage(ctx, row, following)
        write(ctx, row, "engagement.next_stage", note=decision.reason, due=row.next_due_at)
    else:
        row.ended_from = row.apply(EngagementAction.COMPLETE)
        row.ended_at = now
        ctx.record("engagement:complete", row, stages=list(row.stages))
        award_payment.engagement_ended(ctx, row)
        certificate.issue_completion(ctx, row)
        write(ctx, row, "engagement.completed", note=decision.reason)
    follow_problem(ctx, row.problem)


def drop(ctx: Context, engagement_id: int, *, reason: str, version: int) -> StageDecision:
    """Whoever proposed takes it back, or the other side does not sign; both say why."""
    row = queries.get_engagement(ctx.session, ctx.actor, engagement_id, lock=True)
    ctx.require(may_sign_stage, row)
    kept = needed(reason)
    decision = open_proposal(row)
    if decision is None:
        raise InvalidTransition(N_("Nothing waits for a signature."))
    if decision.version != version:
        raise StaleVersion
    decision.apply(StageDecisionAction.DROP)
    decision.dropped_at, decision.drop_reason = utcnow(), kept
    ctx.record("stage_decision:drop", decision, engagement=row.id, reason=kept)
    write(ctx, row, "engagement.not_signed", ("owner", "office"), note=kept)
    return decision
