"""Reading the audit trail: who decided what and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import AuditEvent, User
from matchmaker.policies.audit import visible_audit_events
from matchmaker.policies.site import may_read_audit
from matchmaker.queries.page import Page, paginate

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """What the trail is narrowed to; empty means everything."""

    #: Part of a name or of an address, or a number: that person's id. 0 is the system itself.
    actor: str = ""
    action: str = ""
    subject_type: str = ""
    subject_id: int | None = None
    since: datetime | None = None
    #: The moment the trail ends, itself left out.
    until: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """One condition for each filter that is set."""
        exact = {
            AuditEvent.action: self.action,
            AuditEvent.subject_type: self.subject_type,
            AuditEvent.subject_id: self.subject_id,
        }
        found = [column == value for column, value in exact.items() if value not in ("", None)]
        if self.actor:
            found.append(_by(self.actor))
        if self.since is not None:
            found.append(AuditEvent.at >= self.since)
        if self.until is not None:
            found.append(AuditEvent.at < self.until)
        return found


def _by(actor: str) -> sa.ColumnElement[bool]:
    if actor == "0":
        return AuditEvent.actor_id.is_(None)
    if actor.isascii() and actor.isdecimal() and len(actor) < 10:
        return AuditEvent.actor_id == int(actor)
    known = sa.or_(
        User.name.icontains(actor, autoescape=True), User.email.icontains(actor, autoescape=True)
    )
    return AuditEvent.actor_id.in_(sa.select(User.id).where(known))


@dataclass(frozen=True)
class Line:
    """One event with who acted; None for the system itself, an empty name for an erased account."""

    event: AuditEvent
    name: str | None


def trail(
    session: Session, actor: User | None, wanted: AuditFilter, *, number: int = 1
) -> Page[Line]:
    """The events that *wanted* leaves, newest first; the programme office alone reads them."""
    may_read_audit.require(actor)
    statement = sa.select(AuditEvent).where(visible_audit_events(actor), *wanted.conditions())
    statement = statement.order_by(AuditEvent.id.desc())
    page = paginate(session, statement, number=number, size=PAGE_SIZE)
    ids = {event.actor_id for event in page.items}
    people = session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))
    names: dict[int | None, str] = {row[0]: row[1] for row in people}
    lines = [Line(event, names.get(event.actor_id)) for event in page.items]
    return Page(lines, page.number, page.size, page.total)


def actions(session: Session, actor: User | None) -> Sequence[str]:
    """The actions that occur in the trail."""
    may_read_audit.require(actor)
    statement = sa.select(AuditEvent.action).where(visible_audit_events(actor)).distinct()
    return session.scalars(statement.order_by(AuditEvent.action)).all()


def subject_types(session: Session, actor: User | None) -> Sequence[str]:
    """The kinds of things that occur in the trail."""
    may_read_audit.require(actor)
    statement = (
        sa.select(AuditEvent.subject_type)
        .where(AuditEvent.subject_type != "", visible_audit_events(actor))
        .distinct()
        .order_by(AuditEvent.subject_type)
    )
    return session.scalars(statement).all()


def count(session: Session, actor: User | None) -> int:
    """How many events the trail has."""
    may_read_audit.require(actor)
    return (
        session.scalar(sa.select(sa.func.count(AuditEvent.id)).where(visible_audit_events(actor)))
        or 0
    )
