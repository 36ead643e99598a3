"""The last sign of life of each side of an engagement: who let the others hear of them, and when.

A sign of life is something a person did in the engagement itself: a check-in, a milestone handed
in or answered, a line of the checklist, a signature, a request, a question answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import (
    CheckIn,
    Engagement,
    KickoffItem,
    Milestone,
    MilestoneFeedback,
    MilestoneVersion,
    OrganizationMember,
    Question,
    QuestionAnswer,
    StageDecision,
    StopRequest,
    TeamMember,
    User,
)
from matchmaker.policies.engagement import office_engagements
from matchmaker.queries.engagement import whole
from matchmaker.queries.office_setting import value as setting_value
from matchmaker.workflows.engagement import LIVE_STATES

Signs = sa.Select[*tuple[Any, ...]]


def _kickoff() -> list[Signs]:
    item = KickoffItem
    return [
        sa.select(item.engagement_id, item.done_by_id, item.done_at),
        sa.select(item.engagement_id, item.first_by_id, item.first_at),
    ]


def _signatures() -> list[Signs]:
    row = StageDecision
    return [
        sa.select(row.engagement_id, row.owner_id, row.owner_signed_at),
        sa.select(row.engagement_id, row.officer_id, row.officer_signed_at),
        sa.select(StopRequest.engagement_id, StopRequest.user_id, StopRequest.created_at),
    ]


def _messages() -> list[Signs]:
    """Questions of the team about its problem, and their answers."""
    asked = sa.and_(
        Engagement.problem_id == Question.problem_id,
        Engagement.team_id == Question.team_id,
        Question.created_at >= Engagement.opened_at,
    )
    questions = sa.select(Engagement.id, Question.asker_id, Question.created_at).join(
        Question, asked
    )
    answers = (
        sa.select(Engagement.id, QuestionAnswer.author_id, QuestionAnswer.created_at)
        .join(Question, asked)
        .join(QuestionAnswer, QuestionAnswer.question_id == Question.id)
    )
    return [questions, answers]


def _follow_up() -> list[Signs]:
    """What is said of the work: check-ins, what was handed in, and what was said of it."""
    version, feedback = MilestoneVersion, MilestoneFeedback
    of_milestone = sa.select(Milestone.engagement_id)
    return [
        sa.select(CheckIn.engagement_id, CheckIn.user_id, CheckIn.created_at),
        sa.select(CheckIn.engagement_id, CheckIn.resolver_id, CheckIn.resolved_at),
        of_milestone.add_columns(version.user_id, version.submitted_at).join(version.milestone),
        of_milestone.add_columns(feedback.user_id, feedback.at).join(feedback.milestone),
        sa.select(Milestone.engagement_id, Milestone.decider_id, Milestone.decided_at),
    ]


#: Where signs of life come from: engagement, person, moment. Whoever adds a way to answer adds it.
SOURCES: list[Callable[[], list[Signs]]] = [_kickoff, _signatures, _messages, _follow_up]


def signs(session: Session, engagement_ids: Iterable[int]) -> dict[int, dict[int, datetime]]:
    """For each engagement, when each person last did something in it."""
    ids = list(engagement_ids)
    found: dict[int, dict[int, datetime]] = {key: {} for key in ids}
    for statement in (one for source in SOURCES for one in source()):
        engagement, person, moment = statement.selected_columns
        latest = statement.with_only_columns(engagement, person, sa.func.max(moment)).where(
            engagement.in_(ids), person.is_not(None), moment.is_not(None)
        )
        for key, user_id, at in session.execute(latest.group_by(engagement, person)):
            known = found[key].get(user_id)
            found[key][user_id] = at if known is None else max(known, at)
    return found


@dataclass(frozen=True)
class Life:
    """When owner and team of an engagement last let the others hear of them."""

    engagement: Engagement
    owner_at: datetime
    team_at: datetime

    def owner_days(self, now: datetime) -> int:
        """For how many whole days nobody at the owner has done anything."""
        return max(0, (now - self.owner_at) // timedelta(days=1))

    def team_days(self, now: datetime) -> int:
        """The same of the team."""
        return max(0, (now - self.team_at) // timedelta(days=1))


def lives(session: Session, engagements: Sequence[Engagement]) -> list[Life]:
    """The last signs of life of both sides of each of *engagements*; before the first its opening."""
    seen = signs(session, [row.id for row in engagements])
    houses = _people(
        session,
        sa.select(OrganizationMember.organization_id, OrganizationMember.user_id).where(
            OrganizationMember.organization_id.in_({e.problem.organization_id for e in engagements})
        ),
    )
    teams = _people(
        session,
        sa.select(TeamMember.team_id, TeamMember.user_id).where(
            TeamMember.team_id.in_({row.team_id for row in engagements})
        ),
    )
    found = []
    for row in engagements:
        team = teams.get(row.team_id, set())
        house = _owners(row, houses) - team
        found.append(Life(row, _last(row, seen, house), _last(row, seen, team)))
    return found


def _owners(row: Engagement, houses: dict[int, set[int]]) -> set[int]:
    """Who speaks for the owner: in an in-house call its author, not the whole house."""
    if row.call.private_call is not None:
        return {row.problem.author_id} if row.problem.author_id else set()
    return houses.get(row.problem.organization_id, set())


def _people(session: Session, statement: Signs) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, user_id in session.execute(statement):
        found.setdefault(key, set()).add(user_id)
    return found


def _last(row: Engagement, seen: dict[int, dict[int, datetime]], people: set[int]) -> datetime:
    moments = [at for user_id, at in seen[row.id].items() if user_id in people]
    return max(moments, default=row.opened_at)


@dataclass(frozen=True)
class Silence:
    """An owner of whom nothing was heard for too long."""

    engagement: Engagement
    since: datetime
    days: int
    #: 1: the contact is to be asked; 2: the leads; 3: the work is flagged.
    step: int


def steps(days: int) -> tuple[int, int, int]:
    """After how many silent days the contact is asked, the leads are, and the work is flagged."""
    return days, days + -(-days // 2), 2 * days


def silent(session: Session, now: datetime, actor: User | None = None) -> list[Silence]:
    """The work under way whose owner is silent, the longest silence first.

    Without *actor* everything, for the system; otherwise what *actor* sees as the office. The
    letters of each step are sent by `services.engagement_silence`.
    """
    seen = sa.true() if actor is None else office_engagements(actor)
    statement = sa.select(Engagement).where(Engagement.state.in_(LIVE_STATES), seen)
    rows = session.scalars(statement.options(*whole()).order_by(Engagement.id)).unique().all()
    limits = steps(setting_value(session, "silent_days"))
    found = [
        Silence(life.engagement, life.owner_at, days, step)
        for life in lives(session, rows)
        if (step := sum((days := life.owner_days(now)) >= limit for limit in limits))
    ]
    return sorted(found, key=lambda one: (-one.days, one.engagement.id))
