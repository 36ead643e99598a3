from __future__ import annotations

import dataclasses

import pytest

from matchmaker.competency import UnknownConcept, load_taxonomy, resolve_sector
from matchmaker.competency.taxonomy import sector_similarity


def test_every_reference_in_the_framework_resolves() -> None:
    taxonomy = load_taxonomy()
    concepts = {*taxonomy.competencies, *taxonomy.sectors}

    named = {c.domain for c in taxonomy.competencies.values()}
    needed = {need.competency for p in taxonomy.patterns.values() for need in p.requires}
    expected = {c for role in taxonomy.roles.values() for c in role.levels}
    hinted = {c for tool in taxonomy.tools for c in tool.concepts}
    cued = {c for cue in taxonomy.cues for c in cue.concepts}

    assert named == set(taxonomy.domains)
    assert (needed | expected | hinted) <= concepts
    assert cued <= concepts | set(taxonomy.patterns)


def test_levels_run_from_nothing_shown_to_five() -> None:
    assert [level.level for level in load_taxonomy().levels] == [0, 1, 2, 3, 4, 5]


def test_labels_come_in_the_language_asked_for() -> None:
    vision = load_taxonomy().competency("PER-CV")

    assert vision.label("en") == "Computer vision"
    assert vision.label("zh_Hant_TW") == vision.label("zh") == "電腦視覺"


def test_the_framework_cannot_be_changed_by_accident() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_taxonomy().competency("PER-CV").en = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        load_taxonomy().competencies["X"] = None  # type: ignore[index]


def test_an_unknown_id_names_the_closest_ones() -> None:
    with pytest.raises(UnknownConcept, match="PER-CV"):
        load_taxonomy().competency("PER-CVV")


def test_a_sector_is_a_concept_but_no_competency() -> None:
    taxonomy = load_taxonomy()

    assert taxonomy.concept("IND-FOD").label("en") == "Food & beverage processing"
    with pytest.raises(UnknownConcept):
        taxonomy.competency("IND-FOD")


@pytest.mark.parametrize(
    ("word", "sector"),
    [
        ("food", "IND-FOD"),
        ("IND-FOD", "IND-FOD"),
        ("食品", "IND-FOD"),
        ("食品加工", "IND-FOD"),
        ("Aquaculture", "IND-AGR"),
        ("養殖", "IND-AGR"),
        ("养殖", "IND-AGR"),
        ("long-term care", "IND-LTC"),
        ("longtermcare", "IND-LTC"),
        ("unheard of", None),
        ("", None),
        (None, None),
    ],
)
def test_resolve_sector(word: str | None, sector: str | None) -> None:
    assert resolve_sector(word) == sector


def test_sector_similarity_is_symmetric_and_graded() -> None:
    assert sector_similarity("livestock", "livestock") == 1.0
    assert sector_similarity("livestock", "aquaculture") == 0.5
    assert sector_similarity("IND-AGR", "aquaculture") == 1.0
    assert sector_similarity("aquaculture", "IND-AGR") == 1.0
    assert sector_similarity("livestock", "retail") == 0.0
    assert sector_similarity("one thing", "another") == 0.0
    assert sector_similarity("one thing", "One Thing") == 1.0
