"""Reading accounts.

These take no actor: they serve signing in, where nobody is known yet, and the operator.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.errors import NotFound
from matchmaker.i18n import N_
from matchmaker.models import User


def find(session: Session, email: str) -> User | None:
    """The account with the normalized address *email*, or None."""
    return session.scalar(sa.select(User).where(User.email == email))


def get(session: Session, email: str) -> User:
    """The account with the normalized address *email*."""
    user = find(session, email)
    if user is None:
        raise NotFound(N_("There is no account with the address %(email)s."), email=email)
    return user


def everybody(session: Session) -> Sequence[User]:
    """Every account that was not erased, by address."""
    statement = sa.select(User).where(User.erased_at.is_(None)).order_by(User.email)
    return session.scalars(statement).all()
