"""Ask for previews to be refreshed. What a worker does then is in `preview_ranking`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import Base, Job, Problem, Team
from matchmaker.workflows.job import JobState
from matchmaker.workflows.problem import ProblemState

REFRESH, REFRESH_ALL = "preview.refresh", "preview.refresh_all"
#: People save a text several times in a row: what fits is worked out once they have paused.
PAUSE = timedelta(seconds=20)
#: When so many changes wait, everything is worked out anew at once.
MANY = 50
#: Problems in these states are nobody's business but their owner's and the office's.
_UNSEEN = (
    ProblemState.DRAFT,
    ProblemState.SUBMITTED,
    ProblemState.SCREENING,
    ProblemState.RETURNED,
    ProblemState.GRADED,
)


def follow(session: Session, subject: Base | None) -> None:
    """Something of *subject* was changed: have what fits worked out anew, if it can have changed."""
    if isinstance(subject, Team):
        _ask(session, REFRESH, team_id=subject.id)
    elif isinstance(subject, Problem) and subject.state not in _UNSEEN:
        _ask(session, REFRESH, problem_id=subject.id)


def ask_all(session: Session) -> None:
    """Have every preview worked out anew."""
    _ask(session, REFRESH_ALL)


def _ask(session: Session, kind: str, **payload: Any) -> None:
    """Ask once, however often something changes before the work begins."""
    statement = sa.select(Job.payload).where(Job.kind == kind, Job.state == JobState.QUEUED)
    waiting = session.scalars(statement.limit(MANY)).all()
    if payload in waiting:
        return None
    if len(waiting) == MANY:
        return ask_all(session)
    session.add(Job(kind=kind, payload=payload, not_before=utcnow() + PAUSE, created_at=utcnow()))
    return None
