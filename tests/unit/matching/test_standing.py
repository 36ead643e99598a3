"""Requirements count by what is probable; the gate works on what is shown, said or named."""

from __future__ import annotations

from typing import Any

import pytest

from matchmaker.competency import Requirement
from matchmaker.competency.diagnosis import Rating, estimate, team_at_least
from matchmaker.matching import Band, MatchedPair
from matchmaker.matching.standing import NOTHING, checked_estimate, named, standing, stated
from tests.unit.matching.builders import FABRIC, SALES, must, pipeline, problem, team

SURE = estimate([Rating("mentor", 4), Rating("artefact_e3", 4)]).at_least
LOW = estimate([Rating("mentor", 1), Rating("artefact_e3", 1)]).at_least


def ranked(needs: list[Requirement], *offered: Any) -> list[MatchedPair]:
    asked = problem("P1", FABRIC, requirements=needs)
    return list(pipeline().run([asked], offered))


def test_evidence_counts_more_than_a_claim_a_claim_more_than_nothing() -> None:
    needs = [Requirement("TRU-PRV", 3, 2)]
    pairs = ranked(
        needs,
        team("evidence", FABRIC, estimates={"TRU-PRV": SURE}),
        team("claim", FABRIC, competencies={"TRU-PRV": 4}),
        team("nothing", FABRIC),
    )

    parts = {pair.team_id: pair.contributions["requirements"] for pair in pairs}
    assert parts["evidence"] > parts["claim"] > parts["nothing"]


def test_evidence_wins_over_what_the_team_says() -> None:
    found = standing("PER-CV", 3, {"PER-CV": LOW}, {"PER-CV": 5.0}, is_named=True)

    assert (found.status, found.is_confirmed) == ("below", True)
    assert found.probability == LOW[3]


def test_a_claim_is_worth_what_such_claims_are_worth() -> None:
    said = estimate([Rating("self_anchored", 4)]).at_least[3]

    assert stated(4, 3).probability == said < 0.5
    assert stated(4, 3).probability > stated(3, 3).probability > stated(1, 3).probability


def test_a_mention_is_worth_a_free_description_and_nothing_is_worth_nothing() -> None:
    assert named(3).probability == estimate([Rating("self_free", 2)]).at_least[3]
    assert standing("PER-CV", 3, {}, {}, is_named=False) == NOTHING


@pytest.mark.parametrize(
    ("options", "contribution"),
    [
        ({"competencies": {"TRU-PRV": 3}}, 0),
        ({"competencies": {"TRU-PRV": 1}}, -100),
        ({"estimates": {"TRU-PRV": SURE}}, 0),
        ({"estimates": {"TRU-PRV": LOW}}, -100),
        ({}, -100),
    ],
)
def test_the_gate_opens_to_what_is_shown_or_said(
    options: dict[str, Any], contribution: float
) -> None:
    (pair,) = ranked(must("TRU-PRV"), team("T1", FABRIC, **options))

    assert pair.contributions["must_have"] == contribution


def test_a_free_text_without_the_must_have_is_a_gap_but_never_left_out() -> None:
    offered = [team("silent", FABRIC), team("claims", SALES, competencies={"TRU-PRV": 3})]
    asked = problem("P1", FABRIC, requirements=must("TRU-PRV"))

    result = pipeline().run([asked], offered, explain_top=2)

    assert [pair.team_id for pair in result] == ["claims", "silent"]
    assert result.exclusions == ()
    (need,) = result.explanations["P1", "silent"]["requirements"]
    assert (need["status"], need["is_must"], need["probability"]) == ("missing", True, 0.0)
    assert result.confidence["silent"] == "thin"


def test_an_open_must_have_keeps_off_the_top() -> None:
    body = f"{FABRIC} computer vision"
    unsure = tuple(estimate([Rating("mentor", 3)]).at_least)
    assert 0.3 <= unsure[3] < 0.6

    (pair,) = ranked(must("PER-CV"), team("T1", body, estimates={"PER-CV": unsure}))

    assert pair.contributions["must_have"] == 0
    assert pair.band is Band.GOOD


def test_a_team_speaks_with_its_best_members() -> None:
    members = [estimate([Rating("mentor", 4)]), estimate([])]
    at_least = [team_at_least(members, level) for level in range(6)]

    assert team("T1", FABRIC, estimates={"PER-CV": at_least}).estimates["PER-CV"][3] == at_least[3]


@pytest.mark.parametrize(
    "row", [(1.0, 0.5), (1, 1, 1, 0.2, 0.6, 0), (1, 1, 1, 1, 1, 1.5), (1, float("nan"), 0, 0, 0, 0)]
)
def test_probabilities_that_make_no_sense_are_refused(row: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="probab"):
        checked_estimate(row)
    with pytest.raises(ValueError, match="probab"):
        team("T1", FABRIC, estimates={"PER-CV": row})


def test_whoever_shows_something_is_not_worse_off_than_whoever_only_says_so():
    """Checked work at the level the team gives itself: as probable as can be known, and met."""
    checked = estimate([Rating("self_anchored", 3), Rating("artefact_e2", 3)]).at_least
    poor = estimate([Rating("self_anchored", 3), Rating("artefact_e2", 1)]).at_least

    beside = standing("PER-CV", 3, {"PER-CV": checked}, {"PER-CV": 3}, False)

    assert standing("PER-CV", 3, {"PER-CV": checked}, {}, False).status == "unconfirmed"
    assert (beside.status, beside.level, beside.is_confirmed) == ("met", 3, False)
    assert beside.probability == checked[3] > stated(3, 3).probability
    assert standing("PER-CV", 3, {"PER-CV": poor}, {"PER-CV": 3}, False).status == "below"
