"""Which awards everybody sees, and who says whether the team is named."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Award, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.membership import is_lead
from matchmaker.policies.scope import is_national
from matchmaker.workflows.award import AwardState


@permission("hall:name_team")
def may_name_team(actor: User, award: Award) -> Reason:
    """Leads of the team."""
    if is_lead(actor, award.engagement.team):
        return None
    return N_("A lead of the team says whether it is named in the hall of awards.")


def public_awards() -> sa.ColumnElement[bool]:
    """Awards that are announced and not revoked, of the programme's own calls."""
    return sa.and_(Award.state == AwardState.ANNOUNCED, is_national(Award.call_id))
