"""Reading term statistics: the version in use, earlier ones, and the texts they are counted over."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from matchmaker.errors import NotFound
from matchmaker.models import Problem, Team, TeamWork, TermStatistics, User
from matchmaker.policies.problem import public_problems
from matchmaker.policies.scope import is_national_team
from matchmaker.policies.term_statistics import visible_term_statistics
from matchmaker.queries.match_run import SHOWN_PROFILE
from matchmaker.queries.page import Page, paginate

REFIT = "term_statistics.refit"


def newest(session: Session) -> TermStatistics | None:
    """The version in use, with its counts."""
    statement = sa.select(TermStatistics).order_by(TermStatistics.id.desc()).limit(1)
    return session.scalar(statement.options(undefer(TermStatistics.counts)))


def list_statistics(
    session: Session, actor: User | None, *, number: int = 1
) -> Page[TermStatistics]:
    """The versions, newest first."""
    statement = (
        sa.select(TermStatistics)
        .where(visible_term_statistics(actor))
        .options(joinedload(TermStatistics.user))
        .order_by(TermStatistics.id.desc())
    )
    return paginate(session, statement, number=number)


def get_statistics(session: Session, actor: User | None, statistics_id: int) -> TermStatistics:
    """The version, or `NotFound`."""
    found = session.scalar(
        sa.select(TermStatistics).where(
            TermStatistics.id == statistics_id, visible_term_statistics(actor)
        )
    )
    if found is None:
        raise NotFound
    return found


def counted_problems(session: Session) -> Sequence[Problem]:
    """The problems that terms are counted over: the programme's that anybody may read."""
    statement = (
        sa.select(Problem)
        .where(public_problems())
        .options(
            selectinload(Problem.requirements),
            joinedload(Problem.organization),
            joinedload(Problem.author),
        )
        .order_by(Problem.id)
    )
    return session.scalars(statement).all()


def counted_teams(session: Session) -> Sequence[Team]:
    """The teams that terms are counted over: those of the programme's calls that are active."""
    statement = sa.select(Team).where(is_national_team(), Team.archived_at.is_(None))
    return session.scalars(statement.options(*SHOWN_PROFILE).order_by(Team.id)).all()


def count_texts(session: Session) -> int:
    """About how many texts there are to count terms over now."""
    active = sa.and_(is_national_team(), Team.archived_at.is_(None))
    counts = (
        sa.select(sa.func.count(Problem.id)).where(public_problems()),
        sa.select(sa.func.count(Team.id)).where(active),
        sa.select(sa.func.count(TeamWork.id)).join(Team).where(active),
    )
    return sum(session.scalar(statement) or 0 for statement in counts)
