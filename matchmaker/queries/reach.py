"""Reading how far teams and people got: recommended, applied, offered a place, confirmed, completed, awarded.

Each row is a team with a problem. Figures alone read it: nothing that decides may.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import (
    Application,
    ApplicationPerson,
    Award,
    Decision,
    Engagement,
    GenderDeclaration,
    Match,
    Problem,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.call_target import may_read_figures
from matchmaker.policies.scope import is_national
from matchmaker.workflows.application import ApplicationState
from matchmaker.workflows.award import AwardState
from matchmaker.workflows.engagement import EngagementState
from matchmaker.workflows.match import MatchState

#: From the first to the last; whoever got to one has got to all before it.
STAGES = ("recommended", "applied", "offered", "confirmed", "completed", "awarded")
_RECOMMENDED = (MatchState.INVITED, MatchState.ACCEPTED, MatchState.REFUSED, MatchState.EXPIRED)
#: States that only follow an offer.
_OFFERED = (ApplicationState.OFFERED, ApplicationState.CONFIRMED, ApplicationState.EXPIRED)
#: A team and a problem.
Key = tuple[int, int]


@dataclass(frozen=True)
class Pair:
    """A team with a problem, as the figures count it."""

    team_id: int
    kind: str
    region: str
    grade: str
    #: The place of the last stage it got to in `STAGES`.
    stage: int
    #: Those who would do the work: people named in the application, else the team's members.
    people: frozenset[int]


def pairs(session: Session, actor: User, call_id: int | None = None) -> list[Pair]:
    """Every pair of the programme's calls that was recommended or applied for, once each."""
    may_read_figures.require(actor)
    reached = dict.fromkeys(_recommended(session, call_id), 0)
    people = _people(session, call_id)
    named: dict[Key, set[int]] = defaultdict(set)
    for application_id, key, stage in _applied(session, call_id):
        reached[key] = max(reached.get(key, 0), stage)
        named[key] |= people[application_id]
    grades, teams, members = _grades(session), _teams(session), _members(session)
    return [
        Pair(team_id, *teams[team_id], grades[problem_id], stage, frozenset(who))
        for (team_id, problem_id), stage in sorted(reached.items())
        for who in [named[team_id, problem_id] or members[team_id]]
    ]


def genders(session: Session, actor: User) -> dict[int, str]:
    """What people declared, by the id of the person; whoever said nothing is not in it."""
    may_read_figures.require(actor)
    rows = session.execute(sa.select(GenderDeclaration.user_id, GenderDeclaration.gender))
    return {user_id: gender.value for user_id, gender in rows}


def _recommended(session: Session, call_id: int | None) -> list[Key]:
    statement = (
        sa.select(Match.team_id, Match.problem_id)
        .join(Problem, Problem.id == Match.problem_id)
        .where(Match.state.in_(_RECOMMENDED), is_national(Problem.call_id))
        .distinct()
    )
    if call_id is not None:
        statement = statement.where(Problem.call_id == call_id)
    return [(team_id, problem_id) for team_id, problem_id in session.execute(statement)]


def _applied(session: Session, call_id: int | None) -> list[tuple[int, Key, int]]:
    """Applications that were handed in at some time, each with its stage."""
    offered = sa.exists().where(
        Decision.application_id == Application.id, Decision.expires_at.is_not(None)
    )
    statement = (
        sa.select(
            Application.id,
            Application.team_id,
            Application.problem_id,
            Application.state,
            sa.or_(offered, Application.state.in_(_OFFERED)),
            Engagement.state,
            Award.state,
        )
        .outerjoin(Engagement, Engagement.application_id == Application.id)
        .outerjoin(Award, Award.engagement_id == Engagement.id)
        .where(Application.submitted_at.is_not(None), is_national(Application.call_id))
    )
    if call_id is not None:
        statement = statement.where(Application.call_id == call_id)
    return [
        (number, (team_id, problem_id), _stage(state, award, has_offer=has_offer, work=work))
        for number, team_id, problem_id, state, has_offer, work, award in session.execute(statement)
    ]


def _stage(
    state: ApplicationState,
    award: AwardState | None,
    *,
    has_offer: bool,
    work: EngagementState | None,
) -> int:
    if work is EngagementState.COMPLETED:
        is_won = award is AwardState.ANNOUNCED
        return STAGES.index("awarded" if is_won else "completed")
    if work is not None or state is ApplicationState.CONFIRMED:
        return STAGES.index("confirmed")
    return STAGES.index("offered" if has_offer else "applied")


def _people(session: Session, call_id: int | None) -> dict[int, set[int]]:
    statement = sa.select(ApplicationPerson.application_id, ApplicationPerson.user_id)
    if call_id is not None:
        statement = statement.join(ApplicationPerson.application).where(
            Application.call_id == call_id
        )
    return _gathered(session, statement)


def _members(session: Session) -> dict[int, set[int]]:
    return _gathered(session, sa.select(TeamMember.team_id, TeamMember.user_id))


def _gathered(session: Session, statement: sa.Select[int, int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for key, user_id in session.execute(statement):
        found[key].add(user_id)
    return found


def _teams(session: Session) -> dict[int, tuple[str, str]]:
    rows = session.execute(sa.select(Team.id, Team.kind, Team.region))
    return {team_id: (kind.value, region or "") for team_id, kind, region in rows}


def _grades(session: Session) -> dict[int, str]:
    rows = session.execute(sa.select(Problem.id, Problem.grade))
    return {problem_id: grade or "" for problem_id, grade in rows}
