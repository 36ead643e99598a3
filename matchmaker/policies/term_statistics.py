"""Who may read the term statistics and have them worked out anew."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Role, TermStatistics, User
from matchmaker.policies.base import Reason, permission


@permission("term_statistics:read")
def may_read_statistics(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("What the matcher counts is the programme office's.")


@permission("term_statistics:refit")
def may_refit_statistics(actor: User) -> Reason:
    """Programme officers."""
    if actor.has_role(Role.OFFICER):
        return None
    return N_("Only programme officers have the matcher count anew.")


def visible_term_statistics(actor: User | None) -> sa.ColumnElement[bool]:
    """The versions *actor* may know of: all for the office, none for anybody else."""
    if actor is not None and may_read_statistics.allows(actor):
        return sa.true()
    return TermStatistics.id.in_(())
