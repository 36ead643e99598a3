"""Which events of the audit trail anybody may read."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.models import AuditEvent, PrivateAuditEvent, PrivateCall, User
from matchmaker.policies.scope import read_by_office
from matchmaker.policies.site import may_enter_office


def visible_audit_events(actor: User | None) -> sa.ColumnElement[bool]:
    """The events *actor* may know of.

    For the office all but those of in-house calls, for in-house officers those of their own call.
    """
    if actor is None:
        return AuditEvent.id.in_(())
    kept_apart = sa.select(PrivateAuditEvent.event_id)
    own = kept_apart.join(PrivateCall, PrivateCall.id == PrivateAuditEvent.private_call_id)
    own = own.where(read_by_office(actor, PrivateCall.call_id))
    if not may_enter_office.allows(actor):
        return AuditEvent.id.in_(own)
    return sa.or_(AuditEvent.id.not_in(kept_apart), AuditEvent.id.in_(own))
