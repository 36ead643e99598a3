"""Who may write a team's profile, show or pause the team, and know of it and its members."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Match, MemberRole, Team, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.match import visible_matches
from matchmaker.policies.site import may_enter_office


def is_member(actor: User, team: Team) -> bool:
    """Whether *actor* belongs to *team*."""
    return team.id in actor.team_ids


def _only_lead(actor: User, team: Team, reason: str) -> Reason:
    leads = {m.team_id for m in actor.team_memberships if m.role is MemberRole.LEAD}
    return None if team.id in leads else reason


@permission("team:create")
def may_create(actor: User) -> Reason:
    """Everybody who is signed in; they become the team's lead."""
    return None


@permission("team:edit")
def may_edit(actor: User, team: Team) -> Reason:
    """Members of the team."""
    if is_member(actor, team):
        return None
    return N_("Only members of the team change its profile.")


@permission("team:publicise")
def may_publicise(actor: User, team: Team) -> Reason:
    """Leads of the team: being seen by everybody concerns all members."""
    return _only_lead(actor, team, N_("Only a lead of the team decides who sees it."))


@permission("team:archive")
def may_archive(actor: User, team: Team) -> Reason:
    """Leads of the team."""
    return _only_lead(actor, team, N_("Only a lead of the team archives it or brings it back."))


@permission("team:see_members")
def may_see_members(actor: User, team: Team) -> Reason:
    """Members of the team, and the programme office."""
    if is_member(actor, team) or may_enter_office.allows(actor):
        return None
    return N_("Who belongs to a team is known to the team and the programme office only.")


def public_teams() -> sa.ColumnElement[bool]:
    """The teams that chose to be seen by everybody and are active."""
    return sa.and_(Team.is_public, Team.archived_at.is_(None))


def visible_teams(actor: User | None) -> sa.ColumnElement[bool]:
    """The teams *actor* may know of.

    Public ones for everybody; their own for members; for a problem's owner the teams that a
    published run matched to it; all for the programme office.
    """
    if actor is None:
        return public_teams()
    if may_enter_office.allows(actor):
        return sa.true()
    matched = sa.select(Match.team_id).where(visible_matches(actor))
    return sa.or_(public_teams(), Team.id.in_(actor.team_ids), Team.id.in_(matched))
