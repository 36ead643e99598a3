"""Reading check-ins: those of one engagement, the latest of many, and work nobody reports on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import CheckIn, Engagement, User
from matchmaker.policies.engagement import visible_engagements
from matchmaker.queries.office_setting import value as setting_value
from matchmaker.workflows.engagement import LIVE_STATES


def check_ins_of(session: Session, engagement: Engagement) -> Sequence[CheckIn]:
    """Everything said of *engagement*, the latest first; who may read it has been asked."""
    statement = (
        sa.select(CheckIn)
        .where(CheckIn.engagement_id == engagement.id)
        .options(joinedload(CheckIn.user), joinedload(CheckIn.resolver))
        .order_by(CheckIn.created_at.desc(), CheckIn.id.desc())
    )
    return session.scalars(statement).all()


def get_check_in(
    session: Session, actor: User | None, engagement_id: int, check_in_id: int
) -> CheckIn:
    """The check-in, locked for a change, or `NotFound` if *actor* may not know of its engagement."""
    statement = (
        sa.select(CheckIn)
        .join(CheckIn.engagement)
        .where(
            CheckIn.id == check_in_id,
            CheckIn.engagement_id == engagement_id,
            visible_engagements(actor),
        )
        .with_for_update(of=CheckIn)
    )
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def latest(session: Session, engagement_ids: Iterable[int]) -> dict[int, CheckIn]:
    """The newest check-in of each engagement that has one."""
    newest = (
        sa.select(sa.func.max(CheckIn.id))
        .where(CheckIn.engagement_id.in_(list(engagement_ids)))
        .group_by(CheckIn.engagement_id)
    )
    rows = session.scalars(sa.select(CheckIn).where(CheckIn.id.in_(newest)))
    return {row.engagement_id: row for row in rows}


def is_blocked() -> sa.ColumnElement[bool]:
    """The condition that something in an engagement’s way is not cleared."""
    return sa.exists().where(
        CheckIn.engagement_id == Engagement.id,
        CheckIn.blocker != "",
        CheckIn.resolved_at.is_(None),
    )


def blockers(session: Session, engagement_ids: Iterable[int]) -> dict[int, list[CheckIn]]:
    """What is not cleared in each engagement, the oldest first."""
    statement = (
        sa.select(CheckIn)
        .where(
            CheckIn.engagement_id.in_(list(engagement_ids)),
            CheckIn.blocker != "",
            CheckIn.resolved_at.is_(None),
        )
        .order_by(CheckIn.id)
    )
    found: dict[int, list[CheckIn]] = {}
    for row in session.scalars(statement):
        found.setdefault(row.engagement_id, []).append(row)
    return found


def last_heard() -> sa.ScalarSelect[Any]:
    """When somebody last said how an engagement goes, as a part of a statement."""
    return (
        sa.select(sa.func.max(CheckIn.created_at))
        .where(CheckIn.engagement_id == Engagement.id)
        .correlate(Engagement)
        .scalar_subquery()
    )


def due_after(session: Session) -> timedelta:
    """How long after a check-in the next one is due."""
    return timedelta(days=setting_value(session, "check_in_days"))


def missing(session: Session, now: datetime) -> Sequence[Engagement]:
    """Work past its kick-off on which nobody has reported for too long, the longest first."""
    since = sa.func.coalesce(last_heard(), Engagement.started_at)
    statement = (
        sa.select(Engagement)
        .where(
            Engagement.state.in_(LIVE_STATES),
            Engagement.started_at.is_not(None),
            since < now - due_after(session),
        )
        .order_by(since, Engagement.id)
    )
    return session.scalars(statement).all()
