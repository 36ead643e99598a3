from __future__ import annotations

from matchmaker.matching import Eligibility, Exclusion, Reason
from tests.unit.matching.builders import pipeline, problem, team


def test_each_hard_rule_has_its_reason() -> None:
    problems = [problem("P1"), problem("P2", is_open=False), problem("P3", "!!")]
    teams = [
        team("T1", "fabric"),
        team("T2", "fabric", is_available=False),
        team("T3", "fabric", capacity=0),
        team("T4", "123 --"),
    ]
    rules = Eligibility(conflicts=[("P1", "T1"), ("P1", "unknown")], bans=[("P1", "T1")])

    assert list(rules.exclusions(problems, teams)) == [
        Exclusion("P2", None, Reason.PROBLEM_CLOSED),
        Exclusion("P3", None, Reason.NO_TEXT),
        Exclusion(None, "T2", Reason.TEAM_UNAVAILABLE),
        Exclusion(None, "T3", Reason.NO_CAPACITY),
        Exclusion(None, "T4", Reason.NO_TEXT),
        Exclusion("P1", "T1", Reason.CONFLICT),
    ]
    assert rules.barred(problems, teams)[0].tolist() == [True, True, True, True]
    assert rules.barred(problems, teams)[1:].all()


def test_excluded_pairs_are_listed_and_never_ranked() -> None:
    result = pipeline().run(
        [problem("P1"), problem("P2")],
        [team("T1", "fabric cameras"), team("T2", "fabric")],
        conflicts=[("P1", "T1")],
        bans=[("P2", "T2")],
    )

    assert [(pair.problem_id, pair.team_id) for pair in result] == [("P1", "T2"), ("P2", "T1")]
    assert [e.reason for e in result.exclusions] == [Reason.CONFLICT, Reason.BANNED]


def test_a_team_with_levels_but_no_text_is_ranked() -> None:
    result = pipeline().run([problem("P1")], [team("T1", competencies={"PER-CV": 4})])

    assert [pair.team_id for pair in result] == ["T1"]
