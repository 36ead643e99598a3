"""Who may say whom a team looks for, see who can, invite them, and offer to join."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import MemberOffer, MemberWish, Problem, Team, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.membership import is_lead
from matchmaker.policies.problem import visible_problems
from matchmaker.policies.team import public_teams


@permission("member_wish:keep")
def may_keep(actor: User, team: Team) -> Reason:
    """Leads of the team, as long as it is active: they are the ones who invite."""
    if not is_lead(actor, team):
        return N_("Only a lead of the team looks for members.")
    if team.archived_at is not None:
        return N_("This team has disbanded; nobody can join it.")
    return None


@permission("member_wish:read")
def may_read_wishes(actor: User, team: Team) -> Reason:
    """Members of the team; everybody else sees open wishes on the page of teams that look."""
    if team.id in actor.team_ids:
        return None
    return N_("Only members see whom the team looked for.")


@permission("member_wish:look")
def may_look(actor: User) -> Reason:
    """Everybody who is signed in."""
    return None


@permission("member_wish:offer")
def may_offer(actor: User, wish: MemberWish) -> Reason:
    """Everybody who is not a member of the team already, while it still looks."""
    if wish.team_id in actor.team_ids:
        return N_("You are a member of this team already.")
    if not wish.is_open:
        return N_("The team no longer looks for somebody.")
    return None


@permission("member_wish:take_back_offer")
def may_take_back_offer(actor: User, offer: MemberOffer) -> Reason:
    """Whoever made the offer."""
    return None if offer.user_id == actor.id else N_("This is somebody else’s offer.")


@permission("find_consent:keep")
def may_be_found(actor: User) -> Reason:
    """Everybody who is signed in, about themselves."""
    return None


def visible_member_wishes(actor: User | None) -> sa.ColumnElement[bool]:
    """The wishes *actor* may know of.

    Those of their own teams; and open ones of teams whose profile is public, unless they are for a
    problem that the actor may not know of. Nothing for visitors.
    """
    if actor is None:
        return sa.false()
    teams = sa.select(Team.id).where(public_teams())
    problems = sa.select(Problem.id).where(visible_problems(actor))
    shown = sa.and_(
        MemberWish.closed_at.is_(None),
        MemberWish.team_id.in_(teams),
        sa.or_(MemberWish.problem_id.is_(None), MemberWish.problem_id.in_(problems)),
    )
    return sa.or_(MemberWish.team_id.in_(actor.team_ids), shown)
