"""Who may know of an engagement, take part in it and decide on it.

A person stands on one side of it at most: the team, the owner of the problem, the mentor or the
office. Whoever stands on one of the first three does not decide for the office.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import Application, ApplicationPerson, Call, Engagement, Problem, Team, User
from matchmaker.policies.application import has_interest
from matchmaker.policies.attachment import is_keeper, kept_by
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.membership import is_lead
from matchmaker.policies.problem import BROKER_ROLES
from matchmaker.policies.scope import (
    is_national,
    may_act_as_office,
    may_read_as_office,
    read_by_office,
    runs_a_call,
    why_not_office,
)
from matchmaker.policies.site import may_enter_office
from matchmaker.workflows.engagement import ENDED_STATES

Condition = sa.ColumnElement[bool]
Side = Literal["team", "owner", "office", "mentor"]


def side_of(actor: User | None, engagement: Engagement) -> Side | None:
    """The side on which *actor* stands; the office is whoever may decide."""
    if actor is None:
        return None
    if engagement.team_id in actor.team_ids:
        return "team"
    if is_keeper(actor, engagement.problem):
        return "owner"
    if engagement.mentor_id == actor.id:
        return "mentor"
    is_office = may_act_as_office(actor, engagement.call)
    if is_office and not has_interest(actor, engagement.application):
        return "office"
    return None


def was_in_team(actor: User, engagement: Engagement) -> bool:
    """Whether *actor* is named in the application of an engagement that has ended."""
    if engagement.is_live or engagement.call.private_call is not None:
        return False
    return any(person.user_id == actor.id for person in engagement.application.people)


@permission("engagement:read")
def may_read_engagement(actor: User, engagement: Engagement) -> Reason:
    """Team, owner, mentor and the office; after its end whoever worked in it."""
    if side_of(actor, engagement) is not None or was_in_team(actor, engagement):
        return None
    is_office = may_read_as_office(actor, engagement.call)
    if is_office and not has_interest(actor, engagement.application):
        return None
    return N_("Only the team, the owner, the mentor and the programme office see this work.")


@permission("engagement:list")
def may_list_engagements(actor: User) -> Reason:
    """Everybody who is signed in sees what they take part in."""
    return None


@permission("engagement:board")
def may_open_board(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, for their own call."""
    if may_enter_office.allows(actor) or runs_a_call(actor):
        return None
    return N_("This page is for the programme office.")


@permission("engagement:decide")
def may_decide_engagement(actor: User, engagement: Engagement) -> Reason:
    """Programme officers who stand on no side of it; in an in-house call its own officers."""
    why = why_not_office(actor, engagement.call, N_("Only programme officers decide on this work."))
    if why is not None:
        return why
    if side_of(actor, engagement) != "office":
        return N_("You stand on one side of this work: another programme officer has to decide.")
    return None


@permission("engagement:stop_call")
def may_stop_call(actor: User, call: Call) -> Reason:
    """Programme officers; in an in-house call its own officers."""
    return why_not_office(actor, call, N_("Only programme officers stop the work of a call."))


@permission("engagement:sign")
def may_sign_stage(actor: User, engagement: Engagement) -> Reason:
    """The owner’s people, and whoever decides for the office."""
    if side_of(actor, engagement) in ("owner", "office"):
        return None
    return N_("A stage is decided by the owner of the problem and a programme officer.")


@permission("engagement:name_contact")
def may_name_contact(actor: User, engagement: Engagement) -> Reason:
    """The owner’s people, and whoever decides for the office."""
    if side_of(actor, engagement) in ("owner", "office"):
        return None
    return N_("The owner of the problem names the contact.")


@permission("engagement:give_data")
def may_give_data(actor: User, engagement: Engagement) -> Reason:
    """The owner’s people, and whoever decides for the office."""
    if side_of(actor, engagement) in ("owner", "office"):
        return None
    return N_("The owner of the problem says that the team has access to the data.")


@permission("engagement:agree_calendar")
def may_agree_calendar(actor: User, engagement: Engagement) -> Reason:
    """Members of the team and the owner’s people, each for their side."""
    if side_of(actor, engagement) in ("team", "owner"):
        return None
    return N_("Team and owner agree on the calendar.")


@permission("engagement:begin")
def may_begin_work(actor: User, engagement: Engagement) -> Reason:
    """Leads of the team, the owner’s people, and whoever decides for the office."""
    if is_lead(actor, engagement.team) or side_of(actor, engagement) in ("owner", "office"):
        return None
    return N_("A lead of the team, the owner or the programme office begins the work.")


@permission("engagement:ask_stop")
def may_ask_stop(actor: User, engagement: Engagement) -> Reason:
    """Leads of the team and the owner’s people."""
    if is_lead(actor, engagement.team) or side_of(actor, engagement) == "owner":
        return None
    return N_("A lead of the team or the owner of the problem asks to stop.")


def why_not_mentor(person: User, engagement: Engagement) -> Reason:
    """Why *person* cannot be the mentor of *engagement*, or None."""
    if not person.is_usable:
        return N_("This account is closed.")
    call = engagement.call
    if call.private_call is None and not person.has_role(*BROKER_ROLES):
        return N_("Mentors have the role of a mentor or a programme officer.")
    if (
        call.private_call is not None
        and call.private_call.organization_id not in person.organization_ids
    ):
        return N_("Only the organization’s own people take part in its in-house call.")
    if engagement.team_id in person.team_ids:
        return N_("This person is a member of the team.")
    if is_keeper(person, engagement.problem):
        return N_("This person belongs to the owner of the problem: a conflict of interest.")
    if has_interest(person, engagement.application):
        return N_("This person belongs to the team’s organization: a conflict of interest.")
    return None


def visible_engagements(actor: User | None) -> Condition:
    """The engagements *actor* may know of: the condition beside `may_read_engagement`."""
    if actor is None:
        return sa.false()
    return sa.or_(taking_part(actor), office_engagements(actor), _worked_in(actor))


def taking_part(actor: User) -> Condition:
    """The engagements in which *actor* stands on a side: team, owner or mentor."""
    owned = sa.select(Problem.id).where(kept_by(actor))
    return sa.or_(
        Engagement.team_id.in_(actor.team_ids),
        Engagement.problem_id.in_(owned),
        Engagement.mentor_id == actor.id,
    )


def office_engagements(actor: User | None) -> Condition:
    """The engagements *actor* sees with the office's eyes."""
    if actor is None:
        return sa.false()
    return sa.and_(
        read_by_office(actor, Engagement.call_id),
        Engagement.team_id.not_in(actor.team_ids),
        Engagement.application_id.not_in(_with_interest(actor)),
    )


def _with_interest(actor: User) -> sa.Select[int]:
    """The ids of applications of the programme's calls in which *actor* has an interest."""
    statement = sa.select(Application.id)
    if not actor.organization_ids:
        return statement.where(sa.false())
    return (
        statement.join(Application.team)
        .join(Application.problem)
        .where(
            is_national(Application.call_id),
            sa.or_(
                Team.organization_id.in_(actor.organization_ids),
                Problem.organization_id.in_(actor.organization_ids),
            ),
        )
    )


def _worked_in(actor: User) -> Condition:
    """Ended engagements of the programme that *actor* was named in: people keep their record."""
    named = sa.select(ApplicationPerson.application_id).where(ApplicationPerson.user_id == actor.id)
    return sa.and_(
        Engagement.application_id.in_(named),
        Engagement.state.in_(ENDED_STATES),
        is_national(Engagement.call_id),
    )
