"""Parts, rules about who may apply, and near copies, as the libraries read them."""

from __future__ import annotations

import pytest

from matchmaker.assessment import near_copies
from matchmaker.assessment.application_eligibility import (
    DEFAULT_RULES,
    Facts,
    Rule,
    check,
    read_rules,
    rule_faults,
    write_rules,
)
from matchmaker.assessment.application_parts import (
    DEFAULT_PARTS,
    Part,
    faults_of,
    read_parts,
    too_long,
    write_parts,
)
from matchmaker.assessment.application_parts import (
    rule_faults as part_faults,
)

KNOWN = {"grades": ["G1", "G2"], "team_kinds": ["student", "startup"], "countries": ["TW", "JP"]}
THREE = Facts(
    grade="G2",
    team_kind="student",
    has_organization=False,
    countries=("TW", "TW", "JP"),
    students=1,
)


def test_what_is_shipped_is_without_fault_and_survives_being_kept():
    known = {**KNOWN, "team_kinds": ["student"]}
    assert rule_faults(DEFAULT_RULES, known) == []
    assert read_rules(write_rules(DEFAULT_RULES)) == DEFAULT_RULES
    assert part_faults(DEFAULT_PARTS) == []
    assert read_parts(write_parts(DEFAULT_PARTS)) == DEFAULT_PARTS


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        (Rule(kind="team_size", least=3, most=3), True),
        (Rule(kind="team_size", least=4), False),
        (Rule(kind="team_size", most=2), False),
        (Rule(kind="student_share", least=33), True),
        (Rule(kind="student_share", least=34), False),
        (Rule(kind="country_share", least=67, values=("TW",)), False),
        (Rule(kind="country_share", least=100, values=("TW", "JP")), True),
        (Rule(kind="country_share", most=20, values=("JP",)), False),
        (Rule(kind="team_kind", values=("startup",)), False),
        (Rule(kind="organization"), False),
    ],
)
def test_each_kind_of_rule(rule, met):
    assert [verdict.met for verdict in check([rule], THREE)] == [met]


def test_a_rule_says_nothing_of_what_it_does_not_apply_to():
    rules = [
        Rule(kind="team_size", least=9, grades=("G1",)),
        Rule(kind="team_size", least=9, team_kinds=("startup",)),
    ]
    assert check(rules, THREE) == []


def test_nobody_named_is_no_share_and_no_fault_of_the_program():
    nobody = Facts(grade=None, team_kind="x", has_organization=True, countries=(), students=0)
    assert [v.met for v in check([Rule(kind="student_share", least=1)], nobody)] == [False]


def test_parts_by_length_and_amount():
    parts = [
        Part(id="idea", zh="構想", en="Idea", least=3, most=5),
        Part(id="price", zh="報價", en="Price", kind="amount", required=False, most=1_000),
    ]
    texts = ({"idea": "一二三"}, {"idea": "一二"}, {"idea": "x" * 6, "price": "soon"}, {})
    assert [sorted(faults_of(parts, text)) for text in texts] == [
        [],
        ["idea"],
        ["idea", "price"],
        ["idea"],
    ]
    assert faults_of(parts, {"idea": "abc", "price": "１，０００"}) == {}
    assert faults_of(parts, {"idea": "abc", "price": "1,001"}) != {}
    assert list(too_long(parts, {"idea": "x" * 1_001})) == ["idea"]


CHINESE = "我們在每條產線裝一臺相機，拍下每一個零件，再用小模型判斷有沒有刮傷，最後由老師傅確認。"


def test_near_copies_in_both_languages_and_what_is_quoted_does_not_count():
    other = "另外我們也會提供訓練課程與操作手冊。"
    runs = near_copies.runs_of(CHINESE)
    assert near_copies.likeness(runs, near_copies.runs_of(CHINESE + other)) == 1.0
    assert near_copies.likeness(runs, near_copies.runs_of(other)) == 0.0
    assert len(near_copies.without(runs, near_copies.runs_of(CHINESE))) == 0
    assert near_copies.likeness(near_copies.runs_of("short"), runs) == 0.0


def test_a_sketch_finds_what_is_worth_counting_among_many():
    texts = {number: f"第{number}隊的提案。" * 3 + CHINESE[:number] * 20 for number in range(1, 40)}
    longer = " ".join(f"word{number} of the plan" for number in range(400))
    texts |= {100: longer, 101: longer.replace("word3", "term3")}
    sketches = {
        id_: near_copies.sketch_of(near_copies.runs_of(text)) for id_, text in texts.items()
    }
    found = near_copies.worth_counting(
        sketches[100], {i: s for i, s in sketches.items() if i != 100}
    )
    assert 101 in found
    copies = near_copies.near_copies(
        near_copies.runs_of(longer), {i: near_copies.runs_of(texts[i]) for i in found}
    )
    assert [copy.id for copy in copies] == [101]
    assert near_copies.alike_parts({"a": longer, "b": "x"}, {"a": longer}) == {"a": 1.0}
