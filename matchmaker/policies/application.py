"""Who may apply for a problem, hand in and withdraw, decide, and know of an application."""

from __future__ import annotations

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    Application,
    ApplicationFile,
    ApplicationTwin,
    Call,
    Problem,
    Team,
    User,
)
from matchmaker.policies.attachment import is_keeper
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.membership import is_lead
from matchmaker.policies.problem import is_owner
from matchmaker.policies.scope import (
    is_national,
    may_act_as_office,
    may_read_as_office,
    private_call_of_team,
    read_by_office,
    runs_a_call,
    why_not_office,
)
from matchmaker.policies.site import may_enter_office

Condition = sa.ColumnElement[bool]


@permission("application:start")
def may_start(actor: User, problem: Problem) -> Reason:
    """Members of a team, but not the owner of the problem or whoever decides on it."""
    if is_keeper(actor, problem):
        return N_("This is your own problem: teams apply, and you hear who is chosen.")
    if may_act_as_office(actor, problem.call):
        return N_("Teams apply; the programme office decides.")
    if not any(place.team.archived_at is None for place in actor.team_memberships):
        return N_("Teams apply. Join one or found one first.")
    return None


def why_not_team(team: Team, problem: Problem) -> Reason:
    """Why *team* cannot apply for *problem*, or None."""
    private = problem.call.private_call
    if team.organization_id == problem.organization_id and private is None:
        return N_("This team belongs to the organization that sets the problem.")
    if private is None:
        if private_call_of_team(team) is not None:
            return N_("This team exists for an in-house call and applies only there.")
        return None
    places = [place for place in team.private_registrations if place.left_at is None]
    if any(place.private_call_id == private.id for place in places):
        return None
    return N_("This team is not registered for the in-house call.")


@permission("application:edit")
def may_edit_application(actor: User, application: Application) -> Reason:
    """Members of the team."""
    if application.team_id in actor.team_ids:
        return None
    return N_("Only members of the team write its application.")


@permission("application:submit")
def may_submit_application(actor: User, application: Application) -> Reason:
    """Leads of the team: handing in binds all its members."""
    if is_lead(actor, application.team):
        return None
    return N_("Only a lead of the team hands the application in.")


@permission("application:withdraw")
def may_withdraw_application(actor: User, application: Application) -> Reason:
    """Leads of the team, at any time."""
    if is_lead(actor, application.team):
        return None
    return N_("Only a lead of the team withdraws its application.")


@permission("application:confirm")
def may_confirm(actor: User, application: Application) -> Reason:
    """Leads of the team that has the offer."""
    if is_lead(actor, application.team):
        return None
    return N_("Only a lead of the team answers an offer.")


@permission("application:read")
def may_read_application(actor: User, application: Application) -> Reason:
    """Members of the team; once it was handed in the office of the call, without an interest in it."""
    if application.team_id in actor.team_ids:
        return None
    if application.submitted_at is None:
        return N_("Nobody but the team reads an application before it is handed in.")
    if may_read_as_office(actor, application.call) and not has_interest(actor, application):
        return None
    return N_("Only the team and the programme office read this application.")


def has_interest(actor: User, application: Application) -> bool:
    """Whether *actor* belongs to the team, its organization, or the owner of the problem."""
    if application.call.private_call is not None:
        return application.team_id in actor.team_ids
    return (
        application.team_id in actor.team_ids
        or application.team.organization_id in actor.organization_ids
        or is_owner(actor, application.problem)
    )


@permission("application:decide")
def may_decide_application(actor: User, application: Application) -> Reason:
    """Programme officers without an interest in it; in an in-house call its own officers likewise."""
    why = why_not_office(
        actor, application.call, N_("Only programme officers decide on applications.")
    )
    if why is not None:
        return why
    if has_interest(actor, application):
        return N_(
            "You have an interest in this application: another programme officer has to decide."
        )
    return None


@permission("application:begin_review")
def may_begin_review(actor: User, call: Call) -> Reason:
    """Programme officers; in an in-house call its own officers."""
    return why_not_office(actor, call, N_("Only programme officers decide on applications."))


@permission("application:judge_twin")
def may_judge_twin(actor: User, twin: ApplicationTwin) -> Reason:
    """Whoever may decide on both applications."""
    one = may_decide_application(actor, twin.application)
    return one or may_decide_application(actor, twin.other)


@permission("application:list")
def may_list_applications(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, for their own call."""
    if may_enter_office.allows(actor) or runs_a_call(actor):
        return None
    return N_("This page is for the programme office.")


def visible_applications(actor: User | None) -> Condition:
    """The applications *actor* may know of.

    Members of a team: all of their own. The office: those of its calls that were handed in, but
    none in which the reader has an interest. Reviewers read through their assignments only.
    """
    if actor is None:
        return sa.false()
    return sa.or_(Application.team_id.in_(actor.team_ids), received_applications(actor))


def received_applications(actor: User | None) -> Condition:
    """The applications *actor* reads with the office's eyes."""
    if actor is None:
        return sa.false()
    return sa.and_(
        Application.submitted_at.is_not(None),
        read_by_office(actor, Application.call_id),
        Application.team_id.not_in(actor.team_ids),
        sa.not_(_interesting(actor)),
    )


def _interesting(actor: User) -> Condition:
    """The condition beside `has_interest`, for teams and owners in the programme's own calls."""
    if not actor.organization_ids:
        return sa.false()
    teams = sa.select(Team.id).where(Team.organization_id.in_(actor.organization_ids))
    owned = sa.select(Problem.id).where(Problem.organization_id.in_(actor.organization_ids))
    theirs = sa.or_(Application.team_id.in_(teams), Application.problem_id.in_(owned))
    return sa.and_(is_national(Application.call_id), theirs)


def visible_twins(actor: User | None) -> Condition:
    """The pairs *actor* may know of: both applications are ones they read as the office."""
    known = sa.select(Application.id).where(received_applications(actor))
    return sa.and_(ApplicationTwin.application_id.in_(known), ApplicationTwin.other_id.in_(known))


def visible_application_files(actor: User | None) -> Condition:
    """The files *actor* may know of: those of applications they read, of every version."""
    known = sa.select(Application.id).where(visible_applications(actor))
    return ApplicationFile.application_id.in_(known)
