"""Who says what of their gender, and who may count it."""

from __future__ import annotations

from matchmaker.models import User
from matchmaker.policies.base import Reason, permission


@permission("gender_declaration:change")
def may_declare_gender(actor: User) -> Reason:
    """Everybody who is signed in, of themselves; nobody has to."""
    return None
