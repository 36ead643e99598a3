"""Who declares ties with teams and people, and who reads them."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.models import ReviewRelation, User


def visible_relations(actor: User | None) -> sa.ColumnElement[bool]:
    """One's own."""
    return sa.false() if actor is None else ReviewRelation.user_id == actor.id
