"""Evidence that the programme itself finds: results of milestones. Who may decide them says the caller."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from matchmaker.clock import utcnow
from matchmaker.competency.evidence import Outcome, Result
from matchmaker.models import Evidence, EvidenceKind
from matchmaker.queries import evidence as queries
from matchmaker.services.context import Context
from matchmaker.services.level_estimate import refresh
from matchmaker.workflows.evidence import EvidenceAction


@dataclass(frozen=True, kw_only=True)
class MilestoneResult:
    """How a milestone ended for one member and one competency the problem asked for.

    Attributes
    ----------
    milestone : str
        Tells milestones apart, such as ``engagement:7:2``.
    stage : str
        ``PoC``, ``PoS`` or ``PoB``.
    needed : int
        The level the problem asks for, 1 to 5.
    result : Result
        How it ended. What the owner caused is no evidence of a member: do not record it.
    share : str
        The member's part: ``led``, ``main`` or ``helped``.
    importance : int
        Of the requirement, 1 to 3.
    """

    milestone: str
    stage: str
    needed: int
    result: Result
    share: str
    importance: int = 3

    def __post_init__(self) -> None:
        # Whatever cannot be counted is refused here rather than when levels are worked out.
        Outcome(self.stage, self.needed, self.result, self.share, self.importance)


def record_result(
    ctx: Context,
    user_id: int,
    competency: str,
    found: MilestoneResult,
    *,
    obtained_on: dt.date,
    title: str,
) -> Evidence:
    """Keep what a milestone says of a member; recorded anew, it replaces what it said before."""
    facts = {**asdict(found), "result": found.result.value}
    before = queries.find_result(ctx.session, user_id, competency, found.milestone)
    if before is not None and before.facts == facts:
        return before
    if before is not None:
        before.apply(EvidenceAction.WITHDRAW)
    row = Evidence(
        user_id=user_id,
        competency=competency,
        kind=EvidenceKind.MILESTONE,
        obtained_on=obtained_on,
        title=title[:200],
        facts=facts,
        decided_at=utcnow(),
    )
    row.apply(EvidenceAction.ASK)
    row.apply(EvidenceAction.VERIFY)
    ctx.session.add(row)
    ctx.record("evidence:add", row, competency=competency, kind=row.kind)
    refresh(ctx.session, [user_id], cause="evidence:milestone", cause_id=row.id)
    return row


def revoke(ctx: Context, evidence_id: int, *, reason: str) -> Evidence:
    """A result turned out to be false: it counts no more, and the reason stays on record."""
    row = ctx.session.get_one(Evidence, evidence_id, with_for_update=True)
    before = row.apply(EvidenceAction.REJECT)
    row.reason, row.decided_at = reason.strip(), utcnow()
    ctx.record("evidence:reject", row, before=before, after=row.state)
    refresh(ctx.session, [row.user_id], cause="evidence:reject", cause_id=row.id)
    return row
