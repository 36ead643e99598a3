"""What waits before a team begins to work: the lines of the kick-off."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matchmaker.i18n import N_
from matchmaker.models import (
    DataAcceptance,
    DataTerms,
    Engagement,
    KickoffItem,
    KickoffKey,
    Problem,
    Team,
    TeamMember,
)
from matchmaker.queries.waiting_kind import (
    Holder,
    Kind,
    Ladder,
    names_of,
    select,
    titles_of,
)
from matchmaker.workflows.engagement import LIVE_STATES, EngagementState

Select = sa.Select[Any]

WORK = "/engagements/{place}"


def of_engagement(
    subject: Any,
    holder: Holder,
    *,
    since: Any,
    due: Any,
    user: Any = None,
    onto: sa.ColumnElement[bool] | None = None,
) -> Select:
    """What waits in an engagement, for its team, its owner or the office; *onto* joins the subject."""
    is_owner = holder is Holder.OWNER
    found = select(
        subject.id,
        since=since,
        due=due,
        title=titles_of(),
        context=names_of(Team),
        user=Engagement.contact_id if is_owner else user,
        team=Engagement.team_id if holder in (Holder.TEAM, Holder.PERSON) else None,
        organization=Problem.organization_id if is_owner else None,
        call=Engagement.call_id,
        place=Engagement.id,
    )
    if onto is not None:
        found = found.select_from(subject).join(Engagement, onto)
    return found.join(Problem, Problem.id == Engagement.problem_id).join(
        Team, Team.id == Engagement.team_id
    )


def _kickoff(_days: int) -> Select:
    return of_engagement(
        Engagement, Holder.OFFICE, since=Engagement.opened_at, due=Engagement.kickoff_due_at
    ).where(Engagement.state == EngagementState.KICKOFF)


def _without_contact(_days: int) -> Select:
    return of_engagement(
        Engagement, Holder.OWNER, since=Engagement.opened_at, due=Engagement.kickoff_due_at
    ).where(Engagement.state.in_(LIVE_STATES), Engagement.contact_id.is_(None))


def _items(key: KickoffKey, holder: Holder, side: str = "") -> Select:
    """Lines of the checklist that nobody has ticked; with *side*, those it has not agreed to."""
    found = of_engagement(
        KickoffItem,
        holder,
        since=Engagement.opened_at,
        due=Engagement.kickoff_due_at,
        onto=Engagement.id == KickoffItem.engagement_id,
    ).where(
        Engagement.state == EngagementState.KICKOFF,
        KickoffItem.key == key,
        KickoffItem.done_at.is_(None),
        KickoffItem.is_waived.is_(False),
    )
    return found.where(sa.func.coalesce(KickoffItem.first_side, "") != side) if side else found


def _data(_days: int) -> Select:
    return _items(KickoffKey.DATA_ACCESS, Holder.OWNER)


def _calendar_of_team(_days: int) -> Select:
    return _items(KickoffKey.CALENDAR, Holder.TEAM, "team")


def _calendar_of_owner(_days: int) -> Select:
    return _items(KickoffKey.CALENDAR, Holder.OWNER, "owner")


def _terms(_days: int) -> Select:
    """Members of the team who have not accepted the terms in force of the problem's data room."""
    latest = sa.select(sa.func.max(DataTerms.id)).group_by(DataTerms.problem_id)
    accepted = sa.exists().where(
        DataAcceptance.terms_id == DataTerms.id,
        DataAcceptance.user_id == TeamMember.user_id,
        DataAcceptance.revoked_at.is_(None),
    )
    waived = sa.exists().where(
        KickoffItem.engagement_id == Engagement.id,
        KickoffItem.key == KickoffKey.TERMS,
        KickoffItem.is_waived.is_(True),
    )
    return (
        select(
            TeamMember.id,
            since=Engagement.opened_at,
            due=Engagement.kickoff_due_at,
            title=titles_of(),
            context=names_of(Team),
            user=TeamMember.user_id,
            team=Engagement.team_id,
            call=Engagement.call_id,
            place=Engagement.problem_id,
        )
        .select_from(TeamMember)
        .join(Engagement, Engagement.team_id == TeamMember.team_id)
        .join(Problem, Problem.id == Engagement.problem_id)
        .join(Team, Team.id == Engagement.team_id)
        .join(DataTerms, DataTerms.problem_id == Problem.id)
        .where(
            Engagement.state == EngagementState.KICKOFF,
            DataTerms.id.in_(latest),
            sa.not_(accepted),
            sa.not_(waived),
        )
    )


_KICKOFF = Ladder(before=(3, 1), after=(1,), leads=(2,), office=(3,))
_KICKOFF_LAPSE = N_("Nothing lapses: the work does not begin, and the office is told.")

KINDS = (
    Kind(
        "engagement.begin",
        N_("Complete the kick-off: %(title)s"),
        N_("See what is missing"),
        Holder.OFFICE,
        _kickoff,
        WORK,
        Ladder(after=(0, 7)),
        _KICKOFF_LAPSE,
        setting="kickoff_days",
    ),
    Kind(
        "engagement.contact",
        N_("Name the person your team of solvers talks to: %(title)s"),
        N_("Name somebody"),
        Holder.OWNER,
        _without_contact,
        WORK,
        _KICKOFF,
        _KICKOFF_LAPSE,
        setting="kickoff_days",
        office_path=WORK,
    ),
    Kind(
        "engagement.data",
        N_("Open the data to the team: %(title)s"),
        N_("Say that it is open"),
        Holder.OWNER,
        _data,
        WORK,
        _KICKOFF,
        _KICKOFF_LAPSE,
        setting="kickoff_days",
        office_path=WORK,
    ),
    Kind(
        "engagement.terms",
        N_("Accept the terms of the data room: %(title)s"),
        N_("Read and decide"),
        Holder.PERSON,
        _terms,
        "/problems/{place}/data-room",
        _KICKOFF,
        _KICKOFF_LAPSE,
        setting="kickoff_days",
        office_path="/office/engagements",
    ),
    Kind(
        "engagement.calendar_team",
        N_("Agree on the calendar: %(title)s"),
        N_("Look at the dates"),
        Holder.TEAM,
        _calendar_of_team,
        WORK,
        _KICKOFF,
        _KICKOFF_LAPSE,
        setting="kickoff_days",
        office_path=WORK,
    ),
    Kind(
        "engagement.calendar_owner",
        N_("Agree on the calendar with the team: %(title)s"),
        N_("Look at the dates"),
        Holder.OWNER,
        _calendar_of_owner,
        WORK,
        _KICKOFF,
        _KICKOFF_LAPSE,
        setting="kickoff_days",
        office_path=WORK,
    ),
)
