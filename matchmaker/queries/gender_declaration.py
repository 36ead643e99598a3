"""Reading what people declared: their own word for themselves, and counts for statistics."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import GenderDeclaration


def own_declaration(session: Session, user_id: int) -> GenderDeclaration | None:
    """What a person said of themselves; nobody else asks."""
    statement = sa.select(GenderDeclaration).where(GenderDeclaration.user_id == user_id)
    return session.scalar(statement)
