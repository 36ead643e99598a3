"""Who runs a call's awards, judges on the panel, answers for the team, and handles the money."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session, object_session

from matchmaker.i18n import N_
from matchmaker.models import (
    Award,
    AwardPayment,
    AwardScheme,
    AwardVote,
    Call,
    Engagement,
    User,
)
from matchmaker.policies.application_conflict import Nearness, nearness
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.engagement import (
    may_decide_engagement,
    may_read_engagement,
    office_engagements,
    side_of,
)
from matchmaker.policies.membership import is_lead
from matchmaker.policies.scope import (
    handled_by,
    is_in_house_officer,
    runs_a_call,
    why_not_office,
)
from matchmaker.policies.site import may_enter_office
from matchmaker.workflows.award_scheme import AwardSchemeState
from matchmaker.workflows.award_vote import SEATED_STATES

Condition = sa.ColumnElement[bool]

NOT_IN_HOUSE = N_("Does not belong to the organization of this in-house call")
IN_TEAM = N_("Belongs to the team")
RUNS_AWARDS = N_("Runs the awards of this call")


@permission("award:list")
def may_list_awards(actor: User) -> Reason:
    """Programme officers and administrators; in-house officers, for their own call."""
    if may_enter_office.allows(actor) or runs_a_call(actor):
        return None
    return N_("This page is for the programme office.")


@permission("award:run")
def may_run_awards(actor: User, call: Call) -> Reason:
    """Programme officers; in an in-house call its own officers."""
    return why_not_office(actor, call, N_("Only programme officers run the awards of a call."))


@permission("award:propose")
def may_propose_award(actor: User, engagement: Engagement) -> Reason:
    """The owner’s people, the mentor, and whoever decides for the office."""
    if side_of(actor, engagement) in ("owner", "mentor", "office"):
        return None
    return N_("The owner of the problem, the mentor or the programme office proposes an award.")


@permission("award:nominate")
def may_nominate(actor: User, engagement: Engagement) -> Reason:
    """Programme officers who stand on no side of the work; in an in-house call its own officers."""
    return may_decide_engagement(actor, engagement)


@permission("award:decide")
def may_decide_award(actor: User, award: Award) -> Reason:
    """Programme officers who stand on no side of the work; in an in-house call its own officers."""
    return may_decide_engagement(actor, award.engagement)


@permission("award:answer")
def may_answer_award(actor: User, award: Award) -> Reason:
    """Leads of the team."""
    if is_lead(actor, award.engagement.team):
        return None
    return N_("Only a lead of the team accepts or refuses its award.")


@permission("award:read")
def may_read_award(actor: User, engagement: Engagement) -> Reason:
    """Whoever reads the engagement; each side sees its part."""
    return may_read_engagement(actor, engagement)


@permission("award_vote:list")
def may_list_votes(actor: User) -> Reason:
    """Everybody who is signed in sees what they were asked to judge."""
    return None


@permission("award_vote:judge")
def may_judge_award(actor: User, vote: AwardVote) -> Reason:
    """The panel member who was asked, as long as nothing ties them to the problem or the team."""
    if vote.reviewer_id != actor.id or vote.state not in SEATED_STATES:
        return N_("Only the panel member who was asked judges.")
    session = object_session(vote)
    if session is None or why_not_on_panel(session, actor, vote.award.engagement) is not None:
        return N_("Something ties you to this work.")
    return None


@permission("award_payment:handle")
def may_handle_payment(actor: User, payment: AwardPayment) -> Reason:
    """Programme officers who stand on no side of the work; in an in-house call its own officers."""
    return may_decide_engagement(actor, payment.engagement)


def why_not_on_panel(session: Session, person: User, engagement: Engagement) -> Reason:
    """Why *person* cannot judge the results of *engagement*, or None."""
    return reasons_against(session, [person], [engagement])[person.id, engagement.id]


def reasons_against(
    session: Session, people: Iterable[User], engagements: Iterable[Engagement]
) -> dict[tuple[int, int], Reason]:
    """Why each person cannot judge each engagement, by both ids; None where nothing is found."""
    rows, persons = list(engagements), list(people)
    near = nearness(session, [row.application for row in rows])
    return {
        (person.id, row.id): _why_not(person, row, near[row.application_id])
        for row in rows
        for person in persons
    }


def _why_not(person: User, engagement: Engagement, near: Nearness) -> Reason:
    private = engagement.call.private_call
    if private is None:
        if person.id == engagement.mentor_id:
            return N_("Is the mentor of this work")
        return near.why_not(person)
    if not person.is_usable or private.organization_id not in person.organization_ids:
        return NOT_IN_HOUSE
    if is_in_house_officer(person, private):
        return RUNS_AWARDS
    if engagement.team_id in person.team_ids or person.id == engagement.mentor_id:
        return IN_TEAM
    return None


def visible_schemes(actor: User | None) -> Condition:
    """The schemes of the calls that *actor*'s office handles."""
    return handled_by(actor, AwardScheme.call_id)


def visible_awards(actor: User | None) -> Condition:
    """The awards *actor* sees with the office's eyes: not those of their own team or house."""
    own = sa.select(Engagement.id).where(office_engagements(actor))
    return sa.and_(handled_by(actor, Award.call_id), Award.engagement_id.in_(own))


def visible_payments(actor: User | None) -> Condition:
    """The payments *actor* sees with the office's eyes."""
    own = sa.select(Engagement.id).where(office_engagements(actor))
    return sa.and_(handled_by(actor, AwardPayment.call_id), AwardPayment.engagement_id.in_(own))


def visible_votes(actor: User | None) -> Condition:
    """What *actor* was asked to judge, while the panel is at work."""
    if actor is None:
        return sa.false()
    judging = sa.select(Award.id).join(Award.scheme)
    return sa.and_(
        AwardVote.reviewer_id == actor.id,
        AwardVote.state.in_(SEATED_STATES),
        AwardVote.award_id.in_(judging.where(AwardScheme.state == AwardSchemeState.JUDGING)),
    )
