"""The check asks what tells most, ends when it should, and notices bad questions."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.competency.diagnosis import Case, densities, estimate
from matchmaker.competency.evidence import Curve, Rating
from matchmaker.competency.parameters import parameters
from matchmaker.competency.quiz import (
    Asked,
    Item,
    Words,
    expected_gains,
    group_difference,
    health,
    next_item,
    quiz_bank,
    read_item,
)
from matchmaker.competency.taxonomy import load_taxonomy


def item(number: int, difficulty: float, slope: float = 1.5) -> Item:
    options = tuple(Words(f"option {n}", f"選項{n}") for n in range(4))
    return Item(
        id=f"Q{number}",
        competency="FND-ML",
        level=2,
        curve=Curve(slope, difficulty, 0.25, 0.97),
        stem=Words("What now?", "接下來？"),
        options=options,
        key=1,
        rationale=Words("Because.", "因為。"),
    )


ITEMS = [item(n, difficulty) for n, difficulty in enumerate(np.linspace(0, 4, 12))]


@given(st.lists(st.floats(0.001, 1), min_size=101, max_size=101))
@settings(max_examples=50, deadline=None)
def test_no_question_makes_less_known_on_average(weights):
    density = np.array(weights) / sum(weights)

    assert min(expected_gains(density, ITEMS)) > -1e-12


def test_a_sharper_question_tells_more():
    (density,) = densities([Case([])])

    blunt, sharp = expected_gains(density, [item(1, 1.5, 0.8), item(2, 1.5, 1.8)])

    assert sharp > blunt > 0


def test_the_next_question_is_one_of_the_three_that_tell_most():
    (density,) = densities([Case([])])
    gains = expected_gains(density, ITEMS)
    best = {ITEMS[row].id for row in np.argsort(gains)[-3:]}

    drawn = {next_item([], ITEMS, rng=random.Random(seed)).id for seed in range(40)}

    assert drawn == best


def test_questions_asked_of_many_are_drawn_less():
    rng = random.Random(1)
    (density,) = densities([Case([])])
    first = ITEMS[int(np.argmax(expected_gains(density, ITEMS)))].id

    drawn = Counter(next_item([], ITEMS, exposures={first: 99}, rng=rng).id for _ in range(200))

    assert drawn[first] < 10


def test_a_check_has_five_questions_and_ends_by_eight():
    evidence, asked, rng = [], [], random.Random(0)
    while found := next_item(evidence, ITEMS, asked=asked, rng=rng):
        asked.append(found.id)
        evidence.append(found.answer(found.key if len(asked) % 2 else 0))

    assert 5 <= len(asked) <= 8
    assert len(set(asked)) == len(asked)


def test_a_check_ends_early_only_when_no_question_is_left():
    asked = [found.id for found in ITEMS[:-1]]

    assert next_item([], ITEMS[-1:], asked=[], rng=random.Random(0)) == ITEMS[-1]
    assert next_item([], ITEMS[:4], asked=asked[:4], rng=random.Random(0)) is None


def test_right_answers_lead_to_a_confirmed_level():
    answers = [found.answer(found.key) for found in ITEMS[4:12]]

    found = estimate(answers)

    assert found.confirmed >= 3
    assert found.sd < 0.75


def test_options_are_shuffled_the_same_way_for_the_same_check():
    orders = {ITEMS[0].order(f"check {n}") for n in range(50)}

    assert ITEMS[0].order("a") == ITEMS[0].order("a")
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    assert len(orders) > 10


def answered(share_right: float, n: int = 100, group: str = "", level: float = 2.0) -> list[Asked]:
    rng = random.Random(f"{share_right}{group}")
    return [
        Asked(
            1 if rng.random() < share_right else rng.choice([0, 2, 3]),
            level + rng.gauss(0, 1),
            group,
        )
        for _ in range(n)
    ]


def test_a_new_question_has_no_flags():
    assert health(ITEMS[5], answered(0.1, 10)).flags == ()
    assert health(ITEMS[5], []).n == 0


def test_a_question_that_all_get_wrong_does_not_fit():
    found = health(item(1, 0.5), answered(0.1))

    assert "misfit" in found.flags
    assert found.difficulty > 0.5


def test_a_question_that_the_able_get_wrong_is_noticed():
    answers = [Asked(1 if n % 5 < 2 else 0, 4.0 - n % 5, "") for n in range(100)]
    turned = [replace(asked, chosen=0 if asked.chosen else 1) for asked in answers]

    assert health(item(1, 2.5), answers).discrimination > 0.5
    assert "reversed" in health(item(1, 2.5), turned).flags
    assert "unused_options" in health(item(1, 2.5), answers).flags


def test_a_question_that_is_harder_in_one_language_is_noticed():
    fair = answered(0.7, 300, "en") + answered(0.7, 300, "zh")
    unfair = answered(0.8, 300, "en") + answered(0.4, 300, "zh")

    assert abs(group_difference(ITEMS[5], fair, "en", "zh")) < 1
    assert group_difference(ITEMS[5], unfair, "en", "zh") < -1.5
    assert np.isnan(group_difference(ITEMS[5], fair[:20], "en", "zh"))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"key": 4}, "the key has to be"),
        (
            {
                "options": [
                    {"en": "a", "zh": "甲"},
                    {"en": "a", "zh": "乙"},
                    {"en": "c", "zh": "丙"},
                ]
            },
            "the same",
        ),
        ({"stem": {"en": "Why?", "zh": ""}}, "missing in one language"),
    ],
)
def test_a_bad_question_is_refused(change, match):
    row = {
        "id": "QZ-1",
        "competency": "FND-ML",
        "level": 2,
        "a": 1.5,
        "beta": 1.75,
        "c": 0.25,
        "d": 0.97,
        "stem": {"en": "What?", "zh": "什麼？"},
        "options": [{"en": t, "zh": z} for t, z in zip("abcd", "甲乙丙丁", strict=True)],
        "key": 0,
        "rationale": {"en": "So.", "zh": "故。"},
    }

    assert read_item(row).key == 0
    with pytest.raises(ValueError, match=match):
        read_item(row | change)


def test_the_bank_asks_about_competencies_of_the_framework():
    known = load_taxonomy().competencies

    for found in quiz_bank().values():
        assert found.competency in known
        assert found.id.startswith(f"QZ-{found.competency}-{found.level}-")
        assert found.curve.difficulty == pytest.approx(found.level - 0.25)
        assert found.curve.floor == pytest.approx(1 / len(found.options))


def test_a_self_rating_alone_confirms_nothing_but_a_check_does():
    said = [Rating("self_anchored", 4)]

    assert estimate(said).confirmed == 0
    assert estimate([*said, *(found.answer(found.key) for found in ITEMS[2:7])]).confirmed >= 1
    assert parameters().quiz.retest_days == 30


def test_the_bank_is_large_and_balanced_enough():
    bank = list(quiz_bank().values())
    by_competency = Counter(found.competency for found in bank)
    keys = Counter(found.key for found in bank)

    assert len(bank) >= 235
    assert (
        min(by_competency[name] for name in load_taxonomy().competencies)
        >= parameters().quiz.length
    )
    assert {found.level for found in bank} == {1, 2, 3, 4}
    assert max(keys.values()) - min(keys.values()) <= len(bank) / 20


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_length_does_not_give_the_key_away(lang):
    bank = list(quiz_bank().values())
    lengths = [[len(option.label(lang)) for option in found.options] for found in bank]
    keys = [found.key for found in bank]
    longest = sum(row[key] == max(row) for row, key in zip(lengths, keys, strict=True))
    shortest = sum(
        row[key] == min(row) and row.count(min(row)) == 1
        for row, key in zip(lengths, keys, strict=True)
    )

    assert longest <= len(bank) / 3
    assert shortest <= len(bank) / 3
