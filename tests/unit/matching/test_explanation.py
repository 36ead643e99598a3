from __future__ import annotations

import json

import pytest

from matchmaker.competency import Requirement, load_taxonomy
from matchmaker.matching import render_message, team_document
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


def test_advice_names_what_is_not_shown_must_haves_first() -> None:
    found = explained()

    first = found["advice"][0]  # type: ignore[index]
    assert first["params"]["competency"] in ("FND-DL", "SYS-EDG")
    assert any("8 to 12" in item["message"] for item in found["advice"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", ["en", "zh_Hant_TW"])
def test_every_message_can_be_put_into_words(lang: str) -> None:
    found = explained()

    items = [*found["reasons"], *found["advice"]]  # type: ignore[misc]
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
