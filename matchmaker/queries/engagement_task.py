"""What work under way asks of a person: their own lines, signatures and answers, and the office's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.models import (
    DataAcceptance,
    DataTerms,
    Engagement,
    KickoffKey,
    User,
)
from matchmaker.policies.engagement import side_of, taking_part
from matchmaker.queries.engagement import whole
from matchmaker.queries.engagement_life import lives
from matchmaker.queries.office_setting import value as setting_value
from matchmaker.workflows.engagement import LIVE_STATES, EngagementState
from matchmaker.workflows.stage_decision import StageDecisionState


@dataclass(frozen=True)
class Task:
    """One thing that waits for a person in an engagement: ``sign``, ``kickoff`` or ``silent``."""

    kind: str
    engagement: Engagement
    due_at: datetime | None
    #: For how many days nothing was heard of them.
    days: int = 0


def own_tasks(session: Session, actor: User, now: datetime) -> list[Task]:
    """What waits for *actor* as a member of teams and owners; queries do not grow with the work."""
    rows = _own(session, actor)
    unaccepted = _unaccepted(session, actor, [row.problem_id for row in rows], now)
    limit = setting_value(session, "silent_days")
    found = []
    for life in lives(session, rows):
        row, side = life.engagement, side_of(actor, life.engagement)
        if side == "owner" and _waits_for_owner(row):
            found.append(Task("sign", row, row.next_due_at))
        elif row.state is EngagementState.KICKOFF and _has_lines(row, side, unaccepted):
            found.append(Task("kickoff", row, row.kickoff_due_at))
        elif side == "owner" and life.owner_days(now) >= limit:
            found.append(Task("silent", row, row.next_due_at, life.owner_days(now)))
    return found


def _own(session: Session, actor: User) -> Sequence[Engagement]:
    statement = (
        sa.select(Engagement)
        .where(taking_part(actor), Engagement.state.in_(LIVE_STATES))
        .options(*whole(), selectinload(Engagement.items), selectinload(Engagement.decisions))
        .order_by(Engagement.due_at, Engagement.id)
    )
    return session.scalars(statement).unique().all()


def _waits_for_owner(row: Engagement) -> bool:
    return any(
        one.state is StageDecisionState.PROPOSED and one.owner_signed_at is None
        for one in row.decisions
    )


def _has_lines(row: Engagement, side: str | None, unaccepted: set[int]) -> bool:
    """Whether a line of the checklist waits for *side*; the terms for the reader alone."""
    items = {item.key: item for item in row.items}
    waiting = {key for key, item in items.items() if item.done_at is None}
    agrees = KickoffKey.CALENDAR in waiting and items[KickoffKey.CALENDAR].first_side != side
    if side == "team":
        terms = KickoffKey.TERMS in waiting and row.problem_id in unaccepted
        return terms or agrees
    if side == "owner":
        return agrees or bool(waiting & {KickoffKey.CONTACT, KickoffKey.DATA_ACCESS})
    return False


def _unaccepted(
    session: Session, actor: User, problem_ids: Iterable[int], now: datetime
) -> set[int]:
    """Those of the problems whose terms in force *actor* has not accepted."""
    newest = (
        sa.select(sa.func.max(DataTerms.id))
        .where(DataTerms.problem_id.in_(list(problem_ids)))
        .group_by(DataTerms.problem_id)
    )
    accepted = sa.select(DataAcceptance.terms_id).where(
        DataAcceptance.user_id == actor.id,
        DataAcceptance.revoked_at.is_(None),
        DataAcceptance.expires_at > now,
    )
    statement = sa.select(DataTerms.problem_id).where(
        DataTerms.id.in_(newest), DataTerms.id.not_in(accepted)
    )
    return set(session.scalars(statement))
