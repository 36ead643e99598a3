"""Who may see a team's levels, and who only how the team stands to a problem."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import Team, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.scope import may_read_team_as_office


@permission("standing:read_own")
def may_read_own(actor: User) -> Reason:
    """Everybody who is signed in, about themselves."""
    return None


@permission("standing:read_team")
def may_read_team(actor: User, team: Team) -> Reason:
    """Members of the team, and the programme office.

    Owners of problems the team is matched to see there how far the team covers what the problem
    asks for: no levels, no people.
    """
    if team.id in actor.team_ids or may_read_team_as_office(actor, team):
        return None
    return N_(
        "Levels stay with the team and the programme office. Owners of problems see how far a team "
        "that was matched to theirs covers what is asked for."
    )
