"""Reading what the programme asks for, what its people can, and who takes part; in-house calls apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.competency.shortage import Able, Need
from matchmaker.competency.succession import follow
from matchmaker.models import (
    AccountKind,
    GenderDeclaration,
    LearningResource,
    LevelEstimate,
    MemberRole,
    Organization,
    OrganizationMember,
    Problem,
    Requirement,
    Role,
    RoleGrant,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.call_target import may_read_figures
from matchmaker.policies.problem import public_problems
from matchmaker.policies.scope import is_national_team, private_teams


def needs(session: Session, actor: User, call_id: int | None = None) -> list[Need]:
    """Every requirement of the problems that teams can read, or could; under its sector and region."""
    may_read_figures.require(actor)
    sector = sa.func.coalesce(Problem.sector, Organization.sector, "")
    region = sa.func.coalesce(Problem.region, Organization.region, "")
    statement = (
        sa.select(Requirement.competency, Requirement.level, Requirement.importance, sector, region)
        .join(Problem, Problem.id == Requirement.problem_id)
        .join(Organization, Organization.id == Problem.organization_id)
        .where(public_problems())
        .order_by(Requirement.id)
    )
    if call_id is not None:
        statement = statement.where(Problem.call_id == call_id)
    return [
        Need(heir.competency, level, importance, _named(sector_code, region_code))
        for competency, level, importance, sector_code, region_code in session.execute(statement)
        for heir in follow(competency)
    ]


def _named(*groups: str | None) -> frozenset[str]:
    return frozenset(group for group in groups if group)


def people(session: Session, actor: User) -> list[Able]:
    """What is known of everybody who solves for the programme, beyond their own word.

    Each is counted under the sectors and regions of their teams.
    """
    may_read_figures.require(actor)
    groups = _groups_of_people(session)
    statement = (
        sa.select(LevelEstimate.user_id, LevelEstimate.competency, LevelEstimate.at_least)
        .join(User, User.id == LevelEstimate.user_id)
        .where(_takes_part(), LevelEstimate.is_unknown.is_(False))
        .order_by(LevelEstimate.user_id, LevelEstimate.competency)
    )
    return [
        Able(competency, tuple(at_least), groups.get(user_id, frozenset()))
        for user_id, competency, at_least in session.execute(statement)
    ]


def _takes_part() -> sa.ColumnElement[bool]:
    """Solvers of the programme who are still there: not those of in-house teams alone."""
    in_team = sa.select(TeamMember.user_id)
    in_national = in_team.where(TeamMember.team_id.not_in(private_teams()))
    return sa.and_(
        User.kind != AccountKind.STAFF,
        User.erased_at.is_(None),
        User.disabled_at.is_(None),
        sa.or_(
            User.id.in_(in_national),
            sa.and_(User.kind == AccountKind.SOLVER, User.id.not_in(in_team)),
        ),
    )


def _groups_of_people(session: Session) -> dict[int, frozenset[str]]:
    statement = (
        sa.select(TeamMember.user_id, Team.sectors, Team.region)
        .join(Team, Team.id == TeamMember.team_id)
        .where(is_national_team(), Team.archived_at.is_(None))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for user_id, sectors, region in session.execute(statement):
        found[user_id] |= _named(*sectors, region)
    return {user_id: frozenset(names) for user_id, names in found.items()}


def courses(session: Session) -> list[tuple[str, int]]:
    """Where the catalogue leads: a competency and a level for each course that is still held."""
    statement = sa.select(LearningResource.teaches).where(LearningResource.retired_at.is_(None))
    return [
        (part["competency"], int(part["to"]))
        for teaches in session.scalars(statement)
        for part in teaches
    ]


@dataclass(frozen=True)
class Participant:
    """Somebody as the statistics of taking part count them; every value is one of a few codes."""

    #: What they declared; empty if nothing.
    gender: str
    #: One of `PARTS`: what they do first and foremost.
    part: str
    team_kind: str
    region: str
    #: The highest level confirmed in any competency; 0 for none.
    level: int


#: What people do in the programme, the first that applies counts.
PARTS = ("lead", "member", "solver", "organization", "expert")
_EXPERTS = (Role.REVIEWER, Role.MENTOR)


def participants(session: Session, actor: User) -> list[Participant]:
    """Everybody who takes part and is still there, once each."""
    may_read_figures.require(actor)
    genders = _pairs(session, sa.select(GenderDeclaration.user_id, GenderDeclaration.gender))
    teams = _first_teams(session)
    in_house = set(session.scalars(sa.select(TeamMember.user_id))) - teams.keys()
    owners = set(session.scalars(sa.select(OrganizationMember.user_id)))
    experts = set(session.scalars(sa.select(RoleGrant.user_id).where(RoleGrant.role.in_(_EXPERTS))))
    highest = sa.func.max(LevelEstimate.confirmed)
    levels = _pairs(
        session, sa.select(LevelEstimate.user_id, highest).group_by(LevelEstimate.user_id)
    )
    found = []
    for user_id, kind in session.execute(_everybody()):
        team = teams.get(user_id)
        part = _part(team, kind, user_id in owners, user_id in experts, user_id in in_house)
        if part:
            gender = genders.get(user_id)
            found.append(
                Participant(
                    gender=gender.value if gender else "",
                    part=part,
                    team_kind=team[1].value if team else "",
                    region=(team[2] or "") if team else "",
                    level=levels.get(user_id, 0) if part in ("lead", "member", "solver") else 0,
                )
            )
    return found


def _everybody() -> sa.Select[int, AccountKind]:
    return (
        sa.select(User.id, User.kind)
        .where(User.erased_at.is_(None), User.disabled_at.is_(None), User.confirmed_at.is_not(None))
        .order_by(User.id)
    )


def _part(
    team: tuple[Any, ...] | None,
    kind: AccountKind,
    is_owner: bool,
    is_expert: bool,
    is_in_house: bool,
) -> str:
    if team is not None:
        return "lead" if team[0] is MemberRole.LEAD else "member"
    if kind is AccountKind.SOLVER and not is_in_house and not is_owner and not is_expert:
        return "solver"
    if is_owner:
        return "organization"
    return "expert" if is_expert else ""


def _first_teams(session: Session) -> dict[int, tuple[Any, ...]]:
    """The role, kind and region of the team of the programme each person joined first; leading counts most."""
    statement = (
        sa.select(TeamMember.user_id, TeamMember.role, Team.kind, Team.region)
        .join(Team, Team.id == TeamMember.team_id)
        .where(is_national_team(), Team.archived_at.is_(None))
        .order_by(TeamMember.id)
    )
    found: dict[int, tuple[Any, ...]] = {}
    rows = session.execute(statement).all()
    for user_id, *facts in sorted(rows, key=lambda row: row.role is not MemberRole.LEAD):
        found.setdefault(user_id, tuple(facts))
    return found


def _pairs(session: Session, statement: sa.Executable) -> dict[int, Any]:
    rows: Sequence[Any] = session.execute(statement).all()
    return dict(rows)
