"""Reading requests for more time: those of milestones, one for its answer, those that wait."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import ExtensionRequest, Milestone, User
from matchmaker.policies.milestone import office_milestones, visible_milestones
from matchmaker.queries.milestone import with_engagement
from matchmaker.workflows.extension_request import ExtensionRequestState


def extensions_of(session: Session, milestone_ids: Collection[int]) -> Sequence[ExtensionRequest]:
    """The requests for more time on these milestones, oldest first."""
    statement = (
        sa.select(ExtensionRequest)
        .where(ExtensionRequest.milestone_id.in_(milestone_ids))
        .options(
            joinedload(ExtensionRequest.user),
            joinedload(ExtensionRequest.decider),
            joinedload(ExtensionRequest.milestone).options(with_engagement()),
        )
        .order_by(ExtensionRequest.id)
    )
    return session.scalars(statement).all()


def get_extension(
    session: Session,
    actor: User | None,
    engagement_id: int,
    request_id: int,
    *,
    trusted: bool = False,
) -> ExtensionRequest:
    """A request for more time, locked for an answer, or `NotFound`."""
    known = sa.true() if trusted else visible_milestones(actor)
    statement = (
        sa.select(ExtensionRequest)
        .join(ExtensionRequest.milestone)
        .where(ExtensionRequest.id == request_id, Milestone.engagement_id == engagement_id, known)
        .with_for_update(of=ExtensionRequest)
        .execution_options(populate_existing=True)
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def asked_extensions(session: Session, actor: User | None) -> Sequence[ExtensionRequest]:
    """The requests for more time that wait for *actor*'s office, oldest first."""
    statement = (
        sa.select(ExtensionRequest)
        .join(ExtensionRequest.milestone)
        .where(ExtensionRequest.state == ExtensionRequestState.ASKED, office_milestones(actor))
        .options(
            joinedload(ExtensionRequest.milestone).options(with_engagement()),
            joinedload(ExtensionRequest.user),
        )
        .order_by(ExtensionRequest.created_at, ExtensionRequest.id)
    )
    return session.scalars(statement).all()
