"""The candidates of an allocation: who may be placed where, how well they fit, what becomes of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.queries.allocation_input import AllocationInput, Pair
from matchmaker.queries.allocation_reason import KEPT_OUT, WOULD_DO, Because
from matchmaker.services.allocation_config import AllocationConfig, Basis


@dataclass
class Candidate:
    """A pair that somebody wants to see placed, with what becomes of it."""

    pair: Pair
    fit: float
    match: float | None
    review: float | None
    application_id: int | None
    because: Because | None = None
    is_placed: bool = False
    is_locked: bool = False
    rank: int = 0
    team_rank: int = 0
    turn: int | None = None


def find_candidates(config: AllocationConfig, given: AllocationInput) -> list[Candidate]:
    """The pairs the basis names, each with its fit and, if it cannot be placed, the reason."""
    pairs: set[Pair] = set(given.held)
    if config.basis is not Basis.MATCHES:
        pairs |= given.applications.keys()
    if config.basis is not Basis.APPLICATIONS:
        pairs |= given.wanted
    found = [_candidate(config, given, pair) for pair in sorted(pairs)]
    _rank(found)
    return found


def _candidate(config: AllocationConfig, given: AllocationInput, pair: Pair) -> Candidate:
    match, review = given.match_scores.get(pair), given.review_scores.get(pair)
    fit = combined(match, review, config.review_share)
    application = given.applications.get(pair)
    candidate = Candidate(
        pair=pair,
        fit=0.0 if fit is None else fit,
        match=match,
        review=review,
        application_id=application.id if application else None,
        is_locked=pair in given.held or pair in given.pins,
    )
    team = given.teams[pair[1]]
    if team.archived_at is not None:
        candidate.because = Because.ARCHIVED
    elif pair in given.held:
        candidate.because = None  # The place was promised: nothing that came later undoes it here.
    elif pair in given.conflicts:
        candidate.because = Because.CONFLICT
    elif not given.room(team.id):
        candidate.because = Because.NO_CAPACITY
    elif fit is None and pair not in given.pins:
        candidate.because = Because.NO_SCORE
    candidate.is_locked &= candidate.because is None
    return candidate


def combined(match: float | None, review: float | None, review_share: int) -> float | None:
    """The fit out of its parts; a part that is missing leaves its share to the other."""
    parts = [
        (value, share)
        for value, share in ((match, 100 - review_share), (review, review_share))
        if value is not None and share
    ]
    if not parts:
        return None
    return round(sum(v * share for v, share in parts) / sum(share for _, share in parts), 2)


def _rank(candidates: list[Candidate]) -> None:
    """Number each problem's candidates and each team's problems, best fit first."""
    for side in (0, 1):
        places: Counter[int] = Counter()
        ordered = sorted(candidates, key=lambda c: (c.because in KEPT_OUT, -c.fit, c.pair))
        for candidate in ordered:
            places[candidate.pair[side]] += 1
            if side == 0:
                candidate.rank = places[candidate.pair[0]]
            else:
                candidate.team_rank = places[candidate.pair[1]]


def give_reasons(
    config: AllocationConfig,
    given: AllocationInput,
    running: list[Candidate],
    capacity: Mapping[int, int],
) -> None:
    """Say of everybody who was not placed why."""
    weakest: dict[int, float] = {}
    filled: Counter[int] = Counter()
    busy: Counter[int] = Counter()
    for candidate in running:
        if candidate.is_placed:
            problem_id, team_id = candidate.pair
            filled[problem_id] += 1
            busy[team_id] += 1
            weakest[problem_id] = min(weakest.get(problem_id, candidate.fit), candidate.fit)
    for candidate in running:
        problem_id, team_id = candidate.pair
        is_full = filled[problem_id] >= given.problems[problem_id].teams_wanted
        if candidate.is_placed:
            continue
        if candidate.pair in given.bans:
            candidate.because = Because.BANNED
        elif config.minimum is not None and candidate.fit < config.minimum:
            candidate.because = Because.BELOW_MINIMUM
        elif is_full and weakest.get(problem_id, 0.0) >= candidate.fit:
            candidate.because = Because.PROBLEM_FULL
        elif busy[team_id] >= capacity[team_id]:
            candidate.because = Because.TEAM_ELSEWHERE
        else:
            candidate.because = Because.OVERALL


def take_turns(config: AllocationConfig, running: list[Candidate]) -> None:
    """Keep the best of those who would do in reserve, problem by problem."""
    waiting: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in sorted(running, key=lambda c: c.rank):
        if candidate.because in WOULD_DO:
            waiting[candidate.pair[0]].append(candidate)
    for reserves in waiting.values():
        for turn, candidate in enumerate(reserves[: config.reserves], start=1):
            candidate.turn = turn
