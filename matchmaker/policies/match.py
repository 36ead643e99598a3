"""Who may review matches, rule on pairs, see candidates and recommendations, and answer."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    Match,
    MatchRun,
    MemberRole,
    PairRule,
    Problem,
    Role,
    Team,
    User,
)
from matchmaker.policies.base import Reason, permission
from matchmaker.workflows.match import SHOWN_STATES
from matchmaker.workflows.match_run import MatchRunState


@permission("match:read")
def may_read_matches(actor: User) -> Reason:
    """Programme officers and administrators."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    return N_("The match review is the programme office's.")


def own_interest(actor: User, problem: Problem, team: Team) -> Reason:
    """Why *actor* has a stake of their own in the pair, or None."""
    if problem.organization_id in actor.organization_ids:
        return N_("You belong to the organization that owns this problem.")
    if team.id in actor.team_ids:
        return N_("You are a member of this team.")
    if team.organization_id in actor.organization_ids:
        return N_("You belong to this team's organization.")
    return None


@permission("match:review")
def may_review(actor: User, problem: Problem, team: Team) -> Reason:
    """Programme officers, but not on a pair in which they have a stake of their own."""
    if not actor.is_officer:
        return N_("Only programme officers review matches.")
    return own_interest(actor, problem, team)


@permission("match:rule")
def may_rule(actor: User, problem: Problem, team: Team) -> Reason:
    """Programme officers, but not on a pair in which they have a stake of their own."""
    if not actor.is_officer:
        return N_("Only programme officers pin and ban pairs.")
    return own_interest(actor, problem, team)


@permission("match:see_candidates")
def may_see_candidates(actor: User, problem: Problem) -> Reason:
    """Members of the organization that owns the problem, and the programme office."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR):
        return None
    if problem.organization_id in actor.organization_ids:
        return None
    return N_("Only the owner of the problem sees the teams matched to it.")


@permission("match:see_recommendations")
def may_see_recommendations(actor: User, team: Team) -> Reason:
    """Members of the team, and the programme office."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR) or team.id in actor.team_ids:
        return None
    return N_("Only the team sees the problems recommended to it.")


@permission("match:answer")
def may_answer(actor: User, team: Team) -> Reason:
    """Leads of the team: an answer binds all its members."""
    leads = {m.team_id for m in actor.team_memberships if m.role is MemberRole.LEAD}
    if team.id in leads:
        return None
    return N_("Only a lead of the team answers for it.")


def visible_matches(actor: User | None) -> sa.ColumnElement[bool]:
    """The matches *actor* may know of.

    All for the office; for a problem's owner and a team's members what the published run says of
    endorsed pairs, never what was declined or held.
    """
    if actor is None:
        return Match.id.in_(())
    if may_read_matches.allows(actor):
        return sa.true()
    owned = sa.select(Problem.id).where(Problem.organization_id.in_(actor.organization_ids))
    own = sa.or_(Match.problem_id.in_(owned), Match.team_id.in_(actor.team_ids))
    return sa.and_(announced_matches(), own)


def announced_matches() -> sa.ColumnElement[bool]:
    """The matches that owners and teams are told of: endorsed ones of the run published now."""
    published = sa.select(MatchRun.id).where(MatchRun.state == MatchRunState.PUBLISHED)
    return sa.and_(Match.run_id.in_(published), Match.state.in_(SHOWN_STATES))


def visible_pair_rules(actor: User | None) -> sa.ColumnElement[bool]:
    """The standing rules *actor* may know of: all for the office, none for anybody else."""
    if actor is not None and may_read_matches.allows(actor):
        return sa.true()
    return PairRule.id.in_(())
