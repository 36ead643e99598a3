"""Reading the schemes of calls: what awards are given for, and how far each call has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.assessment.award_scheme import Scheme, parse_award_scheme
from matchmaker.errors import NotFound
from matchmaker.models import Award, AwardScheme, AwardSchemeVersion, Call, Engagement, User
from matchmaker.policies.award import visible_awards, visible_schemes
from matchmaker.policies.scope import handled_by


@dataclass(frozen=True)
class CallLine:
    """A call with work in it: its scheme, if there is one, and how many awards are in which state."""

    call: Call
    scheme: AwardScheme | None
    n_engagements: int
    counts: dict[str, int]


def rules_of(row: AwardScheme) -> Scheme:
    """The scheme as it can be calculated with."""
    return parse_award_scheme(content_of(row))


def content_of(row: AwardScheme) -> dict[str, object]:
    """The scheme's own data, as it is kept with every version."""
    return {"tiers": row.tiers, "criteria": row.criteria, "money": row.money}


def list_calls(session: Session, actor: User | None) -> list[CallLine]:
    """The calls *actor*'s office handles in which teams are or were at work, newest first."""
    handled = handled_by(actor, Engagement.call_id)
    work = sa.select(Engagement.call_id, sa.func.count()).where(handled)
    n_work = _counted(session, work.group_by(Engagement.call_id))
    schemes = {
        row.call_id: row
        for row in session.scalars(sa.select(AwardScheme).where(visible_schemes(actor)))
    }
    counts: dict[int, dict[str, int]] = {}
    awards = sa.select(Award.call_id, Award.state, sa.func.count()).where(visible_awards(actor))
    for call_id, state, number in session.execute(awards.group_by(Award.call_id, Award.state)):
        counts.setdefault(call_id, {})[state.value] = number
    calls = sa.select(Call).where(Call.id.in_({*n_work, *schemes})).order_by(Call.id.desc())
    return [
        CallLine(call, schemes.get(call.id), n_work.get(call.id, 0), counts.get(call.id, {}))
        for call in session.scalars(calls)
    ]


def _counted(session: Session, statement: sa.Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(statement)}


def get_call(session: Session, actor: User | None, call_id: int, *, trusted: bool = False) -> Call:
    """A call whose awards *actor*'s office handles, or `NotFound`."""
    known = sa.true() if trusted else handled_by(actor, Call.id)
    found = session.scalar(sa.select(Call).where(Call.id == call_id, known))
    if found is None:
        raise NotFound
    return found


def scheme_of(session: Session, call_id: int, *, lock: bool = False) -> AwardScheme | None:
    """The scheme of a call, if it has one; locked for a change if asked."""
    statement = sa.select(AwardScheme).where(AwardScheme.call_id == call_id)
    if lock:
        statement = statement.with_for_update(of=AwardScheme).execution_options(
            populate_existing=True
        )
    return session.scalar(statement.options(joinedload(AwardScheme.call)))


def versions_of(session: Session, scheme: AwardScheme) -> Sequence[AwardSchemeVersion]:
    """The earlier versions of a scheme, newest first."""
    statement = (
        sa.select(AwardSchemeVersion)
        .where(AwardSchemeVersion.scheme_id == scheme.id)
        .options(selectinload(AwardSchemeVersion.user))
        .order_by(AwardSchemeVersion.number.desc())
    )
    return session.scalars(statement).all()
