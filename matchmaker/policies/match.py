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
from matchmaker.policies.scope import (
    may_read_as_office,
    may_read_team_as_office,
    read_by_office,
    runs_a_call,
    why_not_office,
    within_reach,
)
from matchmaker.workflows.match import SHOWN_STATES
from matchmaker.workflows.match_run import MatchRunState


@permission("match:read")
def may_read_matches(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, those of their own call."""
    if actor.has_role(Role.OFFICER, Role.ADMINISTRATOR) or runs_a_call(actor):
        return None
    return N_("The match review is the programme office's.")


def own_interest(actor: User, problem: Problem, team: Team) -> Reason:
    """Why *actor* has a stake of their own in the pair, or None.

    In an in-house call everybody belongs to the one organization: there it is the author of the
    problem and the members of the team who have a stake.
    """
    if problem.call.private_call is not None:
        if problem.author_id == actor.id:
            return N_("You wrote this problem.")
    elif problem.organization_id in actor.organization_ids:
        return N_("You belong to the organization that owns this problem.")
    if team.id in actor.team_ids:
        return N_("You are a member of this team.")
    if problem.call.private_call is None and team.organization_id in actor.organization_ids:
        return N_("You belong to this team's organization.")
    return None


@permission("match:review")
def may_review(actor: User, problem: Problem, team: Team) -> Reason:
    """Programme officers, but not on a pair in which they have a stake; in-house likewise."""
    why = why_not_office(actor, problem.call, N_("Only programme officers review matches."))
    return why or own_interest(actor, problem, team)


@permission("match:rule")
def may_rule(actor: User, problem: Problem, team: Team) -> Reason:
    """Programme officers, but not on a pair in which they have a stake; in-house likewise."""
    why = why_not_office(actor, problem.call, N_("Only programme officers pin and ban pairs."))
    return why or own_interest(actor, problem, team)


@permission("match:see_candidates")
def may_see_candidates(actor: User, problem: Problem) -> Reason:
    """Members of the organization that owns the problem, and the programme office."""
    if may_read_as_office(actor, problem.call):
        return None
    if problem.organization_id in actor.organization_ids:
        return None
    return N_("Only the owner of the problem sees the teams matched to it.")


@permission("match:see_recommendations")
def may_see_recommendations(actor: User, team: Team) -> Reason:
    """Members of the team, and the programme office."""
    if may_read_team_as_office(actor, team) or team.id in actor.team_ids:
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

    For the office those of the calls it handles; for a problem's owner and a team's members what
    the published run says of endorsed pairs, never what was declined or held.
    """
    if actor is None:
        return Match.id.in_(())
    owned = sa.select(Problem.id).where(Problem.organization_id.in_(actor.organization_ids))
    own = sa.or_(Match.problem_id.in_(owned), Match.team_id.in_(actor.team_ids))
    reachable = sa.select(MatchRun.id).where(within_reach(actor, MatchRun.call_id))
    of_office = sa.select(MatchRun.id).where(read_by_office(actor, MatchRun.call_id))
    announced = sa.and_(announced_matches(), own, Match.run_id.in_(reachable))
    return sa.or_(announced, Match.run_id.in_(of_office))


def announced_matches() -> sa.ColumnElement[bool]:
    """The matches that owners and teams are told of: endorsed ones of the run published now."""
    published = sa.select(MatchRun.id).where(MatchRun.state == MatchRunState.PUBLISHED)
    return sa.and_(Match.run_id.in_(published), Match.state.in_(SHOWN_STATES))


def visible_pair_rules(actor: User | None) -> sa.ColumnElement[bool]:
    """The standing rules *actor* may know of: those of calls they see with the office's eyes."""
    problems = sa.select(Problem.id).where(read_by_office(actor, Problem.call_id))
    return PairRule.problem_id.in_(problems)
