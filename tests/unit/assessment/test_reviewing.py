"""Harsh and lenient readers evened out, disagreement, the third reader; rubrics as data."""

from __future__ import annotations

import copy
import itertools
import random

import numpy as np
import pytest

from matchmaker.assessment.review_rubric import (
    parse_review_rubric,
    review_rubric_faults,
    shipped_review_rubric,
)
from matchmaker.assessment.reviewing import Reading, adjust, apart, needs_another
from matchmaker.assessment.rubric import BadRubric
from matchmaker.matching.redaction import redact


def reading(application, reviewer, total, points=None, recommends=None):
    return Reading(application, reviewer, points or {}, total, recommends)


def test_a_strict_reader_costs_nobody_their_place():
    """Twenty applications of known quality, read by two of five people each, one of them strict."""
    chance = random.Random(7)
    strictness = dict(zip("abcde", (-18, -4, 0, 6, 12), strict=True))
    quality = {n: 30 + 2 * n for n in range(20)}
    pairs = list(itertools.combinations("abcde", 2))
    readings = [
        reading(n, who, quality[n] + strictness[who] + chance.uniform(-3, 3))
        for n in quality
        for who in pairs[n % len(pairs)]
    ]

    found = adjust(readings)

    truth = list(quality.values())
    raw = np.corrcoef(truth, [found.raw[n] for n in quality])[0, 1]
    adjusted = np.corrcoef(truth, [found.adjusted[n] for n in quality])[0, 1]
    assert adjusted > 0.97 > 0.95 > raw
    assert sorted(found.strictness, key=found.strictness.get) == list("abcde")
    assert sum(found.strictness.values()) == pytest.approx(0, abs=0.01)


def test_nobody_is_called_strict_for_having_read_weak_applications():
    readings = [reading("good", "a", 90), reading("weak", "b", 20)]

    found = adjust(readings)

    assert found.strictness == {"a": 0, "b": 0}
    assert found.adjusted == found.raw == {"good": 90, "weak": 20}


def test_the_order_of_readings_changes_nothing_and_few_readings_are_believed_little():
    readings = [
        reading(n, who, 50 + 7 * n - 3 * j) for n in range(3) for j, who in enumerate("xyz")
    ]
    shuffled = readings[::-1]
    random.Random(1).shuffle(shuffled)

    assert adjust(readings) == adjust(shuffled)
    once = adjust([reading(1, "a", 80), reading(1, "b", 60)]).strictness["a"]
    often = adjust([reading(n, w, t) for n in range(9) for w, t in (("a", 80), ("b", 60))])
    assert 0 < once < often.strictness["a"] < 10


def test_adjusted_scores_stay_within_the_scale_and_odd_input_is_refused():
    everywhere = [reading(n, w, t) for n in range(9) for w, t in (("kind", 100), ("strict", 0))]

    found = adjust([*everywhere, reading("top", "strict", 99)])

    assert found.adjusted["top"] == 100
    assert adjust([]).raw == {}
    with pytest.raises(ValueError, match="twice"):
        adjust([reading(1, "a", 5), reading(1, "a", 6)])
    with pytest.raises(ValueError, match="above zero"):
        adjust([], prior_readings=0)


@pytest.mark.parametrize(
    ("totals", "verdicts", "third"),
    [
        ((80, 61), (True, True), False),
        ((80, 60), (True, True), True),
        ((70, 70), (True, False), True),
        ((70, 70), (True, None), False),
        ((80,), (True,), False),
        ((80, 20, 50), (True, False, True), False),
    ],
)
def test_a_third_reader_is_needed_exactly_where_two_contradict(totals, verdicts, third):
    readings = [
        reading(1, n, t, recommends=v)
        for n, (t, v) in enumerate(zip(totals, verdicts, strict=True))
    ]

    assert needs_another(readings) is third


def test_what_readers_disagree_on_is_named():
    one = reading(1, "a", 70, {"RV1": 4, "RV2": 2}, True)
    two = reading(1, "b", 45, {"RV1": 1, "RV2": 3}, False)

    found = apart([one, two])

    assert (found.totals, found.criteria, found.verdicts, found.spread) == (
        True,
        ("RV1",),
        True,
        25,
    )
    assert not apart([one])


def faulty(change):
    data = copy.deepcopy(dict(shipped_review_rubric()))
    change(data["criteria"])
    return data


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        (lambda rows: rows[0].update(weight=19), {"criteria"}),
        (lambda rows: rows[0].update(weight=0), {"RV1.weight", "criteria"}),
        (lambda rows: rows[1].update(zh=" "), {"RV2.zh"}),
        (lambda rows: rows[1]["anchors"].pop("2"), {"RV2.2.zh", "RV2.2.en"}),
        (lambda rows: rows[1]["anchors"]["4"].update(en="x" * 501), {"RV2.4.en"}),
        (lambda rows: rows.clear(), {"criteria"}),
    ],
)
def test_faults_of_a_rubric_stand_where_they_are(change, paths):
    data = faulty(change)

    assert {fault.path for fault in review_rubric_faults(data)} == paths
    with pytest.raises(BadRubric):
        parse_review_rubric(data)


def test_a_rubric_makes_a_total_of_points_and_weights():
    rubric = parse_review_rubric(shipped_review_rubric())

    assert rubric.total({"RV1": 4, "RV2": 0, "RV3": 2, "RV4": 4, "RV5": 0}) == 45
    assert review_rubric_faults({"criteria": [{"id": "RV1"}]})[0].path == "criteria"


def test_a_text_tells_nobody_who_wrote_it():
    text = (
        "我們是零次方科技（ＡＣＭＥ），來自國立臺灣科技大學，由王小明與小明的同學主持。"
        "請見 https://acme.example.com/x、acme.ai/us 或 Wang@Acme.com；電話 02-2345-6789。"
        "我們用 node.js 與 model.py，準確率 98.5%，在台中工廠試作。"
    )

    shown = redact(text, ["零次方科技股份有限公司", "ACME Co., Ltd."], ["王小明"])

    hidden = ("零次方", "ACME", "Acme", "acme", "臺灣科技大學", "小明", "http", "2345", "@")
    assert [word for word in hidden if word in shown] == []
    for kept in ("node.js", "model.py", "98.5%", "台中工廠試作"):
        assert kept in shown
    english = redact("Chen Wei-Ming and Mark lead; we mark parts", [], ["Wei-Ming Chen", "Mark Li"])
    assert english == "[hidden] and [hidden] lead; we mark parts"
