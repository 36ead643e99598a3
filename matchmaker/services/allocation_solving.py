"""Carry out an allocation: read the call, let the allocator place teams, keep what it proposes.

Only workers load this. Nothing is written until everything is known, then all of it in one
transaction, so an allocation that was killed leaves nothing behind and starts afresh.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import utcnow
from matchmaker.db import unit_of_work
from matchmaker.errors import JobCancelled, MatchmakerError
from matchmaker.i18n import Message
from matchmaker.matching.allocation import (
    AllocationResult,
    Candidates,
    Floor,
    Limits,
    NoAllocation,
    Objective,
    allocate,
)
from matchmaker.matching.types import canonical_json
from matchmaker.models import Allocation, AllocationPlace, PlaceOutcome, Problem
from matchmaker.queries.allocation import ACTIVE_STATES
from matchmaker.queries.allocation_input import AllocationInput, Pair, read_input
from matchmaker.queries.allocation_reason import KEPT_OUT
from matchmaker.services.allocation_candidates import (
    Candidate,
    find_candidates,
    give_reasons,
    take_turns,
)
from matchmaker.services.allocation_config import (
    AllocationConfig,
    GroupFloor,
    GroupKind,
)
from matchmaker.workflows.allocation import AllocationAction, AllocationState

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What came of an allocation: its places, or why there are none."""

    action: AllocationAction
    result: dict[str, Any]
    places: list[Candidate] = field(default_factory=list)
    fingerprint: str | None = None
    failure: Message | None = None


def carry_out(
    sessions: sessionmaker[Session], allocation_id: int, *, progress: Progress
) -> dict[str, Any]:
    """Do the whole allocation; why there is none is kept with it in words."""
    with unit_of_work(sessions) as session:
        asked = begin(session, allocation_id)
    if asked is None:
        return {}
    try:
        outcome = propose(*asked, progress=progress)
    except JobCancelled:
        raise
    except MatchmakerError as error:
        failed = Outcome(AllocationAction.FAIL, {}, failure=error.message)
        with unit_of_work(sessions) as session:
            finish(session, allocation_id, failed)
        raise
    progress(98, 100)
    with unit_of_work(sessions) as session:
        finish(session, allocation_id, outcome)
    progress(100, 100)
    return {"placed": outcome.result.get("n_placed", 0)}


def begin(session: Session, allocation_id: int) -> tuple[AllocationConfig, AllocationInput] | None:
    """Mark the allocation as under way and read its input; None if it has ended meanwhile."""
    allocation = session.get_one(Allocation, allocation_id, with_for_update=True)
    if allocation.state is AllocationState.CANCELLED:
        raise JobCancelled
    if allocation.state not in ACTIVE_STATES:
        return None
    allocation.apply(AllocationAction.START)
    config = AllocationConfig.from_dict(allocation.config)
    return config, read_input(session, allocation.call_id)


def propose(
    config: AllocationConfig,
    given: AllocationInput,
    *,
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """Find the best allocation, or the limits that contradict each other."""
    candidates = find_candidates(config, given)
    try:
        result = _solve(config, given, candidates, progress)
    except NoAllocation as error:
        return Outcome(AllocationAction.FAIL, _impossible(error))
    facts = {**describe(given, candidates), **proof(result)}
    print_ = fingerprint(config, given, candidates)
    return Outcome(AllocationAction.FINISH, facts, candidates, print_)


def _solve(
    config: AllocationConfig,
    given: AllocationInput,
    candidates: list[Candidate],
    progress: Progress,
) -> AllocationResult:
    """Place the candidates and note on each what became of it."""
    running = [candidate for candidate in candidates if candidate.because is None]
    scores = {named(candidate.pair): candidate.fit for candidate in running}
    columns = Candidates.from_scores(scores, [name(id_) for id_ in given.problems])
    limits = make_limits(config, given, running, columns)
    result = allocate(
        columns,
        limits,
        objective=Objective(config.aim),
        rounds=config.rounds,
        progress=_staged(progress),
    )
    placed = {(int(place.problem_id), int(place.team_id)) for place in result.places}
    for candidate in running:
        candidate.is_placed = candidate.pair in placed
    capacity = {int(team_id): number for team_id, number in limits.capacity.items()}
    give_reasons(config, given, running, capacity)
    take_turns(config, running)
    return result


def name(number: int) -> str:
    """An id as the allocator knows it: padded, so that ids keep their order."""
    return f"{number:09d}"


def named(pair: Pair) -> tuple[str, str]:
    """A pair as the allocator knows it."""
    return name(pair[0]), name(pair[1])


def make_limits(
    config: AllocationConfig,
    given: AllocationInput,
    running: list[Candidate],
    columns: Candidates,
) -> Limits:
    """The limits of the call and of the configuration."""
    pinned = frozenset(named(c.pair) for c in running if c.is_locked)
    known = {named(c.pair) for c in running}
    most = config.capacity_at_most
    capacity = {team_id: given.room(int(team_id)) for team_id in columns.team_ids}
    return Limits(
        demand={name(p.id): p.teams_wanted for p in given.problems.values()},
        default_at_least=config.at_least,
        capacity={t: n if most is None else min(n, most) for t, n in capacity.items()},
        bans=frozenset(named(pair) for pair in given.bans if named(pair) in known) - pinned,
        pins=pinned,
        minimum=config.minimum,
        floors=tuple(_floor(floor, given.problems.values()) for floor in config.floors),
    )


def _floor(floor: GroupFloor, problems: Collection[Problem]) -> Floor:
    group = frozenset(name(p.id) for p in problems if group_of(floor.kind, p) == floor.value)
    return Floor(floor.key, group, floor.at_least)


def group_of(kind: GroupKind, problem: Problem) -> str | None:
    """The region of a problem, or the size of its owner."""
    if kind is GroupKind.REGION:
        return problem.region
    size = problem.organization.size
    return None if size is None else str(size)


def _staged(progress: Progress) -> Callable[[str, int, int], None]:
    """Turn the allocator's stages into per cent of the whole."""
    starts = {"prepare": (5, 10), "solve": (10, 90), "remedy": (50, 95)}

    def report(stage: str, done: int, total: int) -> None:
        start, end = starts[stage]
        progress(int(start + (end - start) * done / max(total, 1)), 100)

    return report


def describe(given: AllocationInput, places: list[Candidate]) -> dict[str, Any]:
    """The figures of an allocation."""
    placed = [place for place in places if place.is_placed]
    served = {place.pair[0] for place in placed}
    worst = min(placed, key=lambda place: (place.fit, place.pair), default=None)
    known = {place.pair for place in places if place.because not in KEPT_OUT}
    return {
        # How many teams each problem wanted then.
        "wanted": {str(problem.id): problem.teams_wanted for problem in given.problems.values()},
        "n_problems": len(given.problems),
        "n_teams": len({place.pair[1] for place in places}),
        "n_candidates": len(places),
        "n_wanted": sum(problem.teams_wanted for problem in given.problems.values()),
        "n_placed": len(placed),
        "n_served": len(served),
        "n_teams_placed": len({place.pair[1] for place in placed}),
        "total": round(sum(place.fit for place in placed), 2),
        "worst": None if worst is None else [*worst.pair, worst.fit],
        "top_three": sum(place.team_rank <= 3 for place in placed),
        "top_three_of_problems": sum(place.rank <= 3 for place in placed),
        "made_of": {
            "both": sum(p.match is not None and p.review is not None for p in places),
            "match_only": sum(p.match is not None and p.review is None for p in places),
            "review_only": sum(p.match is None and p.review is not None for p in places),
        },
        "run_id": given.run_id,
        "idle_locks": sorted(pair for pair in given.pins if pair not in known),
    }


def proof(result: AllocationResult) -> dict[str, Any]:
    """What was reached and what is proven, aim by aim."""
    return {
        "stages": [stage.to_dict() for stage in result.stages],
        "is_optimal": result.is_optimal,
        "gap": max(stage.gap for stage in result.stages),
    }


def _impossible(error: NoAllocation) -> dict[str, Any]:
    """The sets of limits to relax, as plain data."""
    return {
        "remedies": [
            {
                "is_smallest": remedy.is_smallest,
                "changes": [
                    {
                        "limit": str(change.limit),
                        "problem_id": int(change.problem_id) if change.problem_id else None,
                        "team_id": int(change.team_id) if change.team_id else None,
                        "group": change.group,
                        "now": change.now,
                        "needed": change.needed,
                    }
                    for change in remedy.changes
                ],
            }
            for remedy in error.remedies
        ]
    }


def fingerprint(
    config: AllocationConfig, given: AllocationInput, candidates: list[Candidate]
) -> str:
    """A hash of everything the outcome depends on."""
    return hashlib.sha256(
        canonical_json(
            {
                "config": config.to_dict(),
                "problems": {
                    str(p.id): [p.teams_wanted, p.region, group_of(GroupKind.SIZE, p)]
                    for p in given.problems.values()
                },
                "capacity": {str(c.pair[1]): given.room(c.pair[1]) for c in candidates},
                "pairs": [[*c.pair, c.fit, c.is_locked, c.because in KEPT_OUT] for c in candidates],
                "bans": sorted(given.bans),
            }
        )
    ).hexdigest()


def finish(session: Session, allocation_id: int, outcome: Outcome) -> None:
    """Write everything at once, unless somebody cancelled or another worker was faster."""
    allocation = session.get_one(Allocation, allocation_id, with_for_update=True)
    if allocation.state is AllocationState.CANCELLED:
        raise JobCancelled
    if allocation.state is not AllocationState.RUNNING:
        return
    old = sa.delete(AllocationPlace).where(AllocationPlace.allocation_id == allocation_id)
    session.execute(old)
    if outcome.places:
        rows = [_row(allocation_id, place) for place in outcome.places]
        session.execute(sa.insert(AllocationPlace), rows)
    allocation.apply(outcome.action)
    allocation.result, allocation.fingerprint = outcome.result, outcome.fingerprint
    if outcome.failure is not None:
        allocation.failure = {"text": outcome.failure.text, "params": outcome.failure.params}
    allocation.finished_at = utcnow()


def _row(allocation_id: int, place: Candidate) -> dict[str, Any]:
    outcome = PlaceOutcome.PLACED if place.is_placed else PlaceOutcome.LEFT_OUT
    return {
        "allocation_id": allocation_id,
        "problem_id": place.pair[0],
        "team_id": place.pair[1],
        "application_id": place.application_id,
        "outcome": PlaceOutcome.RESERVE if place.turn else outcome,
        "score": place.fit,
        "match_score": place.match,
        "review_score": place.review,
        "rank": place.rank,
        "team_rank": place.team_rank,
        "turn": place.turn,
        "is_locked": place.is_locked,
        "because": str(place.because or ""),
    }
