"""Reading in-house calls: for their organization, and what little the office learns of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.models import (
    AuditEvent,
    Match,
    MemberRole,
    OrganizationMember,
    PrivateAuditEvent,
    PrivateCall,
    PrivateCallTeam,
    Problem,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.private_call import visible_private_calls
from matchmaker.policies.problem import visible_problems
from matchmaker.workflows.private_call import PrivateCallState
from matchmaker.workflows.problem import ProblemState

_SHOWN = (joinedload(PrivateCall.call), joinedload(PrivateCall.organization))


def get(
    session: Session, actor: User | None, private_call_id: int, *, lock: bool = False
) -> PrivateCall:
    """The in-house call, if *actor* may know of it; locked for a change if asked."""
    statement = sa.select(PrivateCall).where(
        PrivateCall.id == private_call_id, visible_private_calls(actor)
    )
    if lock:
        statement = statement.with_for_update(of=PrivateCall)
        statement = statement.execution_options(populate_existing=True)
    private = session.scalar(statement.options(*_SHOWN))
    if private is None:
        raise NotFound
    return private


@dataclass(frozen=True)
class Size:
    """How much there is in an in-house call: all that the office learns of its inside."""

    problems: int = 0
    teams: int = 0


@dataclass(frozen=True)
class Line:
    """An in-house call with its size."""

    private: PrivateCall
    size: Size


def lines(session: Session, actor: User | None) -> list[Line]:
    """The in-house calls *actor* may know of: requests that wait first, then the newest."""
    waits = sa.case((PrivateCall.state == PrivateCallState.REQUESTED, 0), else_=1)
    statement = (
        sa.select(PrivateCall)
        .where(visible_private_calls(actor))
        .options(*_SHOWN)
        .order_by(waits, PrivateCall.id.desc())
    )
    found = session.scalars(statement).all()
    sizes = _sizes(session, found)
    return [Line(private, sizes[private.id]) for private in found]


def size(session: Session, private: PrivateCall) -> Size:
    """How much there is in one in-house call."""
    return _sizes(session, [private])[private.id]


def _sizes(session: Session, found: Sequence[PrivateCall]) -> dict[int, Size]:
    ids = [private.id for private in found]
    problems = (
        sa.select(PrivateCall.id, sa.func.count())
        .join(Problem, Problem.call_id == PrivateCall.call_id)
        .where(PrivateCall.id.in_(ids), Problem.state != ProblemState.DRAFT)
        .group_by(PrivateCall.id)
    )
    teams = (
        sa.select(PrivateCallTeam.private_call_id, sa.func.count())
        .where(PrivateCallTeam.private_call_id.in_(ids), PrivateCallTeam.left_at.is_(None))
        .group_by(PrivateCallTeam.private_call_id)
    )
    n_problems = {row[0]: row[1] for row in session.execute(problems)}
    n_teams = {row[0]: row[1] for row in session.execute(teams)}
    return {one: Size(n_problems.get(one, 0), n_teams.get(one, 0)) for one in ids}


@dataclass(frozen=True)
class AuditHead:
    """Where the record of an in-house call stands, without what is in it."""

    n_events: int
    hash: str = ""
    at: datetime | None = None


def audit_head(session: Session, private: PrivateCall) -> AuditHead:
    """How many events there are, and the seal of the last: it proves later that none was changed."""
    kept = sa.select(PrivateAuditEvent.event_id).where(
        PrivateAuditEvent.private_call_id == private.id
    )
    events = sa.select(AuditEvent).where(AuditEvent.id.in_(kept))
    count = session.scalar(sa.select(sa.func.count()).select_from(kept.subquery())) or 0
    last = session.scalar(events.order_by(AuditEvent.id.desc()).limit(1))
    return AuditHead(count, last.hash, last.at) if last else AuditHead(count)


def leads(session: Session, organization_id: int) -> Sequence[User]:
    """The leads of an organization: those who can be named in-house officers."""
    statement = (
        sa.select(User)
        .join(OrganizationMember, OrganizationMember.user_id == User.id)
        .where(
            OrganizationMember.organization_id == organization_id,
            OrganizationMember.role == MemberRole.LEAD,
        )
        .order_by(OrganizationMember.id)
    )
    return session.scalars(statement).all()


@dataclass(frozen=True)
class Registration:
    """A team registered for an in-house call, with those of its members who do not belong."""

    place: PrivateCallTeam
    outsiders: list[User]


def registrations(session: Session, private: PrivateCall) -> list[Registration]:
    """The teams of the call; one with an outsider in it is left out of the matching."""
    statement = (
        sa.select(PrivateCallTeam)
        .where(PrivateCallTeam.private_call_id == private.id, PrivateCallTeam.left_at.is_(None))
        .options(
            joinedload(PrivateCallTeam.team)
            .selectinload(Team.members)
            .joinedload(TeamMember.user)
            .options(selectinload(User.organization_memberships))
        )
        .order_by(PrivateCallTeam.id)
    )
    return [
        Registration(place, outsiders(place.team, private.organization_id))
        for place in session.scalars(statement)
    ]


def outsiders(team: Team, organization_id: int) -> list[User]:
    """The members of *team* who do not belong to the organization."""
    people = [member.user for member in team.members]
    return [user for user in people if organization_id not in user.organization_ids]


def own_teams(session: Session, actor: User, private: PrivateCall) -> Sequence[Team]:
    """The teams that *actor* leads and that could be registered."""
    led = [m.team_id for m in actor.team_memberships if m.role is MemberRole.LEAD]
    here = sa.select(PrivateCallTeam.team_id).where(
        PrivateCallTeam.private_call_id == private.id, PrivateCallTeam.left_at.is_(None)
    )
    statement = sa.select(Team).where(
        Team.id.in_(led), Team.id.not_in(here), Team.archived_at.is_(None)
    )
    return session.scalars(statement.order_by(Team.id)).all()


def problems(session: Session, actor: User | None, private: PrivateCall) -> Sequence[Problem]:
    """The call's problems that *actor* may know of, the newest first."""
    statement: sa.Select[Any] = sa.select(Problem).where(
        Problem.call_id == private.call_id, visible_problems(actor)
    )
    return session.scalars(statement.order_by(Problem.id.desc())).all()


def waiting_requests(session: Session, actor: User | None) -> Sequence[PrivateCall]:
    """The requests that wait for the office, the longest waiting first."""
    statement = (
        sa.select(PrivateCall)
        .where(PrivateCall.state == PrivateCallState.REQUESTED, visible_private_calls(actor))
        .options(*_SHOWN)
    )
    return session.scalars(statement.order_by(PrivateCall.created_at, PrivateCall.id)).all()


def of_organization(
    session: Session, actor: User | None, organization_id: int
) -> Sequence[PrivateCall]:
    """The in-house calls of an organization that *actor* may know of, the newest first."""
    statement = (
        sa.select(PrivateCall)
        .where(PrivateCall.organization_id == organization_id, visible_private_calls(actor))
        .options(*_SHOWN)
    )
    return session.scalars(statement.order_by(PrivateCall.id.desc())).all()


def has_been_matched(session: Session, team_id: int) -> bool:
    """Whether a matching has read the team already."""
    return bool(session.scalar(sa.select(sa.exists().where(Match.team_id == team_id))))
