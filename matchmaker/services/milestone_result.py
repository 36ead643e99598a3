"""What a decided milestone says of the people who worked on it, as evidence.

What fell short for a cause on the owner's side, the programme's or outside says nothing of the
team, and is recorded of nobody.
"""

from __future__ import annotations

import math

import sqlalchemy as sa

from matchmaker.competency.evidence import Result
from matchmaker.models import (
    Application,
    ApplicationPerson,
    CauseSide,
    Evidence,
    EvidenceKind,
    Milestone,
    MilestoneDecision,
    MilestoneOutcome,
)
from matchmaker.services.context import Context
from matchmaker.services.evidence_record import MilestoneResult, record_result, revoke
from matchmaker.workflows.evidence import EvidenceState


def key_of(milestone: Milestone) -> str:
    """By which evidence knows the milestone."""
    return f"engagement:{milestone.engagement_id}:{milestone.id}"


def counts(decision: MilestoneDecision) -> bool:
    """Whether the result says anything of the team."""
    return decision.outcome is MilestoneOutcome.PASSED or decision.side is CauseSide.TEAM


def keep(ctx: Context, milestone: Milestone, decision: MilestoneDecision) -> int:
    """Keep the result for everybody in the work and everything the problem asks for; how much."""
    if not counts(decision):
        return 0
    application = milestone.engagement.application
    day = decision.decided_at.astimezone(ctx.settings.timezone).date()
    title = application.problem.title("zh") or application.problem.title("en")
    rows = [
        record_result(
            ctx,
            person.user_id,
            requirement.competency,
            MilestoneResult(
                milestone=key_of(milestone),
                stage=milestone.stage,
                needed=requirement.level,
                result=Result(decision.outcome.value),
                share=share,
                importance=requirement.importance,
            ),
            obtained_on=day,
            title=f"{milestone.stage} · {title}",
        )
        for person, share in shares(application)
        for requirement in application.problem.requirements
    ]
    return len(rows)


def shares(application: Application) -> list[tuple[ApplicationPerson, str]]:
    """Everybody in the team who works in it, with their part: led, main or helped.

    Whoever has the largest share led, the first named of several; whoever has at least an even
    share did a main part; the others helped. People without a share, or who have left the team,
    have no part.
    """
    members = {place.user_id for place in application.team.members}
    people = [person for person in application.people if person.share and person.user_id in members]
    if not people:
        return []
    leader = max(people, key=lambda person: (person.share, -person.position))
    even = math.floor(100 / len(people))
    return [
        (person, "led" if person is leader else "main" if person.share >= even else "helped")
        for person in people
    ]


def withdraw(ctx: Context, milestone: Milestone, reason: str) -> int:
    """The result was false: what it said of people counts no more; how much that was."""
    people = [person.user_id for person in milestone.engagement.application.people]
    statement = (
        sa.select(Evidence)
        .where(
            Evidence.user_id.in_(people),
            Evidence.kind == EvidenceKind.MILESTONE,
            Evidence.state == EvidenceState.VERIFIED,
        )
        .order_by(Evidence.id)
    )
    key = key_of(milestone)
    found = [row for row in ctx.session.scalars(statement) if row.facts.get("milestone") == key]
    for row in found:
        revoke(ctx, row.id, reason=reason[:600])
    return len(found)
