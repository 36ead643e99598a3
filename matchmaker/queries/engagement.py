"""Reading engagements: one, a person's own, and those that the office follows."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from matchmaker.errors import NotFound
from matchmaker.models import Application, Engagement, Milestone, Problem, Team, TeamMember, User
from matchmaker.policies.engagement import taking_part, visible_engagements
from matchmaker.workflows.engagement import LIVE_STATES
from matchmaker.workflows.milestone import OPEN_STATES


def get_engagement(
    session: Session,
    actor: User | None,
    engagement_id: int,
    *,
    lock: bool = False,
    trusted: bool = False,
) -> Engagement:
    """The engagement, or `NotFound` if *actor* may not know of it; locked for a change if asked."""
    known = sa.true() if trusted else visible_engagements(actor)
    statement = sa.select(Engagement).where(Engagement.id == engagement_id, known).options(*whole())
    if lock:
        statement = statement.with_for_update(of=Engagement)
    found = session.scalar(statement.execution_options(populate_existing=lock))
    if found is None:
        raise NotFound
    return found


def engagement_of(session: Session, application: Application) -> Engagement | None:
    """The engagement that *application* led to."""
    statement = sa.select(Engagement).where(Engagement.application_id == application.id)
    return session.scalar(statement.options(*whole()))


def engagements_of(
    session: Session,
    actor: User | None,
    *,
    problem_id: int | None = None,
    team_id: int | None = None,
    application_id: int | None = None,
) -> Sequence[Engagement]:
    """What *actor* may know of the work on a problem, of a team or of an application, oldest first."""
    wanted = {
        Engagement.problem_id: problem_id,
        Engagement.team_id: team_id,
        Engagement.application_id: application_id,
    }
    exact = [column == value for column, value in wanted.items() if value is not None]
    statement = sa.select(Engagement).where(visible_engagements(actor), *exact).options(*whole())
    return session.scalars(statement.order_by(Engagement.id)).unique().all()


def own_engagements(session: Session, actor: User) -> Sequence[Engagement]:
    """What *actor* takes part in, and ended work they were named in: live first, then by due time."""
    statement = (
        sa.select(Engagement)
        .where(visible_engagements(actor), sa.or_(taking_part(actor), _named(actor)))
        .options(*whole())
        .order_by(Engagement.state.not_in(LIVE_STATES), Engagement.due_at, Engagement.id)
    )
    return session.scalars(statement).all()


def undecided_milestones(session: Session, engagement: Engagement) -> Sequence[Milestone]:
    """The milestones of the present stage on which nobody has decided yet."""
    statement = sa.select(Milestone).where(
        Milestone.engagement_id == engagement.id,
        Milestone.stage == engagement.stage,
        Milestone.state.in_(OPEN_STATES),
    )
    return session.scalars(statement.order_by(Milestone.number, Milestone.id)).all()


def open_milestones(session: Session, engagement: Engagement) -> Sequence[Milestone]:
    """Everything of *engagement* that is still to be delivered, first due first."""
    statement = sa.select(Milestone).where(
        Milestone.engagement_id == engagement.id, Milestone.state.in_(OPEN_STATES)
    )
    return session.scalars(statement.order_by(Milestone.due_at, Milestone.id)).all()


def _named(actor: User) -> sa.ColumnElement[bool]:
    return Engagement.application.has(Application.people.any(user_id=actor.id))


def whole() -> tuple[ExecutableOption, ...]:
    """With what its pages and letters say of it."""
    members = joinedload(Engagement.team).selectinload(Team.members).joinedload(TeamMember.user)
    problem = joinedload(Engagement.problem)
    return (
        members.selectinload(User.role_grants),
        problem.joinedload(Problem.organization),
        joinedload(Engagement.call),
        joinedload(Engagement.application).selectinload(Application.people),
        selectinload(Engagement.plan),
    )
