"""Reading changes of plans that teams propose: those of an engagement, one for its answer, those that wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import Milestone, MilestoneChange, User
from matchmaker.policies.milestone import visible_milestones
from matchmaker.queries.engagement import whole as whole_engagement
from matchmaker.workflows.milestone_change import MilestoneChangeState


def _with_engagement() -> Any:
    # The library types what it takes as nested options by a class of its own.
    options: tuple[Any, ...] = whole_engagement()
    return joinedload(MilestoneChange.engagement).options(*options)


def changes_of(session: Session, engagement_id: int) -> Sequence[MilestoneChange]:
    """The changes of the plan that were proposed, oldest first."""
    statement = (
        sa.select(MilestoneChange)
        .where(MilestoneChange.engagement_id == engagement_id)
        .options(
            joinedload(MilestoneChange.user),
            joinedload(MilestoneChange.decider),
            joinedload(MilestoneChange.milestone),
        )
        .order_by(MilestoneChange.id)
    )
    return session.scalars(statement).all()


def get_change(
    session: Session,
    actor: User | None,
    engagement_id: int,
    change_id: int,
    *,
    trusted: bool = False,
) -> MilestoneChange:
    """A proposed change of the plan, locked for an answer, or `NotFound`."""
    known = sa.true() if trusted else _visible_changes(actor)
    statement = (
        sa.select(MilestoneChange)
        .where(
            MilestoneChange.id == change_id,
            MilestoneChange.engagement_id == engagement_id,
            known,
        )
        .options(
            _with_engagement(),
            joinedload(MilestoneChange.milestone),
        )
        .with_for_update(of=MilestoneChange)
        .execution_options(populate_existing=True)
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def _visible_changes(actor: User | None) -> sa.ColumnElement[bool]:
    known = sa.select(Milestone.engagement_id).where(visible_milestones(actor))
    return MilestoneChange.engagement_id.in_(known)


def proposed_changes(session: Session, seen: sa.ColumnElement[bool]) -> Sequence[MilestoneChange]:
    """The changes of plans that wait for an answer, of engagements with *seen*, oldest first."""
    statement = (
        sa.select(MilestoneChange)
        .join(MilestoneChange.engagement)
        .where(MilestoneChange.state == MilestoneChangeState.PROPOSED, seen)
        .options(
            _with_engagement(),
            joinedload(MilestoneChange.milestone),
            joinedload(MilestoneChange.user),
        )
        .order_by(MilestoneChange.created_at, MilestoneChange.id)
    )
    return session.scalars(statement).all()
