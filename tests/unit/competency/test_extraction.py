from __future__ import annotations

import pytest

from matchmaker.competency import (
    Source,
    extract_concepts,
    suggest_competencies,
    suggest_requirements,
    suggest_sectors,
    suggest_techniques,
)


def weights(text: str) -> dict[str, float]:
    return {concept.id: concept.weight for concept in extract_concepts(text)}


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("以電腦視覺判讀影像", "PER-CV"),
        ("computer vision for packaging", "PER-CV"),
        ("以物聯網感測器收集振動", "PER-SIG"),
        ("建置聊天機器人回答客戶", "LNG-DIA"),
        ("forecasting demand for spare parts", "DEC-PRD"),
        ("導入檢索增強生成", "LNG-KNW"),
        ("檢索增強生成讓知識庫可問答", "LNG-KNW"),
        ("员工排班的最佳化", "DEC-OPT"),
        ("de-identification of records", "TRU-PRV"),
    ],
)
def test_concepts_are_found_in_both_languages(text: str, concept: str) -> None:
    assert weights(text)[concept] >= 0.5


def test_simplified_and_traditional_text_give_the_same() -> None:
    assert weights("计算机视觉与语音辨识") == weights("計算機視覺與語音辨識")


def test_a_label_is_surer_than_an_alias_and_an_alias_than_a_cue() -> None:
    assert weights("Computer vision")["PER-CV"] == 1.0
    assert weights("object detection")["PER-CV"] == 0.9
    assert weights("a camera")["PER-CV"] == 0.5


def test_weak_hints_add_up_but_repeating_one_does_not() -> None:
    once = weights("a camera")["PER-CV"]
    twice = weights("a camera and a camera")["PER-CV"]
    two = weights("a camera sees a scratch")["PER-CV"]

    assert once == twice < two < 1.0


def test_the_longest_wording_counts_and_its_parts_do_not() -> None:
    surfaces = [m.surface for c in extract_concepts("影像辨識") for m in c.mentions]

    assert set(surfaces) == {"影像辨識"}


@pytest.mark.parametrize("text", ["supervision of staff", "外掛機器人氾濫", "a power transformer"])
def test_stop_phrases_mean_nothing(text: str) -> None:
    assert not {"PER-CV", "PER-ROB", "FND-DL"} & weights(text).keys()


@pytest.mark.parametrize(
    ("text", "concept", "is_found"),
    [
        ("a transformer in the yard", "FND-DL", False),
        ("a transformer language model", "FND-DL", True),
        ("GIS 設備", "PER-GEO", False),
        ("GIS 地圖 map 平台", "PER-GEO", True),
    ],
)
def test_ambiguous_words_need_company(text: str, concept: str, is_found: bool) -> None:
    assert (concept in weights(text)) is is_found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("不需語音辨識", False),
        ("無須使用語音辨識", False),
        ("非常需要語音辨識", True),
        ("without any speech recognition", False),
        ("with speech recognition", True),
    ],
)
def test_what_is_ruled_out_does_not_count(text: str, is_found: bool) -> None:
    assert ("PER-SPE" in weights(text)) is is_found


def test_latin_words_are_matched_whole_and_in_plural() -> None:
    assert "PER-ROB" in weights("two robots")
    assert "PER-ROB" not in weights("robotnik")


def test_mentions_point_into_the_text_as_written() -> None:
    text = "我們用 Computer-Vision 找刮痕"

    mention = next(c for c in extract_concepts(text) if c.id == "PER-CV").mentions[0]

    assert text[mention.start : mention.end] == mention.surface == "Computer-Vision"
    assert mention.source is Source.LABEL


def test_suggestions_leave_out_what_only_a_pattern_implies() -> None:
    suggested = {c.id for c in suggest_competencies("我們做過外觀檢測")}

    assert "TRU-PRV" not in suggested
    assert "FND-DL" not in suggested


def test_suggested_sectors_are_sectors_best_first() -> None:
    found = suggest_sectors("食品廠的烘焙產線", limit=2)

    assert found[0].id == "IND-FOD"
    assert all(concept.id.startswith("IND-") for concept in found)


def test_suggested_techniques_are_written_as_in_the_text() -> None:
    assert suggest_techniques("用 pytorch 訓練，以物件偵測找螺絲") == ("PyTorch", "物件偵測")


def test_a_pattern_brings_its_requirements_the_strictest_first() -> None:
    found = suggest_requirements("銀行要做詐欺偵測")

    importances = [item.requirement.importance for item in found]

    assert importances == sorted(importances, reverse=True)
    assert found[0].patterns == ("PT-FRD",)
    assert {"DEC-ANO", "FND-ML"} <= {
        item.requirement.competency for item in found if item.requirement.importance == 3
    }


def test_a_named_competency_without_a_pattern_should_be_there() -> None:
    found = suggest_requirements("需要強化學習")

    assert [(i.requirement.competency, i.requirement.importance) for i in found] == [("DEC-RL", 2)]


def test_nothing_is_found_in_nothing() -> None:
    assert extract_concepts("") == ()
    assert suggest_requirements("我們很高興") == ()
