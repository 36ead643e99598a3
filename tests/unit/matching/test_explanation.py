from __future__ import annotations

import json
from dataclasses import replace

import pytest

from matchmaker.competency import Requirement, load_taxonomy
from matchmaker.competency.diagnosis import Rating, estimate
from matchmaker.matching import render_message, team_document
from matchmaker.records import ProblemRecord, TeamRecord
from matchmaker.sample import read
from tests.unit.matching.builders import FABRIC, SALES, pipeline, problem, team, text, work

NEEDS = [
    Requirement("PER-CV", 3, 3),
    Requirement("FND-DL", 4, 2),
    Requirement("SYS-EDG", 3, 2),
    Requirement("TRU-PRV", 2, 1),
]


def explained() -> dict[str, object]:
    asked = problem(
        "P1", f"{FABRIC}. Use object detection.", sectors=["textile"], requirements=NEEDS
    )
    offered = team_document(
        "T1",
        [text("A company for forecasting. We also know edge computing.")],
        [
            work(SALES, "Bread sales"),
            work("We find weaving defects on fabric with cameras.", "Looms"),
        ],
        sectors=["textile"],
        competencies={"PER-CV": 3.2, "FND-DL": 2.0},
    )
    result = pipeline().run([asked], [offered], explain_top=1)
    return dict(result.explanations["P1", "T1"])


def test_an_explanation_is_plain_data() -> None:
    found = explained()

    assert json.loads(json.dumps(found)) == found


def test_the_parts_add_up() -> None:
    found = explained()

    total = sum(part["contribution"] for part in found["parts"])  # type: ignore[attr-defined]
    assert total == pytest.approx(found["score"], abs=1e-9)


def test_each_requirement_has_its_state() -> None:
    requirements = explained()["requirements"]

    states = {row["competency"]: row["status"] for row in requirements}  # type: ignore[attr-defined]
    assert states == {
        "PER-CV": "met",
        "FND-DL": "below",
        "SYS-EDG": "unconfirmed",
        "TRU-PRV": "missing",
    }


def test_the_closest_document_and_sentences_are_quoted_as_written() -> None:
    found = explained()

    assert found["document"]["title"] == "Looms"  # type: ignore[index]
    best = found["sentences"][0]  # type: ignore[index]
    assert best["team"] == "We find weaving defects on fabric with cameras."
    assert best["problem"].startswith("Find weaving defects on fabric")


def test_shared_words_and_concepts_are_named() -> None:
    found = explained()

    assert {"problem": "weaving defects", "team": "weaving defects"} in found["terms"]  # type: ignore[operator]
    assert "PER-CV" in [concept["id"] for concept in found["concepts"]]  # type: ignore[attr-defined]


def test_notes_say_how_little_the_ranking_rests_on() -> None:
    (note,) = explained()["notes"]  # type: ignore[misc]

    assert "8 to 12" in note["message"]


@pytest.mark.parametrize("lang", ["en", "zh_Hant_TW"])
def test_every_message_can_be_put_into_words(lang: str) -> None:
    found = explained()

    items = [*found["reasons"], *found["advice"], *found["notes"]]  # type: ignore[misc]
    words = [render_message(item, str, load_taxonomy(), lang) for item in items]

    assert all(words)
    assert not any("%(" in sentence for sentence in words)


def test_across_languages_words_are_shown_as_each_side_writes_them() -> None:
    made = pipeline()
    asked = problem("P1", "以相機檢查布料瑕疵，避免人工漏檢")
    offered = team("T1", "We find a defect on fabric with a camera")

    found = made.explain(asked, offered)

    pairs = {(term["problem"], term["team"]) for term in found["terms"]}
    assert ("相機", "camera") in pairs
    assert ("布料", "fabric") in pairs


def test_a_pair_that_was_not_ranked_is_still_described() -> None:
    found = pipeline().explain(problem("P1", is_open=False), team("T1", FABRIC))

    assert found["score"] is None
    assert found["document"]["kind"] == "profile"


def test_a_team_without_texts_has_no_closest_document() -> None:
    found = pipeline().explain(problem("P1"), team("T1", competencies={"PER-CV": 3}))

    assert found["document"] is None
    assert found["sentences"] == found["terms"] == []


def ranked_with(**changes: object) -> tuple[dict[str, object], dict[str, object]]:
    """The explanation of a pair, and that of the pair with *changes* to the team."""
    made = pipeline()
    asked = problem("P1", FABRIC, sectors=["textile"], requirements=NEEDS)
    offered = team("T1", "We know edge computing.", works=["We inspect fabric with cameras."])
    result = made.run([asked], [offered], explain_top=1)
    changed = replace(offered, **changes)  # type: ignore[arg-type]
    again = made.run([asked], [changed], reference=result.reference, explain_top=1)
    return dict(result.explanations["P1", "T1"]), dict(again.explanations["P1", "T1"])


def test_advice_carries_the_score_and_band_that_it_gives() -> None:
    found, _ = ranked_with()

    told = {item["params"].get("competency"): item for item in found["advice"]}  # type: ignore[attr-defined]
    assert next(iter(told)) == "PER-CV"
    for need in NEEDS:
        _, changed = ranked_with(competencies={need.competency: need.level})
        if need.competency not in told:
            assert changed["score"] <= found["score"] + 1e-6  # type: ignore[operator]
            continue
        item = told[need.competency]
        assert item["score"] == pytest.approx(changed["score"], abs=1e-9)
        assert item["score"] > found["score"]
        assert item["band"] == changed["band"]
    _, changed = ranked_with(sectors=("textile",))
    assert told[None]["score"] == pytest.approx(changed["score"], abs=1e-9)


def test_what_does_not_raise_the_score_is_no_advice() -> None:
    known = estimate([Rating("mentor", 2)]).at_least
    asked = problem("P1", FABRIC, requirements=[Requirement("PER-CV", 3, 2)])
    offered = team("T1", FABRIC, sectors=["textile"], estimates={"PER-CV": known})

    result = pipeline().run([asked], [offered], explain_top=1)

    assert result.explanations["P1", "T1"]["advice"] == []


BODIES = [
    ["We bake bread.", "We find weaving defects on fabric rolls.", "Our cameras hang above."],
    ["Find weaving defects with cameras.", "We sing.", "Fabric rolls pass the line above."],
    ["We inspect fabric.", "We find defects on rolls above the line.", "A weaving shop."],
]


@pytest.mark.parametrize("lines", BODIES)
def test_the_sentences_shown_are_those_the_score_would_fall_most_without(lines: list[str]) -> None:
    made = pipeline()
    asked = problem("P1", FABRIC, sectors=["textile"])
    offered = team("T1", works=[" ".join(lines)], sectors=["textile"])
    result = made.run([asked], [offered], explain_top=1)
    score = next(iter(result)).score

    fall = {}
    for line in lines:
        rest = team(
            "T1", works=[" ".join(other for other in lines if other != line)], sectors=["textile"]
        )
        again = made.run([asked], [rest], reference=result.reference)
        fall[line] = score - next(iter(again)).score

    shown = result.explanations["P1", "T1"]["sentences"]
    expected = sorted((line for line in lines if fall[line] > 1e-9), key=lambda line: -fall[line])
    assert expected
    assert [pair["team"] for pair in shown] == expected
    assert [pair["effect"] for pair in shown] == pytest.approx([fall[line] for line in expected])


def test_over_the_sample_programme_parts_add_up_and_advice_raises() -> None:
    asked = [r.to_document() for _, r in read("problems") if isinstance(r, ProblemRecord)]
    offered = [r.to_document() for _, r in read("teams") if isinstance(r, TeamRecord)]

    result = pipeline().run(asked, offered[::4], explain_top=5)

    assert len(result.explanations) > 100
    for found in result.explanations.values():
        total = sum(part["contribution"] for part in found["parts"])
        assert total == pytest.approx(found["score"], abs=1e-9)
        assert all(item["score"] > found["score"] for item in found["advice"])
