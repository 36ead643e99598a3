"""Reading calls."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import Call, User
from matchmaker.policies.call import visible_calls


def all_calls(session: Session, actor: User | None) -> Sequence[Call]:
    """Every call, newest first."""
    statement = sa.select(Call).where(visible_calls(actor))
    return session.scalars(statement.order_by(Call.opens_at.desc(), Call.id.desc())).all()


def unclosed_calls(session: Session, actor: User | None) -> Sequence[Call]:
    """The calls that still take problems or will, the one that closes first at the front."""
    statement = sa.select(Call).where(visible_calls(actor), Call.closes_at > utcnow())
    return session.scalars(statement.order_by(Call.closes_at, Call.id)).all()
