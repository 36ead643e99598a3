"""Who may read and change the rubrics."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Role, RubricVersion, User
from matchmaker.policies.base import Reason, permission


@permission("rubric:read")
def may_read_rubrics(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("The rubrics' versions are the programme office's to look after.")


@permission("rubric:edit")
def may_edit_rubrics(actor: User) -> Reason:
    """Programme officers."""
    if actor.has_role(Role.OFFICER):
        return None
    return N_("Only programme officers change a rubric.")


def visible_rubric_versions(actor: User | None) -> sa.ColumnElement[bool]:
    """The versions *actor* may list: all for the office, none for anybody else."""
    if actor is not None and may_read_rubrics.allows(actor):
        return sa.true()
    return RubricVersion.id.in_(())
