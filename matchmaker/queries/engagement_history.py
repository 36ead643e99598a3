"""What happened in an engagement, for everybody who may read it: the audit trail of its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import AuditEvent, Engagement, Milestone, StageDecision, StopRequest, User

#: The kinds of rows whose events belong to the history, beside the engagement itself.
SUBJECTS: list[Callable[[int], sa.Select[int]]] = [
    lambda key: sa.select(StageDecision.id).where(StageDecision.engagement_id == key),
    lambda key: sa.select(StopRequest.id).where(StopRequest.engagement_id == key),
    lambda key: sa.select(Milestone.id).where(Milestone.engagement_id == key),
]
SHOWN = 200


@dataclass(frozen=True)
class Happening:
    """One event, with who acted; None for the system itself or an erased account."""

    event: AuditEvent
    user: User | None


def history(session: Session, engagement: Engagement) -> Sequence[Happening]:
    """The latest events of *engagement*, newest first."""
    own = sa.and_(AuditEvent.subject_type == "Engagement", AuditEvent.subject_id == engagement.id)
    conditions = [own]
    for subject in SUBJECTS:
        ids = subject(engagement.id)
        noun = ids.column_descriptions[0]["entity"].__name__
        conditions.append(sa.and_(AuditEvent.subject_type == noun, AuditEvent.subject_id.in_(ids)))
    statement = (
        sa.select(AuditEvent, User)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(sa.or_(*conditions))
        .order_by(AuditEvent.id.desc())
        .limit(SHOWN)
    )
    return [Happening(event, user) for event, user in session.execute(statement)]
