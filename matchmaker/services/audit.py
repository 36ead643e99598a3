"""The audit trail: append to it, check that nothing in it was changed."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import AuditEvent

GENESIS = "0" * 64
LOCK = 0x6D6174636820  # Any fixed number: one writer at a time appends to the chain.


def append(
    session: Session,
    *,
    actor_id: int | None,
    action: str,
    subject_type: str,
    subject_id: int | None,
    data: dict[str, Any],
    request_id: str = "",
) -> AuditEvent:
    """Add one event to the end of the chain, in the caller's transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    previous = session.scalar(sa.select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1))
    event = AuditEvent(
        at=utcnow(),
        actor_id=actor_id,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        data=json.loads(json.dumps(data, default=str)),
        request_id=request_id,
        previous_hash=previous or GENESIS,
        hash="",
    )
    event.hash = digest(event)
    session.add(event)
    session.flush()  # The next event in this transaction needs this one's hash.
    return event


def digest(event: AuditEvent) -> str:
    """The hash of everything *event* says, and of the hash before it."""
    facts = [
        event.previous_hash,
        event.at.astimezone(UTC).isoformat(),
        event.actor_id,
        event.action,
        event.subject_type,
        event.subject_id,
        event.data,
        event.request_id,
    ]
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ChainReport:
    """What `verify` found: the number of events, and the first one that does not fit, if any."""

    n_events: int
    broken_id: int | None = None


def verify(session: Session) -> ChainReport:
    """Walk the whole chain and report the first event that was changed, removed or added out of line."""
    previous, count = GENESIS, 0
    events = sa.select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000)
    with closing(session.scalars(events)) as chain:
        for event in chain:
            if event.previous_hash != previous or digest(event) != event.hash:
                return ChainReport(count, event.id)
            previous, count = event.hash, count + 1
    return ChainReport(count)
