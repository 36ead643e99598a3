"""What an allocation of a call starts from: problems, teams, candidate pairs and their scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import (
    AllocationLock,
    Application,
    Call,
    LockKind,
    Match,
    MatchRun,
    PairRule,
    PairRuleKind,
    Problem,
    Team,
)
from matchmaker.queries.application_review import standing
from matchmaker.queries.decision import work_elsewhere
from matchmaker.queries.match import CHOSEN_STATES
from matchmaker.queries.match_run import conflicts, takes_part
from matchmaker.workflows.application import LIVE_STATES, ApplicationState
from matchmaker.workflows.match_run import MatchRunState
from matchmaker.workflows.problem import ProblemState

Pair = tuple[int, int]

#: Applications that already have, or were offered, their place.
HELD_STATES = (ApplicationState.OFFERED, ApplicationState.CONFIRMED)
PROBLEM_STATES = (ProblemState.PUBLISHED, ProblemState.SOLVING)


@dataclass(frozen=True)
class AllocationInput:
    """Everything read; pairs are (problem id, team id)."""

    problems: Mapping[int, Problem]
    teams: Mapping[int, Team]
    #: The live application of a pair, if there is one.
    applications: Mapping[Pair, Application]
    wanted: frozenset[Pair]
    match_scores: Mapping[Pair, float]
    #: The adjusted review score of a pair's application, 0 to 100.
    review_scores: Mapping[Pair, float]
    conflicts: Mapping[Pair, str]
    bans: frozenset[Pair]
    pins: frozenset[Pair]
    run_id: int | None
    #: How much a team has to do in other calls.
    busy: Mapping[int, int] = field(default_factory=dict)

    def room(self, team_id: int) -> int:
        """How many problems of this call a team can take on; never fewer than it was promised."""
        left = self.teams[team_id].capacity - self.busy.get(team_id, 0)
        return max(self._promised[team_id], left, 0)

    @cached_property
    def _promised(self) -> Counter[int]:
        return Counter(team_id for _problem_id, team_id in self.held)

    @cached_property
    def held(self) -> frozenset[Pair]:
        """Pairs whose application was offered a place or has confirmed it."""
        return frozenset(
            pair for pair, found in self.applications.items() if found.state in HELD_STATES
        )


def read_input(session: Session, call_id: int) -> AllocationInput:
    """Read what an allocation of the call starts from, as things stand."""
    call = session.get_one(Call, call_id)
    problems = {problem.id: problem for problem in _problems(session, call_id)}
    teams = {team.id: team for team in session.scalars(sa.select(Team).where(takes_part(call)))}
    applications = {
        (row.problem_id, row.team_id): row
        for row in live_applications(session, call_id)
        if row.problem_id in problems and row.team_id in teams
    }
    run = ranking_run(session, call_id)
    scores, wanted = _matches(session, run, problems, teams)
    pins, bans = _rules(session, call_id)
    return AllocationInput(
        problems=problems,
        teams=teams,
        applications=applications,
        wanted=wanted,
        match_scores=scores,
        review_scores=_review_scores(session, call_id, applications),
        conflicts=conflicts(session, problems.keys(), teams.keys()),
        bans=bans,
        pins=pins,
        run_id=run.id if run else None,
        busy=work_elsewhere(session, call_id),
    )


def _problems(session: Session, call_id: int) -> Sequence[Problem]:
    statement = (
        sa.select(Problem)
        .where(Problem.call_id == call_id, Problem.state.in_(PROBLEM_STATES))
        .options(joinedload(Problem.organization))
        .order_by(Problem.id)
    )
    return session.scalars(statement).all()


def live_applications(session: Session, call_id: int) -> Sequence[Application]:
    """The applications of a call that are in the running, or have won their place."""
    statement = sa.select(Application).where(
        Application.call_id == call_id, Application.state.in_(LIVE_STATES)
    )
    return session.scalars(statement.order_by(Application.id)).all()


def ranking_run(session: Session, call_id: int) -> MatchRun | None:
    """The run whose scores count: the one that is announced, else the latest that is done."""
    statement = (
        sa.select(MatchRun)
        .where(
            MatchRun.call_id == call_id,
            MatchRun.state.in_((MatchRunState.PUBLISHED, MatchRunState.DONE)),
        )
        .order_by(sa.case((MatchRun.state == MatchRunState.PUBLISHED, 0), else_=1))
        .order_by(MatchRun.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def _matches(
    session: Session, run: MatchRun | None, problems: Mapping[int, Any], teams: Mapping[int, Any]
) -> tuple[dict[Pair, float], frozenset[Pair]]:
    """The matcher's fit of each pair the run kept, and the pairs that the office has endorsed."""
    if run is None:
        return {}, frozenset()
    columns = (Match.problem_id, Match.team_id, Match.score, Match.state)
    rows = [
        row
        for row in session.execute(sa.select(*columns).where(Match.run_id == run.id))
        if row.problem_id in problems and row.team_id in teams
    ]
    fit = _fit_of(run)
    return (
        {(row.problem_id, row.team_id): fit(row.score) for row in rows},
        frozenset((row.problem_id, row.team_id) for row in rows if row.state in CHOSEN_STATES),
    )


def _fit_of(run: MatchRun) -> Callable[[float], float]:
    """Turn the scores of a run into a fit: 0 for no likeness at all, 100 for its best pair.

    A missing must-have takes so much off the score that the fit is 0.
    """
    settings = run.config["settings"]
    ground = sum(
        settings["weights"][name] * scale["mean"] / scale["deviation"]
        for name, scale in settings["scales"].items()
    )
    fullest = float(run.config.get("fullest") or 1.0)

    def fit(score: float) -> float:
        return round(100 * max(0.0, min(1.0, (score + float(ground)) / fullest)), 2)

    return fit


def _review_scores(
    session: Session, call_id: int, applications: Mapping[Pair, Application]
) -> dict[Pair, float]:
    """The reviewers' score of each application, adjusted for harsh and lenient ones."""
    found = standing(session, call_id)
    return {
        pair: round(found[row.id].adjusted, 2)
        for pair, row in applications.items()
        if row.id in found
    }


def _rules(session: Session, call_id: int) -> tuple[frozenset[Pair], frozenset[Pair]]:
    """The locks of the call: pairs that must be placed, and pairs ruled out here or in matching."""
    of_call = sa.select(Problem.id).where(Problem.call_id == call_id)
    locks = session.scalars(
        sa.select(AllocationLock).where(AllocationLock.problem_id.in_(of_call))
    ).all()
    banned = sa.select(PairRule).where(
        PairRule.problem_id.in_(of_call), PairRule.kind == PairRuleKind.BAN
    )
    pins = {(lock.problem_id, lock.team_id) for lock in locks if lock.kind is LockKind.PIN}
    bans = {(lock.problem_id, lock.team_id) for lock in locks if lock.kind is LockKind.BAN}
    bans |= {(rule.problem_id, rule.team_id) for rule in session.scalars(banned)}
    return frozenset(pins), frozenset(bans - pins)
