"""The difference of two texts says exactly what both of them say."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.web.text_difference import parts

TEXTS = st.text(alphabet="每天三千支 screws\n，a1。x", max_size=60)


def joined(found, *operations):
    return "".join(text for operation, text in found if operation in operations)


@given(TEXTS, TEXTS)
def test_same_and_removed_make_the_old_text_same_and_added_the_new(old, new):
    found = parts(old, new)
    assert joined(found, "same", "removed") == old
    assert joined(found, "same", "added") == new
    assert all(text for _operation, text in found)
    assert all(a[0] != b[0] for a, b in pairwise(found))


@given(TEXTS)
def test_equal_texts_differ_nowhere(text):
    assert parts(text, text) == ([("same", text)] if text else [])


def test_chinese_is_compared_by_character_and_english_by_word():
    assert parts("每小時檢查三千支", "每小時檢查四千支") == [
        ("same", "每小時檢查"),
        ("removed", "三"),
        ("added", "四"),
        ("same", "千支"),
    ]
    assert parts("It misses 1 in 50.", "It misses one in fifty.") == [
        ("same", "It misses "),
        ("removed", "1"),
        ("added", "one"),
        ("same", " in "),
        ("removed", "50"),
        ("added", "fifty"),
        ("same", "."),
    ]
    assert parts("檢出率 95%", "檢出率 97.5%") == [
        ("same", "檢出率 "),
        ("removed", "95"),
        ("added", "97.5"),
        ("same", "%"),
    ]


def test_a_changed_paragraph_leaves_the_others_alone():
    old, new = "first line\nsecond\nthird\n", "first line\nSECOND\nthird\n"
    assert parts(old, new) == [
        ("same", "first line\n"),
        ("removed", "second"),
        ("added", "SECOND"),
        ("same", "\nthird\n"),
    ]


def test_a_long_replaced_text_is_shown_whole():
    old, new = "甲" * 20_000, "乙" * 20_000
    assert parts(old, new) == [("removed", old), ("added", new)]
    many, others = "x\n" * 9_000, "y\n" * 9_000
    assert joined(parts(many, others), "removed") == many
