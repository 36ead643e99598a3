"""Who sees what would fit a team now, before the office has looked at it."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Preview, Team, User
from matchmaker.policies.base import Reason, permission


@permission("preview:see")
def may_see_preview(actor: User, team: Team) -> Reason:
    """Members of the team, and programme officers."""
    if actor.is_officer or team.id in actor.team_ids:
        return None
    return N_("Only the team and the programme officers see what would fit it now.")


def visible_previews(actor: User | None) -> sa.ColumnElement[bool]:
    """The previews *actor* may know of: all for officers, those of their own teams for others."""
    if actor is None:
        return Preview.id.in_(())
    return sa.true() if actor.is_officer else Preview.team_id.in_(actor.team_ids)
