"""Reading hours of mentoring: those of one engagement, and the sums for the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import Engagement, MentoringSession, User
from matchmaker.policies.engagement import office_engagements, visible_engagements
from matchmaker.policies.mentoring import may_read_mentoring
from matchmaker.policies.scope import is_national


def sessions_of(session: Session, engagement: Engagement) -> Sequence[MentoringSession]:
    """The meetings of *engagement*, the latest first; who may read them has been asked."""
    statement = (
        sa.select(MentoringSession)
        .where(MentoringSession.engagement_id == engagement.id)
        .options(joinedload(MentoringSession.mentor), joinedload(MentoringSession.user))
        .order_by(MentoringSession.held_on.desc(), MentoringSession.id.desc())
    )
    return session.scalars(statement).all()


def get_session(
    session: Session, actor: User | None, engagement_id: int, session_id: int
) -> MentoringSession:
    """The meeting, locked for a change, or `NotFound` if *actor* may not know of its engagement."""
    statement = (
        sa.select(MentoringSession)
        .join(MentoringSession.engagement)
        .where(
            MentoringSession.id == session_id,
            MentoringSession.engagement_id == engagement_id,
            visible_engagements(actor),
        )
        .with_for_update(of=MentoringSession)
    )
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def counts() -> sa.ColumnElement[bool]:
    """The condition that a meeting's minutes are in the sums."""
    return sa.and_(MentoringSession.confirmed_at.is_not(None), MentoringSession.struck_at.is_(None))


@dataclass(frozen=True)
class Load:
    """What one mentor gave to one engagement."""

    mentor: User
    engagement: Engagement
    meetings: int
    minutes: int


def loads(session: Session, actor: User, call_id: int | None = None) -> list[Load]:
    """The sums by mentor and engagement in the programme's calls, most minutes first."""
    may_read_mentoring.require(actor)
    sums = _sums().subquery()
    statement = (
        sa.select(User, Engagement, sums.c.meetings, sums.c.minutes)
        .select_from(sums)
        .join(User, User.id == sums.c.mentor_id)
        .join(Engagement, Engagement.id == sums.c.engagement_id)
        .where(office_engagements(actor), is_national(Engagement.call_id))
        .order_by(sums.c.minutes.desc(), User.id, Engagement.id)
        .options(joinedload(Engagement.problem), joinedload(Engagement.team))
        .options(joinedload(Engagement.call))
    )
    if call_id is not None:
        statement = statement.where(Engagement.call_id == call_id)
    return [Load(*row) for row in session.execute(statement)]


def _sums() -> sa.Select[int, int, int, int]:
    """Meetings and minutes that count, for each mentor in each engagement."""
    row = MentoringSession
    return (
        sa.select(
            row.mentor_id,
            row.engagement_id,
            sa.func.count().label("meetings"),
            sa.func.sum(row.minutes).label("minutes"),
        )
        .where(counts())
        .group_by(row.mentor_id, row.engagement_id)
    )
