"""What waits while a team solves a problem: milestones, requests, check-ins, signatures."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    CheckIn,
    Engagement,
    ExtensionRequest,
    Milestone,
    MilestoneChange,
    OrganizationMember,
    Problem,
    StageDecision,
    StopRequest,
    Team,
)
from matchmaker.queries.check_in import last_heard
from matchmaker.queries.engagement_life import SOURCES
from matchmaker.queries.milestone import next_due
from matchmaker.queries.waiting_kickoff import WORK, of_engagement
from matchmaker.queries.waiting_kind import (
    Holder,
    Kind,
    Ladder,
    later,
    names_of,
    select,
    titles_of,
)
from matchmaker.workflows.engagement import LIVE_STATES
from matchmaker.workflows.extension_request import ExtensionRequestState
from matchmaker.workflows.milestone import MilestoneState
from matchmaker.workflows.milestone_change import MilestoneChangeState
from matchmaker.workflows.stage_decision import StageDecisionState
from matchmaker.workflows.stop_request import StopRequestState

Select = sa.Select[Any]

MILESTONES = WORK + "/milestones"
CHECK_INS = WORK + "/check-ins"


# Milestones


def _milestones(holder: Holder, since: Any, *conditions: Any) -> Select:
    return of_engagement(
        Milestone,
        holder,
        since=since,
        due=next_due(),
        onto=Engagement.id == Milestone.engagement_id,
    ).where(Engagement.state.in_(LIVE_STATES), *conditions)


def _to_hand_in(_days: int) -> Select:
    """Milestones of the stage under way, and those sent back with changes asked for."""
    under_way = sa.func.lower(Milestone.stage) == sa.cast(Engagement.state, sa.String)
    planned = sa.and_(Milestone.state == MilestoneState.PLANNED, under_way)
    back = Milestone.state == MilestoneState.CHANGES_REQUESTED
    since = sa.func.coalesce(Engagement.started_at, Engagement.opened_at)
    return _milestones(Holder.TEAM, since, sa.or_(planned, back))


def _to_look_at(_days: int) -> Select:
    submitted = Milestone.state == MilestoneState.SUBMITTED
    return _milestones(Holder.OWNER, Milestone.submitted_at, submitted)


def _changes(days: int) -> Select:
    return of_engagement(
        MilestoneChange,
        Holder.OWNER,
        since=MilestoneChange.created_at,
        due=later(MilestoneChange.created_at, days),
        onto=Engagement.id == MilestoneChange.engagement_id,
    ).where(MilestoneChange.state == MilestoneChangeState.PROPOSED)


def _extensions(days: int) -> Select:
    found = select(
        ExtensionRequest.id,
        since=ExtensionRequest.created_at,
        due=later(ExtensionRequest.created_at, days),
        title=titles_of(),
        context=names_of(Team),
        call=Engagement.call_id,
        place=Engagement.id,
    )
    return (
        found.join(Milestone, Milestone.id == ExtensionRequest.milestone_id)
        .join(Engagement, Engagement.id == Milestone.engagement_id)
        .join(Problem, Problem.id == Engagement.problem_id)
        .join(Team, Team.id == Engagement.team_id)
        .where(ExtensionRequest.state == ExtensionRequestState.ASKED)
    )


# Signatures, requests, silence


def _signatures(days: int, holder: Holder, unsigned: Any) -> Select:
    return of_engagement(
        StageDecision,
        holder,
        since=StageDecision.created_at,
        due=later(StageDecision.created_at, days),
        onto=Engagement.id == StageDecision.engagement_id,
    ).where(StageDecision.state == StageDecisionState.PROPOSED, unsigned.is_(None))


def _owner_signs(days: int) -> Select:
    return _signatures(days, Holder.OWNER, StageDecision.owner_signed_at)


def _officer_signs(days: int) -> Select:
    return _signatures(days, Holder.OFFICE, StageDecision.officer_signed_at)


def _stops(days: int) -> Select:
    return of_engagement(
        StopRequest,
        Holder.OFFICE,
        since=StopRequest.created_at,
        due=later(StopRequest.created_at, days),
        onto=Engagement.id == StopRequest.engagement_id,
    ).where(StopRequest.state == StopRequestState.ASKED)


def _check_ins(days: int) -> Select:
    since = sa.func.coalesce(last_heard(), Engagement.started_at)
    return of_engagement(Engagement, Holder.TEAM, since=since, due=later(since, days)).where(
        Engagement.state.in_(LIVE_STATES), Engagement.started_at.is_not(None)
    )


def _blockers(side: str, holder: Holder, days: int) -> Select:
    return of_engagement(
        CheckIn,
        holder,
        since=CheckIn.created_at,
        due=later(CheckIn.created_at, days),
        onto=Engagement.id == CheckIn.engagement_id,
    ).where(
        Engagement.state.in_(LIVE_STATES),
        CheckIn.blocker != "",
        CheckIn.resolved_at.is_(None),
        CheckIn.blocker_side == side,
    )


def _blocked_by_owner(days: int) -> Select:
    return _blockers("owner", Holder.OWNER, days)


def _blocked_by_team(days: int) -> Select:
    return _blockers("team", Holder.TEAM, days)


def _blocked_by_programme(days: int) -> Select:
    return _blockers("programme", Holder.OFFICE, days)


def _silent(days: int) -> Select:
    """Owners of whom nothing was heard since the office was told so."""
    since = Engagement.silence_flagged_at
    found = of_engagement(Engagement, Holder.OFFICE, since=since, due=later(since, days))
    for source in (one for make in SOURCES for one in make()):
        signs = source.subquery()
        engagement, person, moment = signs.c
        belongs = sa.and_(
            OrganizationMember.user_id == person,
            OrganizationMember.organization_id == Problem.organization_id,
        )
        heard = (
            sa.select(sa.literal(1))
            .select_from(signs.join(OrganizationMember, sa.true()))
            .where(belongs, engagement == Engagement.id, moment > since)
            .correlate(Engagement, Problem)
        )
        found = found.where(sa.not_(heard.exists()))
    return found.where(Engagement.state.in_(LIVE_STATES), since.is_not(None))


_SLIPS = N_("Nothing lapses: the work stands still meanwhile, and the record says on whose side.")

KINDS = (
    Kind(
        "milestone.submit",
        N_("Hand in the milestone: %(title)s"),
        N_("Hand in"),
        Holder.TEAM,
        _to_hand_in,
        MILESTONES + "/{subject}",
        Ladder(before=(7, 3, 1), after=(1,), leads=(2,), office=(5,)),
        N_("Nothing lapses: it stays open and late; more time can be asked for."),
        office_path=MILESTONES + "/{subject}",
    ),
    Kind(
        "milestone.review",
        N_("Look at the milestone: %(title)s"),
        N_("Read and answer"),
        Holder.OWNER,
        _to_look_at,
        MILESTONES + "/{subject}",
        Ladder(before=(2,), after=(0,), leads=(2,), office=(4,)),
        N_("Nothing lapses: the wait does not count against the team, and an officer may decide."),
        setting="milestone_review_days",
        office_path=MILESTONES + "/{subject}",
    ),
    Kind(
        "milestone_change.decide",
        N_("Answer a change of the plan: %(title)s"),
        N_("See the change"),
        Holder.OWNER,
        _changes,
        MILESTONES,
        Ladder(before=(2,), after=(0,), leads=(2,), office=(4,)),
        N_("Nothing lapses: the plan stays as it is until somebody answers."),
        within=7,
        office_path=MILESTONES,
    ),
    Kind(
        "extension_request.decide",
        N_("More time asked for: %(title)s"),
        N_("Decide"),
        Holder.OFFICE,
        _extensions,
        MILESTONES,
        Ladder(before=(2,), after=(0, 3)),
        N_("Nothing lapses: until it is decided the date stays as it was."),
        within=7,
    ),
    Kind(
        "stage_decision.owner",
        N_("Sign whether the work goes on: %(title)s"),
        N_("Look and sign"),
        Holder.OWNER,
        _owner_signs,
        WORK,
        Ladder(before=(3,), after=(0,), leads=(2,), office=(4,)),
        _SLIPS,
        within=7,
        office_path=WORK,
    ),
    Kind(
        "stage_decision.officer",
        N_("Sign the decision on the stage: %(title)s"),
        N_("Look and sign"),
        Holder.OFFICE,
        _officer_signs,
        WORK,
        Ladder(before=(3,), after=(0, 3)),
        _SLIPS,
        within=7,
    ),
    Kind(
        "stop_request.answer",
        N_("Asked to stop the work: %(title)s"),
        N_("Decide"),
        Holder.OFFICE,
        _stops,
        WORK,
        Ladder(before=(2,), after=(0, 3)),
        N_("Nothing lapses: the work goes on until it is decided."),
        within=7,
    ),
    Kind(
        "check_in.write",
        N_("Say how the work goes: %(title)s"),
        N_("Write a few lines"),
        Holder.TEAM,
        _check_ins,
        CHECK_INS,
        Ladder(after=(0, 3), leads=(5,), office=(7,)),
        N_("Nothing lapses: the office sees that nothing was heard."),
        setting="check_in_days",
        office_path=CHECK_INS,
    ),
    Kind(
        "check_in.owner",
        N_("The team is stuck and waits for you: %(title)s"),
        N_("See what is in the way"),
        Holder.OWNER,
        _blocked_by_owner,
        CHECK_INS,
        Ladder(before=(3,), after=(0,), leads=(1,), office=(3,)),
        _SLIPS,
        within=7,
        office_path=CHECK_INS,
    ),
    Kind(
        "check_in.team",
        N_("Clear what is in your way: %(title)s"),
        N_("See what is in the way"),
        Holder.TEAM,
        _blocked_by_team,
        CHECK_INS,
        Ladder(after=(0,), leads=(3,), office=(7,)),
        _SLIPS,
        within=14,
        office_path=CHECK_INS,
    ),
    Kind(
        "check_in.programme",
        N_("A team is stuck and waits for the programme: %(title)s"),
        N_("See what is in the way"),
        Holder.OFFICE,
        _blocked_by_programme,
        CHECK_INS,
        Ladder(after=(0, 3)),
        _SLIPS,
        within=7,
    ),
    Kind(
        "engagement.silent",
        N_("Nothing is heard of the owner: %(title)s"),
        N_("Decide"),
        Holder.OFFICE,
        _silent,
        WORK,
        Ladder(after=(0, 7)),
        N_("Nothing lapses: name another contact, move the dates, or stop the work."),
        within=7,
        letters=N_("The contact, the leads and the office are asked by letters of its own."),
    ),
)
