from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.competency import Requirement
from matchmaker.matching import LiveRanking, ProblemDocument, TeamDocument
from tests.unit.matching.builders import FABRIC, SALES, pipeline, problem, team

WORDS = ["fabric", "camera", "defect", "bread", "瑕疵", "預測", "門市", "language", "無人機"]
bodies = st.lists(st.sampled_from(WORDS), min_size=1, max_size=20).map(" ".join)
LEVELS = st.dictionaries(st.sampled_from(["PER-CV", "TRU-PRV"]), st.integers(1, 5))
NEEDS = [Requirement("PER-CV", 3, 3), Requirement("TRU-PRV", 2, 1)]
SECTORS = [["textile"], ["retail"], []]
SHARED = pipeline()


@st.composite
def problems(draw: st.DrawFn) -> list[ProblemDocument]:
    return [
        problem(
            f"P{n}",
            draw(bodies),
            sectors=draw(st.sampled_from(SECTORS)),
            requirements=draw(st.sampled_from([[], NEEDS[:1], NEEDS])),
        )
        for n in range(draw(st.integers(1, 4)))
    ]


@st.composite
def teams(draw: st.DrawFn) -> list[TeamDocument]:
    return [
        team(
            f"T{n}",
            draw(bodies),
            works=draw(st.lists(bodies, max_size=3)),
            sectors=draw(st.sampled_from(SECTORS)),
            competencies=draw(LEVELS),
        )
        for n in range(draw(st.integers(1, 4)))
    ]


@settings(max_examples=20, deadline=None)
@given(problems(), teams(), st.data())
def test_scores_are_those_of_a_run(
    asked: list[ProblemDocument], offered: list[TeamDocument], data: st.DataObject
) -> None:
    conflicts = [("P0", "T1")]
    run = SHARED.run(asked, offered, conflicts=conflicts)
    live = LiveRanking(SHARED, asked[:1], offered[:1], conflicts=conflicts, reference=run.reference)
    for item in data.draw(st.permutations(offered)):
        live.put_team(item)
    for need in data.draw(st.permutations(asked)):
        live.put_problem(need)

    for need in asked:
        assert live.teams_for(need) == run.of_problem(need.id)
    for item in offered:
        found = [(pair.problem_id, pair.score) for pair in live.problems_for(item)]
        assert found == [(pair.problem_id, pair.score) for pair in run.of_team(item.id)]


def test_a_change_takes_the_place_of_what_was_there() -> None:
    live = LiveRanking(pipeline(), [problem()], [team("T1", SALES), team("T2", SALES)])

    live.put_team(team("T1", FABRIC))
    live.put_problem(problem("P2", SALES))
    live.remove_problem("P1")
    live.remove_team("T3")

    assert [pair.team_id for pair in live.teams_for(problem())] == ["T1", "T2"]
    assert [pair.problem_id for pair in live.problems_for(team("T1", FABRIC))] == ["P2"]
    live.remove_team("T1")
    assert [pair.team_id for pair in live.teams_for(problem())] == ["T2"]


def test_many_changes_are_kept() -> None:
    live = LiveRanking(pipeline(), [problem()], [])

    for number in range(150):
        live.put_team(team(f"T{number % 70:02d}", f"{FABRIC} number {number}"))

    found = live.teams_for(problem())
    assert sorted(pair.team_id for pair in found) == [f"T{number:02d}" for number in range(70)]
    assert [pair.rank for pair in found] == list(range(1, 71))


def test_refitting_learns_new_terms() -> None:
    matcher = pipeline()
    live = LiveRanking(matcher, [problem("P1", "yarn")], [team("T1", "yarn")])
    for number in range(5):
        live.put_team(team(f"N{number}", f"loom {number}"))
    before = live.reference

    live.refit()

    run = matcher.run([problem("P1", "yarn")], live.teams)
    assert before.frequencies.get("loom") is None
    assert live.reference == run.reference
    assert live.teams_for(problem("P1", "yarn")) == run.of_problem("P1")


def test_no_more_than_the_best_are_returned() -> None:
    offered = [team(f"T{number}", FABRIC) for number in range(9)]
    live = LiveRanking(pipeline(top_n=3), [problem()], offered)

    assert [pair.team_id for pair in live.teams_for(problem())] == ["T0", "T1", "T2"]


@pytest.mark.parametrize("offered", [[], [team("T1", is_available=False)]])
def test_nobody_to_rank(offered: list[TeamDocument]) -> None:
    live = LiveRanking(pipeline(), [], offered)

    assert live.teams_for(problem()) == []
    assert live.problems_for(team()) == []
