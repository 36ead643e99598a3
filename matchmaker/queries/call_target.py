"""Reading what a call is to reach."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import CallTarget


def targets(session: Session, call_id: int, *, lock: bool = False) -> dict[str, CallTarget]:
    """The targets of a call by indicator; locked for a change if asked."""
    statement = sa.select(CallTarget).where(CallTarget.call_id == call_id)
    if lock:
        # The second of two people who save at once must see the values the first one left.
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return {target.indicator: target for target in session.scalars(statement)}


def target_values(session: Session, call_id: int | None) -> dict[str, int]:
    """The numbers that were set, by indicator; none without a call."""
    if call_id is None:
        return {}
    found = targets(session, call_id).values()
    return {row.indicator: row.value for row in found if row.value is not None}


def changes_so_far(rows: Iterable[CallTarget]) -> int:
    """How often anything was set or changed: the version of all targets together."""
    return sum(row.version for row in rows)
