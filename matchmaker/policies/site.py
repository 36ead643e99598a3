"""Rules about the actor alone, that belong to no noun."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import Role, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import runs_a_call


@permission("site:use")
def may_use(actor: User) -> Reason:
    """Everybody who is signed in."""
    return None


@permission("office:enter")
def may_enter_office(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("This page is for the programme office.")


@permission("audit:read")
def may_read_audit(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, what concerns their own call."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR) or runs_a_call(actor):
        return None
    return N_("Only the programme office reads the audit trail.")
