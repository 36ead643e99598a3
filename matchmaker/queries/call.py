"""Reading calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import NotFound
from matchmaker.models import Call, Match, MatchRun, Problem, User
from matchmaker.policies.call import visible_calls
from matchmaker.policies.match import announced_matches
from matchmaker.policies.scope import is_national


def all_calls(session: Session, actor: User | None) -> Sequence[Call]:
    """Every call, newest first."""
    statement = sa.select(Call).where(visible_calls(actor))
    return session.scalars(statement.order_by(Call.opens_at.desc(), Call.id.desc())).all()


def unclosed_calls(session: Session, actor: User | None) -> Sequence[Call]:
    """The calls that still take problems or will, the one that closes first at the front."""
    statement = sa.select(Call).where(visible_calls(actor), Call.closes_at > utcnow())
    return session.scalars(statement.order_by(Call.closes_at, Call.id)).all()


def get_call(session: Session, actor: User | None, call_id: int, *, lock: bool = False) -> Call:
    """The call, if *actor* may know of it; locked for a change if asked."""
    statement = sa.select(Call).where(Call.id == call_id, visible_calls(actor))
    if lock:
        # The second of two people who save at once must see the version the first one left.
        statement = statement.with_for_update().execution_options(populate_existing=True)
    call = session.scalar(statement)
    if call is None:
        raise NotFound
    return call


@dataclass(frozen=True)
class CallFigures:
    """How far a call is: counts of what happened in it at least once."""

    call: Call
    collected: int
    published: int
    runs: int
    #: Teams that a published matching has told of a problem.
    told: int


def national_figures(session: Session, actor: User | None) -> list[CallFigures]:
    """The programme's calls with their figures, newest first."""
    calls = session.scalars(
        sa.select(Call)
        .where(visible_calls(actor), is_national(Call.id))
        .order_by(Call.opens_at.desc(), Call.id.desc())
    ).all()
    return figures(session, calls)


def figures(session: Session, calls: Sequence[Call]) -> list[CallFigures]:
    """The figures of *calls*; the same number of queries however many there are."""
    ids = [call.id for call in calls]
    collected = _count(session, Problem.call_id, ids, Problem.submitted_at.is_not(None))
    published = _count(session, Problem.call_id, ids, Problem.published_at.is_not(None))
    runs = _count(session, MatchRun.call_id, ids, sa.true())
    told = _told(session, ids)
    return [
        CallFigures(
            call,
            collected.get(call.id, 0),
            published.get(call.id, 0),
            runs.get(call.id, 0),
            told.get(call.id, 0),
        )
        for call in calls
    ]


def _count(
    session: Session, call_id: Any, ids: Sequence[int], condition: sa.ColumnElement[bool]
) -> dict[int, int]:
    statement = (
        sa.select(call_id, sa.func.count()).where(call_id.in_(ids), condition).group_by(call_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _told(session: Session, ids: Sequence[int]) -> dict[int, int]:
    statement = (
        sa.select(MatchRun.call_id, sa.func.count(sa.distinct(Match.team_id)))
        .join(MatchRun, MatchRun.id == Match.run_id)
        .where(MatchRun.call_id.in_(ids), announced_matches())
        .group_by(MatchRun.call_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}
