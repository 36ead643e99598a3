"""Reading the panel: what a member was asked to judge, who can sit on it, and the ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from matchmaker.assessment.award_scheme import Candidate, Scheme, propose
from matchmaker.assessment.reviewing import Apart, Reading, adjust, apart
from matchmaker.errors import NotFound
from matchmaker.models import (
    Award,
    AwardScheme,
    AwardVote,
    Engagement,
    Problem,
    Role,
    RoleGrant,
    User,
)
from matchmaker.models.organization import OrganizationMember
from matchmaker.policies.award import visible_votes
from matchmaker.workflows.award import HOLDING_STATES, AwardState
from matchmaker.workflows.award_vote import AwardVoteState

#: Strictness is taken out once so many awards were judged by two people at least.
ENOUGH_SHARED = 3


def own_votes(session: Session, actor: User | None) -> Sequence[AwardVote]:
    """What *actor* is asked to judge: what is open first."""
    statement = (
        sa.select(AwardVote)
        .where(visible_votes(actor))
        .options(*_whole())
        .order_by(AwardVote.state == AwardVoteState.SUBMITTED, AwardVote.id)
    )
    return session.scalars(statement).all()


def get_vote(
    session: Session, actor: User | None, vote_id: int, *, lock: bool = False
) -> AwardVote:
    """One of *actor*'s votes, or `NotFound`; locked for a change if asked."""
    statement = sa.select(AwardVote).where(AwardVote.id == vote_id, visible_votes(actor))
    statement = statement.options(*_whole())
    if lock:
        statement = statement.with_for_update(of=AwardVote)
    found = session.scalar(statement.execution_options(populate_existing=lock))
    if found is None:
        raise NotFound
    return found


def candidates(session: Session, scheme: AwardScheme) -> Sequence[User]:
    """Who could sit on the panel, conflicts aside: reviewers; in-house, the organization's people."""
    private = scheme.call.private_call
    statement = sa.select(User).where(User.email.is_not(None), User.disabled_at.is_(None))
    if private is None:
        reviewers = sa.select(RoleGrant.user_id).where(RoleGrant.role == Role.REVIEWER)
        statement = statement.where(User.id.in_(reviewers))
    else:
        people = sa.select(OrganizationMember.user_id).where(
            OrganizationMember.organization_id == private.organization_id
        )
        statement = statement.where(User.id.in_(people))
    return [
        user for user in session.scalars(statement.order_by(User.name, User.id)) if user.is_usable
    ]


@dataclass(frozen=True)
class Place:
    """Where an award stands: mean totals as given and adjusted, the rule's tier, disagreement."""

    award: Award
    raw: float | None
    score: float | None
    tier: str | None
    is_tied: bool
    apart: Apart | None
    n_in: int
    n_open: int


def ranking(awards: Sequence[Award], rules: Scheme) -> list[Place]:
    """The awards in the order the panel puts them, with the tier the scheme's rule gives each.

    Awards that were announced before keep their places in a tier; what was revoked or ended is
    left out.
    """
    pending = (AwardState.NOMINATED, AwardState.OFFERED, AwardState.CONFIRMED)
    running = [award for award in awards if award.state in pending]
    readings = {award.id: readings_of(award) for award in running}
    raw, adjusted = scores(readings)
    scored = [Candidate(key, adjusted[key], raw[key]) for key in raw]
    found = propose(scored, rules.tiers, taken=places_taken(awards))
    rows = [
        Place(
            award,
            raw.get(award.id),
            adjusted.get(award.id),
            found.tiers.get(award.id),
            award.id in found.tied,
            apart(readings[award.id]),
            len(readings[award.id]),
            sum(vote.state is AwardVoteState.ASKED for vote in award.votes),
        )
        for award in running
    ]
    return sorted(rows, key=lambda row: (-(row.score or -1), -(row.raw or -1), row.award.id))


def places_taken(awards: Sequence[Award]) -> dict[str, int]:
    """How many places of each tier are gone for good: announced."""
    gone: dict[str, int] = {}
    for award in awards:
        if award.state is AwardState.ANNOUNCED and award.tier:
            gone[award.tier] = gone.get(award.tier, 0) + 1
    return gone


def places_held(awards: Sequence[Award], code: str) -> int:
    """How many places of a tier are taken or offered."""
    return sum(award.state in HOLDING_STATES and award.tier == code for award in awards)


def readings_of(award: Award) -> list[Reading[int, int]]:
    """The votes handed in on an award."""
    return [
        Reading(award.id, vote.reviewer_id, vote.scores, vote.total)
        for vote in award.votes
        if vote.state is AwardVoteState.SUBMITTED and vote.total is not None
    ]


def scores(
    readings: dict[int, list[Reading[int, int]]],
) -> tuple[dict[int, float], dict[int, float]]:
    """The mean totals as given, and with strictness taken out where enough is shared to tell."""
    everything = [reading for rows in readings.values() for reading in rows]
    if not everything:
        return {}, {}
    found = adjust(everything)
    shared = sum(len(rows) > 1 for rows in readings.values())
    raw = dict(found.raw)
    return raw, dict(found.adjusted) if shared >= ENOUGH_SHARED else raw


def _whole() -> tuple[ExecutableOption, ...]:
    award = joinedload(AwardVote.award)
    engagement = award.joinedload(Award.engagement)
    return (
        award.joinedload(Award.scheme).joinedload(AwardScheme.call),
        engagement.joinedload(Engagement.problem).joinedload(Problem.organization),
        engagement.joinedload(Engagement.team),
        engagement.joinedload(Engagement.application),
    )
