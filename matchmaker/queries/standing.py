"""Reading where people and teams stand: levels, what they may be compared with, what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.competency import Requirement, load_taxonomy
from matchmaker.competency.diagnosis import Estimate
from matchmaker.models import LevelChange, Match, Preview, Problem, Team, User
from matchmaker.policies.match import announced_matches, visible_matches
from matchmaker.policies.preview import visible_previews
from matchmaker.policies.problem import public_problems, visible_problems
from matchmaker.queries import level_estimate as levels
from matchmaker.queries import membership as memberships
from matchmaker.workflows.problem import ProblemState

#: How many problems there are to compare with, and how many changes are read.
OFFERED = 12
CHANGES = 100
#: So many problems of a grade have to be open before they say what it asks for.
ENOUGH = 3

_OPEN = (ProblemState.PUBLISHED, ProblemState.SOLVING)


@dataclass(frozen=True)
class TeamLevels:
    """A team's members with what is known of each, in the same order."""

    members: Sequence[User]
    estimates: Sequence[Mapping[str, Estimate]]


def team_levels(session: Session, team: Team) -> TeamLevels:
    """What is known of the people who are members now; who leaves takes their levels along."""
    members = [place.user for place in memberships.members_of(session, team)]
    known = levels.estimates(session, [user.id for user in members])
    return TeamLevels(members, [known.get(user.id, {}) for user in members])


def team_problems(session: Session, actor: User, team: Team) -> Sequence[Problem]:
    """Open problems that *team* was told of or is close to, best first."""
    own = sa.union_all(
        sa.select(Match.problem_id, Match.score).where(
            announced_matches(), Match.team_id == team.id
        ),
        sa.select(Preview.problem_id, Preview.score).where(
            visible_previews(actor), Preview.team_id == team.id
        ),
    ).subquery()
    best = (
        sa.select(own.c.problem_id, sa.func.max(own.c.score).label("score"))
        .group_by(own.c.problem_id)
        .subquery()
    )
    statement = (
        sa.select(Problem)
        .join(best, best.c.problem_id == Problem.id)
        .where(visible_problems(actor), Problem.state.in_(_OPEN))
        .options(selectinload(Problem.requirements))
        .order_by(best.c.score.desc(), Problem.id)
        .limit(OFFERED)
    )
    return session.scalars(statement).all()


def matched_problems(session: Session, actor: User, team: Team) -> Sequence[Problem]:
    """The problems of *actor*'s organizations that *team* is announced to be matched to."""
    matched = sa.select(Match.problem_id).where(
        Match.team_id == team.id, announced_matches(), visible_matches(actor)
    )
    statement = (
        sa.select(Problem)
        .where(
            Problem.id.in_(matched),
            Problem.organization_id.in_(actor.organization_ids),
            visible_problems(actor),
        )
        .options(selectinload(Problem.requirements))
        .order_by(Problem.id)
    )
    return session.scalars(statement).all()


def needs_by_grade(session: Session) -> dict[str, list[tuple[Requirement, ...]]]:
    """What the programme's open problems ask for, by grade; only grades with enough of them."""
    statement = (
        sa.select(Problem)
        .where(public_problems(), Problem.state.in_(_OPEN), Problem.grade.is_not(None))
        .options(selectinload(Problem.requirements))
        .order_by(Problem.id)
    )
    found: dict[str, list[tuple[Requirement, ...]]] = {}
    for problem in session.scalars(statement):
        found.setdefault(problem.grade or "", []).append(_needs(problem))
    return {grade: needs for grade, needs in sorted(found.items()) if len(needs) >= ENOUGH}


def _needs(problem: Problem) -> tuple[Requirement, ...]:
    known = load_taxonomy()
    return tuple(
        Requirement(need.competency, need.level, need.importance)
        for need in problem.requirements
        if known.has_concept(need.competency)
    )


def changes(session: Session, user_id: int, *, competency: str = "") -> Sequence[LevelChange]:
    """How a person's levels changed lately, newest first."""
    statement = sa.select(LevelChange).where(LevelChange.user_id == user_id)
    if competency:
        statement = statement.where(LevelChange.competency == competency)
    statement = statement.order_by(LevelChange.at.desc(), LevelChange.id.desc()).limit(CHANGES)
    return session.scalars(statement).all()
