"""What ships can be read, stays as it was, and says everything in both languages."""

from __future__ import annotations

import hashlib
import json

import pytest

from matchmaker.assessment.rubric import BadRubric, parse_rubric
from matchmaker.assessment.rubric_edit import changed, differences, parts
from matchmaker.assessment.shipped import (
    UnknownRubric,
    shipped_data,
    shipped_rubric,
    shipped_versions,
)

#: Decisions were made under these: a changed rubric ships as a new version, never in place.
FINGERPRINTS = {
    ("grading", "1"): "c1bbac33800dac89",
    ("readiness", "1"): "5e45b0ed8e5ee60d",
    ("screening", "1"): "8dbc4f2e26622ce7",
}


def fingerprint(kind: str, version: str) -> str:
    text = json.dumps(dict(shipped_data()[kind, version]), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_what_shipped_once_never_changes():
    assert {key: fingerprint(*key) for key in FINGERPRINTS} == FINGERPRINTS
    assert {kind for kind, _ in shipped_data()} == {"grading", "readiness", "screening"}


def test_unknown_kinds_and_versions():
    for kind, version in (("grading", "9"), ("nothing", "1"), ("nothing", None)):
        with pytest.raises(UnknownRubric, match="There is no"):
            shipped_rubric(kind, version)
    assert shipped_versions("nothing") == ()


def test_the_screening_rubric_has_the_models_numbers():
    rubric = shipped_rubric("screening")

    assert [c.weight for c in rubric.criteria.values()] == [20, 10, 20, 15, 15, 10, 10]
    assert (rubric.list_from, rubric.coach_from, rubric.coaching_rounds) == (65, 45, 2)
    assert [(g.criterion, g.minimum) for g in rubric.gates] == [
        ("SC1", 1),
        ("SC3", 1),
        ("SC5", 2),
        ("SC6", 1),
        ("SC7", 2),
    ]


def test_the_grading_rubric_has_the_models_numbers():
    rubric = shipped_rubric("grading")

    assert [c.weight for c in rubric.criteria.values()] == [20, 20, 15, 10, 15, 10, 10]
    assert [g.minimum for g in rubric.grades.values()] == [0, 30, 50, 70]
    assert [(c.id, c.minimum, c.factor) for c in rubric.value_classes] == [
        ("A", 28, 1.25),
        ("B", 18, 1.0),
        ("C", 0, 0.75),
    ]


def test_the_readiness_rubric_has_five_sides_of_four():
    rubric = shipped_rubric("readiness")

    sides = [item.dimension for item in rubric.items.values()]
    assert {side: sides.count(side) for side in rubric.dimensions} == dict.fromkeys("NDTWO", 4)
    assert [(s.minimum, s.cap, s.supported_cap) for s in rubric.stages.values()] == [
        (0, "G1", "G1"),
        (25, "G2", "G2"),
        (50, "G3", "G4"),
        (75, "G4", "G4"),
    ]


@pytest.mark.parametrize("kind", ["grading", "readiness", "screening"])
def test_every_part_can_be_changed_and_the_change_is_seen(kind):
    data = shipped_data()[kind, "1"]
    for part in parts(data):
        other = "G1" if part.kind == "grade" and part.value != "G1" else "G2"
        value = part.value + 1 if part.kind == "number" else other
        if part.value == value:
            continue
        after = changed(data, {part.path: value})
        assert [(c.path, c.before, c.after) for c in differences(data, after)] == [
            (part.path, part.value, value)
        ]
    assert differences(data, data) == ()


def test_only_parts_can_be_changed():
    data = shipped_data()["grading", "1"]
    for path in ("kind", "version", "criteria.DF1.id", "floors.data.facts.data_band", "x"):
        with pytest.raises(KeyError, match=path):
            changed(data, {path: "y"})


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"kind": "grading"},
        {"kind": "screening", "criteria": None},
        {**shipped_data()["grading", "1"], "grades": [{"id": "G1"}]},
        {**shipped_data()["readiness", "1"], "stages": []},
        {**shipped_data()["screening", "1"], "list_from": "many"},
    ],
)
def test_a_broken_rubric_is_named_not_a_crash(broken):
    with pytest.raises(BadRubric, match="This rubric cannot be used"):
        parse_rubric(broken)
