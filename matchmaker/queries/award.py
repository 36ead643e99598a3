"""Reading awards: those of a call with what the panel says, and whether work may be nominated."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from matchmaker.errors import NotFound
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    Application,
    Award,
    AwardVote,
    Engagement,
    Milestone,
    Problem,
    StageDecision,
    StopRequest,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.award import visible_awards
from matchmaker.policies.engagement import office_engagements
from matchmaker.workflows.award import AwardState
from matchmaker.workflows.engagement import STAGE_STATES, EngagementState
from matchmaker.workflows.milestone import MilestoneState
from matchmaker.workflows.stage_decision import StageDecisionState
from matchmaker.workflows.stop_request import StopRequestState


def awards_of(session: Session, actor: User | None, call_id: int) -> Sequence[Award]:
    """The awards of a call that *actor* handles, with their votes."""
    statement = sa.select(Award).where(Award.call_id == call_id, visible_awards(actor))
    return session.scalars(statement.options(*_whole()).order_by(Award.id)).all()


def all_of_call(
    session: Session, call_id: int, states: Collection[AwardState], *, lock: bool = False
) -> Sequence[Award]:
    """Every award of a call in one of *states*: for what concerns the call as a whole."""
    statement = sa.select(Award).where(Award.call_id == call_id, Award.state.in_(states))
    statement = statement.options(*_whole()).order_by(Award.id)
    if lock:
        statement = statement.with_for_update(of=Award)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def get_award(
    session: Session,
    actor: User | None,
    award_id: int,
    *,
    lock: bool = False,
    trusted: bool = False,
) -> Award:
    """An award *actor*'s office handles, or `NotFound`; locked for a change if asked."""
    known = sa.true() if trusted else visible_awards(actor)
    return _one(session, sa.and_(Award.id == award_id, known), lock)


def award_of_vote(session: Session, actor: User | None, vote_id: int) -> Award:
    """The award that a vote is about, or `NotFound`."""
    of_vote = sa.select(AwardVote.award_id).where(AwardVote.id == vote_id)
    return _one(session, sa.and_(Award.id.in_(of_vote), visible_awards(actor)), lock=False)


def award_to_answer(session: Session, actor: User | None, award_id: int, *, lock: bool) -> Award:
    """An award of *actor*'s own team, or `NotFound`."""
    teams = actor.team_ids if actor else set()
    own = sa.select(Engagement.id).where(Engagement.team_id.in_(teams))
    return _one(session, sa.and_(Award.id == award_id, Award.engagement_id.in_(own)), lock)


def _one(session: Session, known: sa.ColumnElement[bool], lock: bool) -> Award:
    statement = sa.select(Award).where(known).options(*_whole())
    if lock:
        statement = statement.with_for_update(of=Award)
    found = session.scalar(statement.execution_options(populate_existing=lock))
    if found is None:
        raise NotFound
    return found


def award_of(session: Session, engagement_id: int, *, lock: bool = False) -> Award | None:
    """The award an engagement is on the way to, or has."""
    statement = sa.select(Award).where(Award.engagement_id == engagement_id).options(*_whole())
    if lock:
        statement = statement.with_for_update(of=Award)
    return session.scalar(statement.execution_options(populate_existing=lock))


def to_answer(session: Session, actor: User) -> Sequence[Award]:
    """The awards that wait for the answer of *actor*'s teams."""
    own = sa.select(Engagement.id).where(Engagement.team_id.in_(actor.team_ids))
    statement = sa.select(Award).where(
        Award.state == AwardState.OFFERED, Award.engagement_id.in_(own)
    )
    return session.scalars(statement.options(*_whole()).order_by(Award.answer_until)).all()


def lapsed(session: Session, now: datetime) -> Sequence[Award]:
    """Awards whose team has not answered in time."""
    return _unanswered(session, Award.answer_until <= now)


def to_remind(session: Session, now: datetime, until: datetime) -> Sequence[Award]:
    """Awards whose time to answer ends soon, and whose team was not reminded."""
    soon = sa.and_(Award.answer_until > now, Award.answer_until <= until)
    return _unanswered(session, sa.and_(soon, Award.reminded_at.is_(None)))


def _unanswered(session: Session, when: sa.ColumnElement[bool]) -> Sequence[Award]:
    statement = sa.select(Award).where(Award.state == AwardState.OFFERED, when)
    return session.scalars(
        statement.options(*_whole()).order_by(Award.id).with_for_update(of=Award)
    ).all()


def to_nominate(session: Session, actor: User | None, call_id: int) -> Sequence[Engagement]:
    """Engagements of a call at or past their last stage that nobody has nominated yet."""
    known = sa.select(Award.engagement_id).where(Award.call_id == call_id)
    states = (EngagementState.COMPLETED, *STAGE_STATES.values())
    statement = (
        sa.select(Engagement)
        .where(
            Engagement.call_id == call_id,
            Engagement.state.in_(states),
            Engagement.id.not_in(known),
            office_engagements(actor),
        )
        .options(joinedload(Engagement.problem), joinedload(Engagement.team))
        .order_by(Engagement.id)
    )
    return [row for row in session.scalars(statement) if is_at_its_end(row)]


def is_at_its_end(engagement: Engagement) -> bool:
    """Whether the work is completed, or in its last stage."""
    last = bool(engagement.stages) and engagement.stage == engagement.stages[-1]
    return engagement.state is EngagementState.COMPLETED or last


@dataclass(frozen=True)
class Condition:
    """Something a nomination asks for, and whether it is so; what is not *needed* only informs."""

    message: Message
    holds: bool
    needed: bool = True


def conditions(session: Session, engagement: Engagement) -> list[Condition]:
    """What a nomination asks of an engagement, each with whether it is so."""
    states = milestone_states(session, engagement.id)
    still_open = sum(states.get(state, 0) for state in _OPEN)
    award = award_of(session, engagement.id)
    return [
        Condition(
            Message(N_("The work is completed, or in its last stage")), is_at_its_end(engagement)
        ),
        Condition(
            Message(
                N_("No milestone was missed (%(count)s)"),
                {"count": states.get(MilestoneState.FAILED, 0)},
            ),
            not states.get(MilestoneState.FAILED),
        ),
        Condition(
            Message(N_("All milestones are decided (open: %(count)s)"), {"count": still_open}),
            not still_open,
            needed=False,
        ),
        Condition(Message(N_("Nobody has asked to stop")), not _stops(session, engagement.id)),
        Condition(
            Message(N_("No award of this work was revoked")),
            award is None or award.state is not AwardState.REVOKED,
        ),
    ]


_OPEN = (MilestoneState.PLANNED, MilestoneState.SUBMITTED, MilestoneState.CHANGES_REQUESTED)


def milestone_states(session: Session, engagement_id: int) -> dict[MilestoneState, int]:
    """How many milestones of an engagement are in which state."""
    statement = sa.select(Milestone.state, sa.func.count()).where(
        Milestone.engagement_id == engagement_id
    )
    return {row[0]: row[1] for row in session.execute(statement.group_by(Milestone.state))}


def _stops(session: Session, engagement_id: int) -> int:
    """How many requests and proposals to stop are open."""
    asked = sa.select(sa.func.count(StopRequest.id)).where(
        StopRequest.engagement_id == engagement_id, StopRequest.state == StopRequestState.ASKED
    )
    proposed = sa.select(sa.func.count(StageDecision.id)).where(
        StageDecision.engagement_id == engagement_id,
        StageDecision.state == StageDecisionState.PROPOSED,
        StageDecision.outcome == "stop",
    )
    return (session.scalar(asked) or 0) + (session.scalar(proposed) or 0)


def milestones_of(session: Session, engagement_id: int) -> Sequence[Milestone]:
    """The milestones of an engagement with what was handed in, in the order of the plan."""
    statement = (
        sa.select(Milestone)
        .where(Milestone.engagement_id == engagement_id, Milestone.state != MilestoneState.DROPPED)
        .options(selectinload(Milestone.versions))
        .order_by(Milestone.stage, Milestone.number, Milestone.id)
    )
    return session.scalars(statement).all()


def _whole() -> tuple[ExecutableOption, ...]:
    """With what pages and letters say of the work, and the votes."""
    engagement = joinedload(Award.engagement)
    application = engagement.joinedload(Engagement.application)
    members = engagement.joinedload(Engagement.team).selectinload(Team.members)
    return (
        joinedload(Award.scheme),
        engagement.joinedload(Engagement.problem).joinedload(Problem.organization),
        engagement.joinedload(Engagement.call),
        application.selectinload(Application.people),
        application.joinedload(Application.problem),
        members.joinedload(TeamMember.user).selectinload(User.role_grants),
        selectinload(Award.votes).joinedload(AwardVote.reviewer),
    )
