from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.competency.text import detect_language, fold, fold_term, fold_with_positions


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("影像辨識", "影像辨识"),
        ("ＡＩ 晶片", "ai 晶片"),
        ("臺灣", "台灣"),
        ("Fine  Tuning", "fine tuning"),
    ],
)
def test_fold_makes_ways_of_writing_equal(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_fold_term_drops_blanks_beside_chinese_and_joins_hyphens() -> None:
    assert fold_term("AI 晶片") == "ai晶片"
    assert fold_term("fine-tuning") == fold_term("fine_tuning") == "fine tuning"


def test_positions_point_at_the_original_letters() -> None:
    text = "用 ＹＯＬＯ 做瑕疵-檢測"
    folded = fold_with_positions(text)

    start = folded.text.index("瑕疵")
    begin, end = folded.span(start, start + 2)

    assert text[begin:end] == "瑕疵"


@given(st.text(max_size=80))
def test_positions_rise_and_stay_inside_any_text(text: str) -> None:
    folded = fold_with_positions(text)

    assert len(folded.origin) == len(folded.text)
    assert list(folded.origin) == sorted(folded.origin)
    assert all(0 <= position < len(text) for position in folded.origin)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("以深度學習檢測瑕疵", "zh"),
        ("用 PyTorch 與 YOLO 做影像辨識", "zh"),
        ("We detect defects at 台中 plants with cameras and sensors", "en"),
        ("C", "en"),
        ("12 345 !?", None),
        ("", None),
    ],
)
def test_detect_language(text: str, lang: str | None) -> None:
    assert detect_language(text) == lang
