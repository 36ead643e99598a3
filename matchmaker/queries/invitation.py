"""Reading invitations to organizations and teams."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.clock import utcnow
from matchmaker.errors import NotFound
from matchmaker.models import Invitation, Organization, User
from matchmaker.policies.invitation import visible_invitations
from matchmaker.policies.membership import Group
from matchmaker.workflows.invitation import InvitationState

_WITH_NAMES = (
    joinedload(Invitation.organization),
    joinedload(Invitation.team),
    joinedload(Invitation.inviter),
)


def digest(token: str) -> str:
    """What is kept of the secret in a mailed link."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(session: Session, token: str) -> Invitation:
    """The invitation a mailed link is about; whoever has the link may know of it."""
    statement = sa.select(Invitation).where(Invitation.token_hash == digest(token))
    invitation = session.scalar(statement.options(*_WITH_NAMES))
    if invitation is None:
        raise NotFound
    return invitation


def get(
    session: Session, actor: User | None, invitation_id: int, *, lock: bool = False
) -> Invitation:
    """The invitation, if *actor* may know of it; locked for a decision if asked."""
    statement = sa.select(Invitation).where(
        Invitation.id == invitation_id, visible_invitations(actor)
    )
    if lock:
        # Of two decisions at once the second must see what the first one left.
        statement = statement.with_for_update(of=Invitation)
        statement = statement.execution_options(populate_existing=True)
    invitation = session.scalar(statement.options(*_WITH_NAMES))
    if invitation is None:
        raise NotFound
    return invitation


def sent_by(session: Session, actor: User | None, group: Group) -> Sequence[Invitation]:
    """The invitations of *group* that wait for an answer and are visible to *actor*."""
    statement = _pending().where(visible_invitations(actor), is_for(group))
    return session.scalars(statement.order_by(Invitation.id)).all()


def received(session: Session, actor: User) -> Sequence[Invitation]:
    """The invitations that wait for *actor*'s own answer, the one that ends first at the front."""
    statement = _pending().where(Invitation.email == actor.email)
    return session.scalars(statement.order_by(Invitation.expires_at)).all()


def is_for(group: Group) -> sa.ColumnElement[bool]:
    """The condition that an invitation is for *group*."""
    if isinstance(group, Organization):
        return Invitation.organization_id == group.id
    return Invitation.team_id == group.id


def is_open(invitation: Invitation) -> bool:
    """Whether *invitation* can still be answered."""
    return invitation.state is InvitationState.PENDING and invitation.expires_at > utcnow()


def _pending() -> sa.Select[Invitation]:
    return (
        sa.select(Invitation)
        .where(Invitation.state == InvitationState.PENDING, Invitation.expires_at > utcnow())
        .options(*_WITH_NAMES)
    )
