"""Reading what work is measured by, and what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.models import Engagement, Metric, MetricReading, User
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
