"""The allocator against every possible allocation of tiny instances, and its words when there is none."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.errors import JobCancelled
from matchmaker.i18n import translate
from matchmaker.matching.allocation import (
    AllocationResult,
    Candidates,
    Change,
    Floor,
    InvalidLimits,
    Limits,
    NoAllocation,
    Objective,
    Remedy,
    Stage,
    allocate,
)
from matchmaker.matching.allocation_program import branch_and_bound, build
from matchmaker.matching.allocation_words import Limit

Pair = tuple[str, str]
Scores = dict[Pair, float]
PROBLEMS, TEAMS = ("P1", "P2", "P3"), ("A", "B", "C")
PAIRS = list(itertools.product(PROBLEMS, TEAMS))
# Few different values, so that ties are the rule.
FITS = st.sampled_from([0.0, 1.0, 2.0, 2.5, 7.0, 9.0])


@st.composite
def instances(draw: st.DrawFn, *, small: bool = False) -> tuple[Scores, Limits]:
    """A tiny instance: some pairs with a fit, and limits of every kind."""
    most = 6 if small else 9
    pairs = draw(st.lists(st.sampled_from(PAIRS), min_size=1, max_size=most, unique=True))
    scores = {pair: draw(FITS) for pair in pairs}
    problems, teams = sorted({p for p, _ in pairs}), sorted({t for _, t in pairs})
    pins = frozenset(draw(st.lists(st.sampled_from(pairs), max_size=1)))
    bans = frozenset(draw(st.lists(st.sampled_from(pairs), max_size=2))) - pins
    group = frozenset(draw(st.lists(st.sampled_from(problems), min_size=1)))
    return scores, Limits(
        demand={p: draw(st.integers(0, 3)) for p in problems},
        at_least={p: draw(st.sampled_from([0, 0, 0, 1, 2])) for p in problems},
        capacity={t: draw(st.integers(0, 2)) for t in teams},
        bans=bans,
        pins=pins,
        minimum=draw(st.sampled_from([None, None, 2.0, 5.0])),
        floors=(
            Floor("south", group, draw(st.integers(0, 2))),
            Floor("small", frozenset(problems[:2]), draw(st.integers(0, 1))),
        ),
    )


def possible(scores: Scores, limits: Limits) -> Iterator[tuple[Pair, ...]]:
    """Every allocation that keeps all limits."""
    for size in range(len(scores) + 1):
        for chosen in itertools.combinations(sorted(scores), size):
            if keeps(chosen, scores, limits):
                yield chosen


def is_possible(scores: Scores, limits: Limits) -> bool:
    """Whether any allocation keeps all limits; the empty one counts too."""
    return next(possible(scores, limits), None) is not None


def keeps(chosen: tuple[Pair, ...], scores: Scores, limits: Limits) -> bool:
    """Whether *chosen* keeps all limits, written down anew."""
    of_problem = {p: sum(pair[0] == p for pair in chosen) for p, _ in scores}
    of_team = {t: sum(pair[1] == t for pair in chosen) for _, t in scores}
    low = limits.minimum if limits.minimum is not None else -np.inf
    return (
        all(
            limits.at_least.get(p, limits.default_at_least)
            <= count
            <= limits.demand.get(p, limits.default_demand)
            for p, count in of_problem.items()
        )
        and all(
            count <= limits.capacity.get(t, limits.default_capacity) for t, count in of_team.items()
        )
        and limits.pins <= set(chosen)
        and not limits.bans & set(chosen)
        and all(scores[pair] >= low or pair in limits.pins for pair in chosen)
        and all(
            sum(of_problem.get(p, 0) > 0 for p in floor.problem_ids) >= floor.at_least
            for floor in limits.floors
        )
    )


def merit(
    chosen: tuple[Pair, ...], scores: Scores, limits: Limits, objective: Objective, rounds: int
) -> tuple[float, ...]:
    """What an allocation is worth, aim by aim."""
    total = sum(scores[pair] for pair in chosen)
    if objective is Objective.TOTAL:
        return (total,)
    filled = (len({pair[0] for pair in chosen}), len(chosen))
    if objective is Objective.FILL:
        return (*filled, total)
    free = sorted(scores[pair] for pair in chosen if pair not in limits.pins)
    levels: list[float] = []
    for level in sorted(set(free))[:rounds]:
        levels += [level, -free.count(level)]
    # After the last level only the total counts; places without any level left are none at all.
    levels = levels[:-1] if len(set(free)) >= rounds else [*levels, np.inf]
    return (*filled, *levels, total)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(instances(), st.sampled_from([*Objective]), st.integers(1, 3))
def test_equals_brute_force(
    instance: tuple[Scores, Limits], objective: Objective, rounds: int
) -> None:
    scores, limits = instance
    merits = [merit(c, scores, limits, objective, rounds) for c in possible(scores, limits)]

    try:
        found = allocate(Candidates.from_scores(scores), limits, objective=objective, rounds=rounds)
    except NoAllocation:
        assert not merits
        return

    chosen = tuple(sorted((place.problem_id, place.team_id) for place in found.places))
    assert keeps(chosen, scores, limits)
    assert merit(chosen, scores, limits, objective, rounds) == pytest.approx(max(merits))
    assert found.is_optimal


@settings(max_examples=40, deadline=None, derandomize=True)
@given(instances(small=True))
def test_remedies_are_enough_and_none_is_smaller(instance: tuple[Scores, Limits]) -> None:
    scores, limits = instance
    candidates = Candidates.from_scores(scores)

    try:
        allocate(candidates, limits)
    except NoAllocation as error:
        remedies = error.remedies
    else:
        return

    assert remedies
    for remedy in remedies:
        assert remedy.is_smallest
        assert is_possible(scores, relaxed(limits, remedy))
        for number in range(len(remedy.changes)):
            fewer = Remedy(remedy.changes[:number] + remedy.changes[number + 1 :], is_smallest=True)
            assert not is_possible(scores, relaxed(limits, fewer))
    assert len({remedy.changes for remedy in remedies}) == len(remedies)


def relaxed(limits: Limits, remedy: Remedy) -> Limits:
    """The limits after the changes of *remedy*."""
    values = dict(vars(limits))
    for change in remedy.changes:
        pair = frozenset({(change.problem_id, change.team_id)})
        match change.limit:
            case Limit.CAPACITY:
                values["capacity"] = {**values["capacity"], change.team_id: int(change.needed)}
            case Limit.DEMAND:
                values["demand"] = {**values["demand"], change.problem_id: int(change.needed)}
            case Limit.AT_LEAST:
                values["at_least"] = {**values["at_least"], change.problem_id: int(change.needed)}
            case Limit.FLOOR:
                values["floors"] = tuple(
                    Floor(f.name, f.problem_ids, int(change.needed))
                    if f.name == change.group
                    else f
                    for f in values["floors"]
                )
            case Limit.MINIMUM:
                values["minimum"] = change.needed
            case Limit.BAN:
                values["bans"] -= pair
            case Limit.PIN:
                values["pins"] -= pair
    return Limits(**values)


def test_order_of_input_makes_no_difference() -> None:
    rng = np.random.default_rng(3)
    pairs = list(itertools.product([f"P{n}" for n in range(12)], [f"T{n}" for n in range(15)]))
    scores = {pair: float(rng.integers(0, 4)) for pair in pairs}
    shuffled = {pairs[at]: scores[pairs[at]] for at in rng.permutation(len(pairs))}
    limits = Limits(default_demand=2, minimum=1.0)

    first, second = (
        allocate(Candidates.from_scores(given), limits, objective=Objective.FAIR)
        for given in (scores, shuffled)
    )

    assert first.places == second.places
    assert first.stages == second.stages


def test_worst_off_problem_comes_before_the_total() -> None:
    scores = {("P1", "A"): 9.0, ("P1", "B"): 5.0, ("P2", "A"): 4.0, ("P2", "B"): 1.0}

    total = allocate(Candidates.from_scores(scores), Limits())
    fair = allocate(Candidates.from_scores(scores), Limits(), objective=Objective.FAIR)

    assert (total.total, min(place.fit for place in total.places)) == (10.0, 1.0)
    assert (fair.total, min(place.fit for place in fair.places)) == (9.0, 4.0)
    assert [stage.name for stage in fair.stages] == ["served", "filled", "worst", "total"]
    assert [stage.value for stage in fair.stages] == [2, 2, 4.0, 9.0]


def test_every_problem_gets_a_team_before_one_gets_two() -> None:
    scores = {("P1", "A"): 9.0, ("P1", "B"): 9.0, ("P2", "A"): 1.0, ("P2", "B"): 1.0}
    limits = Limits(default_demand=2)

    found = allocate(Candidates.from_scores(scores), limits, objective=Objective.FILL)

    assert {place.problem_id for place in found.places} == {"P1", "P2"}


def test_pairs_below_zero_stay_open_unless_places_are_to_be_filled() -> None:
    candidates = Candidates.from_scores({("P1", "A"): -2.0, ("P2", "B"): 1.0})

    assert [place.problem_id for place in allocate(candidates, Limits()).places] == ["P2"]
    filled = allocate(candidates, Limits(), objective=Objective.FILL)
    assert [place.problem_id for place in filled.places] == ["P1", "P2"]


def test_nothing_to_place_is_an_empty_allocation() -> None:
    candidates = Candidates.from_scores({}, ["P1"])

    for objective in Objective:
        found = allocate(candidates, Limits(), objective=objective)
        assert found.places == ()
        assert found.is_optimal


def test_branch_and_bound_agrees_with_the_linear_programme() -> None:
    rng = np.random.default_rng(5)
    scores = {(f"P{p}", f"T{t}"): float(rng.integers(1, 100)) for p in range(8) for t in range(12)}
    candidates, limits = Candidates.from_scores(scores), Limits(default_demand=2)

    whole = branch_and_bound(
        build(candidates, limits, with_served=False), candidates.fit, time_limit=10
    )

    assert whole is not None
    assert whole.objective == pytest.approx(allocate(candidates, limits).total)
    assert whole.bound == pytest.approx(whole.objective)


def test_floors_that_cut_across_each_other_are_still_exact() -> None:
    # The linear programme alone gives halves here: branch and bound has to take over.
    fits = {"P0A": 8, "P0B": 6, "P1A": 2, "P2A": 2, "P3A": 8, "P4A": 5, "P4B": 6, "P5A": 8}
    scores = {(key[:2], key[2]): float(fit) for key, fit in fits.items()}
    groups = {"n": "P2 P3 P4", "s": "P0 P1 P5", "small": "P0 P1 P3", "large": "P2 P4 P5"}
    floors = tuple(Floor(name, frozenset(ids.split()), 1) for name, ids in groups.items())
    limits = Limits(floors=floors)

    found = allocate(Candidates.from_scores(scores), limits)

    merits = [sum(scores[pair] for pair in chosen) for chosen in possible(scores, limits)]
    assert found.total == max(merits) == 14.0
    assert found.is_optimal


def test_a_bound_that_was_not_reached_is_a_stated_gap() -> None:
    assert Stage("total", 9.0, 10.0).gap == pytest.approx(0.1)
    assert Stage("total", 10.0, 10.0 + 1e-9).gap == 0.0


def test_no_team_is_asked_to_take_on_ten_times_its_work() -> None:
    scores = {(f"P{number}", "A"): 1.0 for number in range(14)}

    with pytest.raises(NoAllocation) as raised:
        allocate(Candidates.from_scores(scores), Limits(default_at_least=1))

    (remedy,) = raised.value.remedies
    assert remedy.is_smallest
    raised_to = [change.needed for change in remedy.changes if change.limit is Limit.CAPACITY]
    assert raised_to == [3]
    assert len(remedy.changes) == 1 + 11


def test_progress_stops_the_work_between_two_solves() -> None:
    seen: list[str] = []

    def progress(stage: str, done: int, total: int) -> None:
        seen.append(stage)
        if len(seen) == 3:
            raise JobCancelled

    scores = {(f"P{p}", f"T{t}"): float(p * t) for p in range(4) for t in range(6)}
    with pytest.raises(JobCancelled):
        allocate(
            Candidates.from_scores(scores), Limits(), objective=Objective.FAIR, progress=progress
        )
    assert seen == ["prepare", "solve", "solve"]


@pytest.mark.parametrize(
    ("limits", "words", "chinese"),
    [
        (
            Limits(at_least={"P1": 2}, demand={"P1": 2}),
            "Ask for at least 1 instead of 2 teams for problem P1.",
            "命題 P1 至少要有的團隊數，由 2 改為 1。",
        ),
        (
            Limits(minimum=8.5, at_least={"P2": 1}),
            "Lower the minimum fit from 8.5 to 3.",
            "最低相符程度由 8.5 降為 3。",
        ),
        (
            Limits(pins=frozenset({("P1", "A"), ("P2", "A")})),
            "Let team A take on 2 instead of 1 problems at a time.",
            "團隊 A 同時承接的命題數，由 1 改為 2。",
        ),
    ],
)
def test_says_what_to_relax_in_both_languages(limits: Limits, words: str, chinese: str) -> None:
    candidates = Candidates.from_scores({("P1", "A"): 9.0, ("P2", "A"): 3.0})

    with pytest.raises(NoAllocation) as raised:
        allocate(candidates, limits)

    messages = [change.message() for r in raised.value.remedies for change in r.changes]
    assert words in [translate(message, "en") for message in messages]
    assert chinese in [translate(message, "zh_Hant_TW") for message in messages]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(demand={"P9": 1}), "A limit names P9, which is in no pair that has a score."),
        (Limits(capacity={"Z": 1}), "A limit names Z, which is in no pair that has a score."),
        (Limits(default_capacity=-1), "-1 is not a number between 0 and 10000."),
        (
            Limits(pins=frozenset({("P1", "A")}), bans=frozenset({("P1", "A")})),
            "Problem P1 and team A are both pinned and banned.",
        ),
        (
            Limits(pins=frozenset({("P1", "Z")})),
            "Problem P1 and team Z are pinned but have no score.",
        ),
    ],
)
def test_refuses_limits_that_make_no_sense(limits: Limits, words: str) -> None:
    with pytest.raises(InvalidLimits) as raised:
        allocate(Candidates.from_scores({("P1", "A"): 1.0}), limits)
    assert str(raised.value) == words


def test_refuses_a_score_that_is_no_number() -> None:
    with pytest.raises(InvalidLimits, match="problem P1 and team A is not a number"):
        Candidates.from_scores({("P1", "A"): float("inf")})


def test_a_change_can_name_things_in_the_reader_s_words() -> None:
    change = Change(Limit.PIN, problem_id="7", team_id="3")
    named = change.message(problem=lambda key: f"“Sorting {key}”", team=lambda key: f"Team {key}")

    assert str(named) == "Do not insist on team Team 3 for problem “Sorting 7”."


def total_of(result: AllocationResult) -> float:
    """The total as its own stage states it."""
    return result.stages[-1].value


def test_the_total_is_stated_in_the_unit_of_the_scores() -> None:
    candidates = Candidates.from_scores({("P1", "A"): 812.5, ("P2", "B"): 100.0})

    for objective in Objective:
        assert total_of(allocate(candidates, Limits(), objective=objective)) == 912.5
