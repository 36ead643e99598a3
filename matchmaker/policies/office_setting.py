"""Who may read and change what the office sets for itself."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import Role, User
from matchmaker.policies.base import Reason, permission


@permission("office_setting:edit")
def may_edit_settings(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("The settings are the programme office's.")
