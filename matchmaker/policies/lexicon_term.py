"""Who may read and change the office's terms."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import LexiconTerm, Role, User
from matchmaker.policies.base import Reason, permission


@permission("lexicon_term:read")
def may_read_terms(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("The lexicon is the programme office's.")


@permission("lexicon_term:edit")
def may_edit_terms(actor: User) -> Reason:
    """Programme officers."""
    if actor.has_role(Role.OFFICER):
        return None
    return N_("Only programme officers change the lexicon.")


def visible_lexicon_terms(actor: User | None) -> sa.ColumnElement[bool]:
    """The terms *actor* may know of: all for the office, none for anybody else."""
    if actor is not None and may_read_terms.allows(actor):
        return sa.true()
    return LexiconTerm.id.in_(())
