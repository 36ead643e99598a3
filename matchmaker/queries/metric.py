"""Reading what work is measured by, and what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.models import AuditEvent, Engagement, Metric, MetricReading, User
from matchmaker.policies.engagement import visible_engagements


def metrics_of(session: Session, engagement: Engagement) -> Sequence[Metric]:
    """The measures of *engagement*, given up ones last; who may read them has been asked."""
    statement = (
        sa.select(Metric)
        .where(Metric.engagement_id == engagement.id)
        .options(selectinload(Metric.readings).joinedload(MetricReading.user))
        .order_by(Metric.retired_at.is_not(None), Metric.id)
    )
    return session.scalars(statement).all()


#: What happens to the figures of a measure: proposed, changed, agreed to, given up.
_TURNS = ("metric:propose", "metric:change", "metric:agree", "metric:retire")


@dataclass(frozen=True)
class Turn:
    """Something that happened to a measure, with who did it; None for an erased account."""

    event: AuditEvent
    user: User | None


def turns_of(session: Session, metrics: Sequence[Metric]) -> dict[int | None, list[Turn]]:
    """Who proposed, changed and agreed to each of *metrics* and when, the oldest first."""
    statement = (
        sa.select(AuditEvent, User)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(
            AuditEvent.subject_type == Metric.__name__,
            AuditEvent.subject_id.in_([row.id for row in metrics]),
            AuditEvent.action.in_(_TURNS),
        )
        .order_by(AuditEvent.id)
    )
    found: dict[int | None, list[Turn]] = {row.id: [] for row in metrics}
    for event, user in session.execute(statement):
        found[event.subject_id].append(Turn(event, user))
    return found


def get_metric(session: Session, actor: User | None, engagement_id: int, metric_id: int) -> Metric:
    """The measure, locked for a change, or `NotFound` if *actor* may not know of its engagement."""
    statement = (
        sa.select(Metric)
        .join(Metric.engagement)
        .where(
            Metric.id == metric_id,
            Metric.engagement_id == engagement_id,
            visible_engagements(actor),
        )
        .with_for_update(of=Metric)
    )
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def get_reading(
    session: Session, actor: User | None, engagement_id: int, reading_id: int
) -> MetricReading:
    """The reading, locked for a change, or `NotFound` if *actor* may not know of its engagement."""
    statement = (
        sa.select(MetricReading)
        .join(MetricReading.metric)
        .join(Metric.engagement)
        .where(
            MetricReading.id == reading_id,
            Metric.engagement_id == engagement_id,
            visible_engagements(actor),
        )
        .with_for_update(of=MetricReading)
    )
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def agreed_metrics(session: Session, engagement_ids: Iterable[int]) -> dict[int, list[Metric]]:
    """The measures that both sides stand by, with their readings, for each engagement."""
    statement = (
        sa.select(Metric)
        .where(
            Metric.engagement_id.in_(list(engagement_ids)),
            Metric.owner_agreed_at.is_not(None),
            Metric.team_agreed_at.is_not(None),
            Metric.retired_at.is_(None),
        )
        .options(selectinload(Metric.readings), joinedload(Metric.engagement))
        .order_by(Metric.id)
    )
    found: dict[int, list[Metric]] = {}
    for row in session.scalars(statement):
        found.setdefault(row.engagement_id, []).append(row)
    return found
