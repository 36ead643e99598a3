"""Who may write a team's profile, show or pause the team, and know of it."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.i18n import N_
from matchmaker.models import Invitation, Match, Team, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.match import visible_matches
from matchmaker.policies.membership import is_lead, membership_of
from matchmaker.policies.scope import (
    is_national_team,
    private_call_of_team,
    private_teams_of,
    teams_run_by,
    teams_with_guests,
)
from matchmaker.policies.site import may_enter_office
from matchmaker.workflows.invitation import InvitationState


@permission("team:create")
def may_create(actor: User) -> Reason:
    """Everybody who is signed in; they become the team's lead."""
    return None


@permission("team:edit")
def may_edit(actor: User, team: Team) -> Reason:
    """Members of the team."""
    if membership_of(actor, team) is not None:
        return None
    return N_("Only members of the team change its profile.")


@permission("team:publicise")
def may_publicise(actor: User, team: Team) -> Reason:
    """Leads of the team: being seen by everybody concerns all its members."""
    if not is_lead(actor, team):
        return N_("Only a lead of the team decides who sees it.")
    if private_call_of_team(team) is not None:
        return N_("This team exists for an in-house call, so nobody outside may see it.")
    return None


@permission("team:archive")
def may_archive(actor: User, team: Team) -> Reason:
    """Leads of the team."""
    if is_lead(actor, team):
        return None
    return N_("Only a lead of the team archives it or brings it back.")


def public_teams() -> sa.ColumnElement[bool]:
    """The teams that chose to be seen by everybody and are active."""
    return sa.and_(Team.is_public, Team.archived_at.is_(None), is_national_team())


def visible_teams(actor: User | None) -> sa.ColumnElement[bool]:
    """The teams *actor* may know of.

    Public ones for everybody. Signed-in people also: their own, those that wait for their answer
    to an invitation, and those that the published run matched to a problem of theirs. The office:
    all, but those that exist for an in-house call; these stay with their organization's people.
    """
    if actor is None:
        return public_teams()
    matched = sa.select(Match.team_id).where(visible_matches(actor))
    invited = sa.select(Invitation.team_id).where(
        Invitation.email == actor.email,
        Invitation.state == InvitationState.PENDING,
        Invitation.expires_at > utcnow(),
        Invitation.team_id.is_not(None),
    )
    own = sa.or_(Team.id.in_(actor.team_ids), Team.id.in_(invited))
    reachable = sa.or_(is_national_team(), Team.id.in_(private_teams_of(actor)))
    shown = [public_teams(), sa.and_(own, reachable), Team.id.in_(matched)]
    if may_enter_office.allows(actor):
        shown.append(sa.or_(is_national_team(), Team.id.in_(teams_with_guests())))
    return sa.or_(*shown, Team.id.in_(teams_run_by(actor)))
