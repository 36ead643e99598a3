"""Reading the versions of a problem, and the changes proposed for published ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.errors import NotFound
from matchmaker.models import Problem, ProblemRevision, User
from matchmaker.policies.problem_revision import visible_revisions
from matchmaker.policies.scope import handled_by
from matchmaker.workflows.problem_revision import (
    OFFICE_STATES,
    OPEN_STATES,
    ProblemRevisionState,
)


@dataclass(frozen=True)
class PublicChange:
    """A change of a published problem, as anybody may know of it: when, and of what."""

    at: datetime
    names: tuple[str, ...]


def revisions(session: Session, actor: User | None, problem: Problem) -> Sequence[ProblemRevision]:
    """The numbered versions of *problem* that *actor* may read, the latest first."""
    statement = (
        sa.select(ProblemRevision)
        .where(
            ProblemRevision.problem_id == problem.id,
            ProblemRevision.number.is_not(None),
            visible_revisions(actor),
        )
        .options(joinedload(ProblemRevision.author))
        .order_by(ProblemRevision.number.desc())
    )
    return session.scalars(statement).all()


def get_amendment(session: Session, actor: User | None, revision_id: int) -> ProblemRevision:
    """A change proposed for a published problem, if *actor* may read it."""
    statement = (
        sa.select(ProblemRevision)
        .where(
            ProblemRevision.id == revision_id,
            ProblemRevision.is_amendment,
            visible_revisions(actor),
        )
        .options(joinedload(ProblemRevision.problem), joinedload(ProblemRevision.author))
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def open_amendment(
    session: Session, actor: User | None, problem: Problem
) -> ProblemRevision | None:
    """The change of *problem* that is under way, if *actor* may know of one."""
    statement = sa.select(ProblemRevision).where(
        ProblemRevision.problem_id == problem.id,
        ProblemRevision.is_amendment,
        ProblemRevision.state.in_(OPEN_STATES),
        visible_revisions(actor),
    )
    return session.scalar(statement.order_by(ProblemRevision.id.desc()).limit(1))


def last_amendment(
    session: Session, actor: User | None, problem: Problem
) -> ProblemRevision | None:
    """The change proposed last, whatever became of it."""
    statement = sa.select(ProblemRevision).where(
        ProblemRevision.problem_id == problem.id,
        ProblemRevision.is_amendment,
        visible_revisions(actor),
    )
    return session.scalar(statement.order_by(ProblemRevision.id.desc()).limit(1))


def waiting_amendments(session: Session, actor: User) -> Sequence[ProblemRevision]:
    """The changes that wait for the office, the longest waiting first."""
    handled = sa.select(Problem.id).where(handled_by(actor, Problem.call_id))
    statement = (
        sa.select(ProblemRevision)
        .where(
            ProblemRevision.is_amendment,
            ProblemRevision.state.in_(OFFICE_STATES),
            ProblemRevision.problem_id.in_(handled),
            visible_revisions(actor),
        )
        .options(joinedload(ProblemRevision.problem).joinedload(Problem.organization))
        .order_by(ProblemRevision.submitted_at, ProblemRevision.id)
    )
    return session.scalars(statement).all()


def public_changes(session: Session, problem: Problem) -> list[PublicChange]:
    """What changed while *problem* was published, the latest first; of public values only."""
    statement = (
        sa.select(ProblemRevision.decided_at, ProblemRevision.changed)
        .where(
            ProblemRevision.problem_id == problem.id,
            ProblemRevision.is_amendment,
            ProblemRevision.state == ProblemRevisionState.RECORDED,
        )
        .order_by(ProblemRevision.decided_at.desc(), ProblemRevision.id.desc())
    )
    found = [
        PublicChange(at, tuple(name for name in names if name not in PRIVATE_FIELDS))
        for at, names in session.execute(statement)
        if at is not None
    ]
    return [change for change in found if change.names]


#: Values that only owner and office see: a change of them is no change for teams.
PRIVATE_FIELDS = frozenset({"contact_name", "contact_email", "intake"})
