"""Reading the rules of calls."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import CallRules, Problem


def rules_of(session: Session, call_id: int) -> CallRules | None:
    """The rules of a call that the actor knows of already; None if it has none."""
    return session.scalar(sa.select(CallRules).where(CallRules.call_id == call_id))


def rules_in(session: Session, call_ids: Collection[int]) -> dict[int, CallRules]:
    """The rules of calls that the actor knows of already, by call."""
    rows = session.scalars(sa.select(CallRules).where(CallRules.call_id.in_(call_ids)))
    return {row.call_id: row for row in rows}


def list_all_rules(session: Session) -> Sequence[CallRules]:
    """The rules of every call, for work that nobody in particular does."""
    return session.scalars(sa.select(CallRules).order_by(CallRules.id)).all()


def deadline(rules: CallRules, problem: Problem) -> datetime:
    """Until when teams can hand in for *problem*.

    There is one deadline: the call's, unless the problem itself closes to teams before it.
    """
    own = problem.deadline_at
    return rules.applications_close_at if own is None else min(rules.applications_close_at, own)


def is_in_time(moment: datetime, limit: datetime) -> bool:
    """Whether what came in at *moment* is in time: the second of the deadline itself still is."""
    return moment.replace(microsecond=0) <= limit


def is_open(rules: CallRules | None, problem: Problem, now: datetime | None = None) -> bool:
    """Whether teams can hand in for *problem* now."""
    now = now or utcnow()
    if rules is None or now < rules.applications_open_at:
        return False
    return is_in_time(now, deadline(rules, problem))
