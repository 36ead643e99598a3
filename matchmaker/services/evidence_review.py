"""Look at evidence for the programme: take a piece, decide with a reason, go on to the next."""

from __future__ import annotations

from typing import Any

from matchmaker.clock import utcnow
from matchmaker.competency import MAX_LEVEL
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import Evidence
from matchmaker.policies.evidence import may_review
from matchmaker.queries import evidence as queries
from matchmaker.services.context import Context
from matchmaker.services.level_estimate import refresh
from matchmaker.workflows.evidence import EVIDENCE_WORKFLOW, EvidenceAction, EvidenceState

#: A reason takes about two lines.
LEAST_REASON, MAX_REASON = 20, 600
DECISIONS = (EvidenceAction.CHECK, EvidenceAction.VERIFY, EvidenceAction.REJECT)
#: How much a piece may be about the competency it was handed in for.
RELEVANCES = (1.0, 0.5)


def take(ctx: Context, evidence_id: int) -> Evidence:
    """Put a piece on the actor's table, so that nobody else begins with it."""
    row = _find(ctx, evidence_id)
    if row.state is not EvidenceState.ASKED:
        raise InvalidTransition(
            N_("This piece is in the state “%(state)s”: there is nothing to take."),
            state=Message(EVIDENCE_WORKFLOW.labels[row.state].staff),
        )
    if row.is_taken and row.reviewer_id == ctx.signed_in.id:
        return row  # A second click.
    _check_free(ctx, row)
    row.reviewer_id, row.taken_at = ctx.signed_in.id, utcnow()
    ctx.record("evidence:take", row)
    return row


def release(ctx: Context, evidence_id: int) -> Evidence:
    """Put a piece back for others."""
    row = _find(ctx, evidence_id)
    if row.is_taken and row.reviewer_id == ctx.signed_in.id:
        row.reviewer_id = row.taken_at = None
        ctx.record("evidence:release", row)
    return row


def decide(
    ctx: Context,
    evidence_id: int,
    action: EvidenceAction,
    *,
    level: int | None,
    reason: str,
    version: int,
    relevance: float = 1.0,
) -> Evidence:
    """Agree to a level, or do not accept the piece; the person reads the reason."""
    row = _find(ctx, evidence_id)
    reason = reason.strip()
    _check(action, level, reason, relevance)
    if _was_decided_so(ctx, row, action, level, reason):
        return row  # A second click.
    _check_free(ctx, row)
    if row.version != version:
        raise StaleVersion
    before = row.apply(action)
    row.reviewer_id, row.decided_at, row.taken_at = ctx.signed_in.id, utcnow(), None
    row.reason = reason
    if action is not EvidenceAction.REJECT:
        row.level, row.relevance = level, relevance
    ctx.record(f"evidence:{action}", row, before=before, after=row.state, level=level)
    refresh(ctx.session, [row.user_id], cause=f"evidence:{action}", cause_id=row.id)
    url = f"{ctx.settings.base_url}/me/evidence/{row.id}"
    kind = "evidence.refused" if action is EvidenceAction.REJECT else "evidence.agreed"
    facts: dict[str, Any] = {"title": row.title, "level": level, "note": reason, "url": url}
    ctx.send_mail(kind, row.user, about=row, **facts)
    return row


def _find(ctx: Context, evidence_id: int) -> Evidence:
    row = queries.get_evidence(ctx.session, ctx.actor, evidence_id, lock=True)
    ctx.require(may_review, row)
    return row


def _check_free(ctx: Context, row: Evidence) -> None:
    if row.is_taken and row.reviewer is not None and row.reviewer_id != ctx.signed_in.id:
        raise InvalidTransition(
            N_("%(who)s is looking at this piece right now. Take another one."),
            who=row.reviewer.name,
        )


def _was_decided_so(
    ctx: Context, row: Evidence, action: EvidenceAction, level: int | None, reason: str
) -> bool:
    after = {
        EvidenceAction.CHECK: EvidenceState.CHECKED,
        EvidenceAction.VERIFY: EvidenceState.VERIFIED,
        EvidenceAction.REJECT: EvidenceState.REJECTED,
    }[action]
    same = row.level == level or action is EvidenceAction.REJECT
    mine = row.reviewer_id == ctx.signed_in.id
    return row.state is after and mine and same and row.reason == reason


def _check(action: EvidenceAction, level: int | None, reason: str, relevance: float) -> None:
    problems: dict[str, list[Message]] = {}
    if action not in DECISIONS:
        problems["action"] = [Message(N_("Choose what you decide."))]
    elif action is not EvidenceAction.REJECT and (level is None or not 1 <= level <= MAX_LEVEL):
        problems["level"] = [Message(N_("Choose the level the piece shows."))]
    if relevance not in RELEVANCES:
        problems["relevance"] = [Message(N_("Choose how much it is about this competency."))]
    if len(reason) < LEAST_REASON:
        text = N_("Give the reason in at least %(least)s characters: the person learns from it.")
        problems["reason"] = [Message(text, {"least": LEAST_REASON})]
    elif len(reason) > MAX_REASON:
        text = N_("Please use at most %(max)d characters.")
        problems["reason"] = [Message(text, {"max": MAX_REASON})]
    if problems:
        raise InvalidInput(fields=problems)
