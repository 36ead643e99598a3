"""Who may set what a call is to reach."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import Call, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.site import may_enter_office


@permission("figures:read")
def may_read_figures(actor: User) -> Reason:
    """Programme officers and administrators."""
    if may_enter_office.allows(actor):
        return None
    return N_("The figures are the programme office's.")


@permission("call_target:edit")
def may_edit_targets(actor: User, call: Call) -> Reason:
    """Programme officers, for the programme's own calls."""
    if not actor.is_officer:
        return N_("Only programme officers set targets.")
    if call.private_call is not None:
        return N_("An in-house call has no targets of the programme.")
    return None
