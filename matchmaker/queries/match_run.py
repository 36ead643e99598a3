"""Reading match runs: the list, one run, what it left out, and what the next one would read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.models import (
    Call,
    MatchExclusion,
    MatchRun,
    OrganizationMember,
    PairRule,
    PairRuleKind,
    PrivateCall,
    PrivateCallTeam,
    Problem,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.match_run import visible_match_runs
from matchmaker.policies.scope import handled_by, is_national, is_national_team
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.job import JobState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.problem import ProblemState

ACTIVE_STATES = (MatchRunState.QUEUED, MatchRunState.RUNNING)
REVIEWED_STATES = (MatchRunState.DONE, MatchRunState.PUBLISHED, MatchRunState.SUPERSEDED)
SHOWN_PROFILE = (
    selectinload(Team.works),
    selectinload(Team.competencies),
    joinedload(Team.organization),
    selectinload(Team.members).joinedload(TeamMember.user),
)


def list_runs(session: Session, actor: User | None, *, number: int = 1) -> Page[MatchRun]:
    """The runs, newest first."""
    statement = (
        sa.select(MatchRun)
        .where(visible_match_runs(actor))
        .options(joinedload(MatchRun.call), joinedload(MatchRun.starter), joinedload(MatchRun.job))
        .order_by(MatchRun.id.desc())
    )
    return paginate(session, statement, number=number)


def get_run(session: Session, actor: User | None, run_id: int) -> MatchRun:
    """The run, or `NotFound`."""
    run = session.scalar(
        sa.select(MatchRun)
        .where(MatchRun.id == run_id, visible_match_runs(actor))
        .options(joinedload(MatchRun.call), joinedload(MatchRun.job))
    )
    if run is None:
        raise NotFound
    return run


def is_dead(run: MatchRun) -> bool:
    """Whether the run still says it is under way although its job has ended."""
    over = (JobState.FAILED, JobState.CANCELLED, JobState.DONE)
    return run.state in ACTIVE_STATES and (run.job is None or run.job.state in over)


def active_run(session: Session, call_id: int) -> MatchRun | None:
    """The run of a call that waits or is under way."""
    return session.scalar(
        sa.select(MatchRun)
        .where(MatchRun.call_id == call_id, MatchRun.state.in_(ACTIVE_STATES))
        .order_by(MatchRun.id.desc())
        .limit(1)
    )


def published_run(session: Session, call_id: int) -> MatchRun | None:
    """The run of a call whose endorsed pairs people see now."""
    return session.scalar(
        sa.select(MatchRun).where(
            MatchRun.call_id == call_id, MatchRun.state == MatchRunState.PUBLISHED
        )
    )


def latest_config(session: Session) -> dict[str, Any]:
    """What the latest finished run of any call was made with; nothing before the first."""
    statement = (
        sa.select(MatchRun.config)
        .where(MatchRun.state.in_(REVIEWED_STATES))
        .order_by(MatchRun.id.desc())
        .limit(1)
    )
    return session.scalar(statement) or {}


@dataclass(frozen=True)
class CallLine:
    """A call a run can be started for, with what the run would read."""

    call: Call
    n_problems: int
    n_teams: int


def call_lines(session: Session, actor: User | None) -> list[CallLine]:
    """The calls *actor* handles, newest first, with the problems and teams a run would read."""
    published = (
        sa.select(sa.func.count(Problem.id))
        .where(Problem.call_id == Call.id, Problem.state == ProblemState.PUBLISHED)
        .scalar_subquery()
    )
    statement = sa.select(Call, published).where(handled_by(actor, Call.id))
    rows = session.execute(statement.order_by(Call.opens_at.desc(), Call.id)).all()
    in_house = _count_registered(session)
    national = _count_national_teams(session)
    return [
        CallLine(call, count, in_house.get(call.id, 0) if call.private_call else national)
        for call, count in rows
    ]


def _count_national_teams(session: Session) -> int:
    statement = sa.select(sa.func.count(Team.id)).where(
        Team.archived_at.is_(None), is_national_team()
    )
    return session.scalar(statement) or 0


def _count_registered(session: Session) -> dict[int, int]:
    """How many teams can be matched in each in-house call."""
    statement = (
        sa.select(PrivateCall.call_id, sa.func.count(Team.id))
        .join(PrivateCallTeam, PrivateCallTeam.private_call_id == PrivateCall.id)
        .join(Team, Team.id == PrivateCallTeam.team_id)
        .where(Team.archived_at.is_(None), PrivateCallTeam.left_at.is_(None), _all_inside())
        .group_by(PrivateCall.call_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _all_inside() -> sa.ColumnElement[bool]:
    """The condition that everybody in a registered team belongs to the call's organization."""
    inside = sa.select(OrganizationMember.user_id).where(
        OrganizationMember.organization_id == PrivateCall.organization_id
    )
    outsider = sa.exists().where(
        TeamMember.team_id == Team.id, TeamMember.user_id.not_in(inside.correlate(PrivateCall))
    )
    return sa.not_(outsider.correlate(Team, PrivateCall))


def count_problems(session: Session, call_id: int) -> int:
    """How many problems of a call are published."""
    statement = sa.select(sa.func.count(Problem.id)).where(
        Problem.call_id == call_id, Problem.state == ProblemState.PUBLISHED
    )
    return session.scalar(statement) or 0


def count_teams(session: Session, call: Call) -> int:
    """How many teams can be matched in a call."""
    if call.private_call is None:
        return _count_national_teams(session)
    return _count_registered(session).get(call.id, 0)


def takes_part(call: Call) -> sa.ColumnElement[bool]:
    """The condition that a team is one of those a run over *call* reads.

    In-house calls have their own teams, whose people all belong to the organization; the
    programme's calls have all the others.
    """
    private = call.private_call
    if private is None:
        return is_national_team()
    registered = (
        sa.select(PrivateCallTeam.team_id)
        .join(PrivateCall, PrivateCall.id == PrivateCallTeam.private_call_id)
        .join(Team, Team.id == PrivateCallTeam.team_id)
        .where(PrivateCall.id == private.id, PrivateCallTeam.left_at.is_(None), _all_inside())
    )
    return Team.id.in_(registered)


def published_problems(session: Session, call_id: int) -> Sequence[Problem]:
    """The published problems of a call with all that the matcher reads, in a fixed order."""
    statement = (
        sa.select(Problem)
        .where(Problem.call_id == call_id, Problem.state == ProblemState.PUBLISHED)
        .options(
            selectinload(Problem.requirements),
            joinedload(Problem.organization),
            joinedload(Problem.author),
        )
        .order_by(Problem.id)
    )
    return session.scalars(statement).all()


def all_teams(session: Session, call_id: int) -> Sequence[Team]:
    """Every team of a call with all that the matcher reads, archived ones too, in a fixed order."""
    statement = sa.select(Team).where(takes_part(session.get_one(Call, call_id)))
    return session.scalars(statement.options(*SHOWN_PROFILE).order_by(Team.id)).all()


def conflicts(
    session: Session, problem_ids: Collection[int], team_ids: Collection[int]
) -> dict[tuple[int, int], str]:
    """The pairs with a conflict of interest as things stand: (problem, team) -> its kind.

    ``organization`` if the team's own organization owns the problem, ``member`` if somebody in the
    team belongs to the owning organization. In an in-house call, where all belong to one
    organization, only ``author``: somebody in the team wrote the problem.
    """
    national = is_national(Problem.call_id)
    chosen = sa.and_(Problem.id.in_(problem_ids), Team.id.in_(team_ids))
    members = (
        sa.select(Problem.id, Team.id)
        .select_from(Problem)
        .join(OrganizationMember, OrganizationMember.organization_id == Problem.organization_id)
        .join(TeamMember, TeamMember.user_id == OrganizationMember.user_id)
        .join(Team, Team.id == TeamMember.team_id)
        .where(chosen, national)
        .distinct()
    )
    owners = (
        sa.select(Problem.id, Team.id)
        .select_from(Problem)
        .join(Team, Team.organization_id == Problem.organization_id)
        .where(chosen, national)
    )
    authors = (
        sa.select(Problem.id, Team.id)
        .select_from(Problem)
        .join(TeamMember, TeamMember.user_id == Problem.author_id)
        .join(Team, Team.id == TeamMember.team_id)
        .where(chosen, sa.not_(national))
    )
    found: dict[tuple[int, int], str] = {}
    for kind, pairs in (("member", members), ("organization", owners), ("author", authors)):
        for problem_id, team_id in session.execute(pairs):
            found[problem_id, team_id] = kind
    return found


def pair_rules(session: Session, call_id: int) -> Sequence[PairRule]:
    """The standing rules about problems of a call."""
    statement = (
        sa.select(PairRule)
        .join(Problem, Problem.id == PairRule.problem_id)
        .where(Problem.call_id == call_id)
        .order_by(PairRule.id)
    )
    return session.scalars(statement).all()


def ruled(rules: Iterable[PairRule], kind: PairRuleKind) -> set[tuple[int, int]]:
    """The (problem, team) pairs that *rules* of one kind are about."""
    return {(rule.problem_id, rule.team_id) for rule in rules if rule.kind is kind}


def exclusions(session: Session, run: MatchRun) -> Sequence[MatchExclusion]:
    """What the run left out: whole problems, whole teams, pairs."""
    statement = (
        sa.select(MatchExclusion)
        .where(MatchExclusion.run_id == run.id)
        .options(joinedload(MatchExclusion.problem), joinedload(MatchExclusion.team))
        .order_by(MatchExclusion.reason, MatchExclusion.problem_id, MatchExclusion.team_id)
    )
    return session.scalars(statement).all()


def is_open(problem: Problem, now: datetime) -> bool:
    """Whether teams can still take the problem up."""
    return problem.state is ProblemState.PUBLISHED and (
        problem.deadline_at is None or problem.deadline_at > now
    )


SHOWN_PAIRS = 100


@dataclass(frozen=True)
class LeftOut:
    """What a run left out: whole problems, whole teams, and the first of the pairs with counts."""

    problems: list[MatchExclusion]
    teams: list[MatchExclusion]
    pairs: list[MatchExclusion]
    counts: dict[str, int]


def left_out(session: Session, run: MatchRun) -> LeftOut:
    """What the run left out; of the pairs, which may be thousands, the first ones and their number."""
    of_run = MatchExclusion.run_id == run.id
    is_pair = sa.and_(MatchExclusion.problem_id.is_not(None), MatchExclusion.team_id.is_not(None))
    both = (joinedload(MatchExclusion.problem), joinedload(MatchExclusion.team))
    statement = sa.select(MatchExclusion).where(of_run).options(*both).order_by(MatchExclusion.id)
    whole = session.scalars(statement.where(sa.not_(is_pair))).all()
    counted = (
        sa.select(MatchExclusion.reason, sa.func.count())
        .where(of_run, is_pair)
        .group_by(MatchExclusion.reason)
        .order_by(MatchExclusion.reason)
    )
    return LeftOut(
        problems=[row for row in whole if row.problem_id is not None],
        teams=[row for row in whole if row.team_id is not None],
        pairs=list(session.scalars(statement.where(is_pair).limit(SHOWN_PAIRS))),
        counts={row[0]: row[1] for row in session.execute(counted)},
    )
