"""The text that answers make."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.assessment.intake import Intake
from matchmaker.assessment.writing import build_data, build_text, language_of

ANSWERS = Intake(
    who="夜班照服員",
    today="每兩小時巡房。",
    metric="察覺跌倒的時間",
    target="一分鐘內",
    must_not="不裝攝影機。",
    mentor=True,
    site=True,
    data_amount="三個月的床墊感測",
    personal="deidentified",
)


def test_the_text_follows_the_order_a_reader_wants():
    assert build_text(ANSWERS, "zh") == (
        "現在怎麼處理\n每兩小時巡房。\n\n誰受影響\n夜班照服員\n\n"
        "目標\n衡量指標：察覺跌倒的時間\n目標數值：一分鐘內\n\n"
        "絕對不能發生的事\n不裝攝影機。\n\n我們提供\n有領域業師；提供試驗場域"
    )
    assert build_data(ANSWERS, "zh") == (
        "資料量：三個月的床墊感測\n資料裡認得出人嗎？有個資，已去識別化"
    )


def test_headings_are_in_the_language_asked_for():
    assert build_text(Intake(today="By hand."), "en") == "What happens today\nBy hand."
    assert (
        build_data(Intake(access="ready"), "en") == "When could a team work with the data? At once"
    )


def test_no_answers_make_no_text():
    assert (build_text(Intake(), "zh"), build_data(Intake(), "en"), language_of(Intake())) == (
        "",
        "",
        None,
    )


def test_the_language_is_that_of_most_answers():
    assert language_of(Intake(today="人工檢查", metric="recall")) == "zh"
    assert language_of(Intake(today="We check all of it by hand", helpers="品管")) == "en"
    assert language_of(Intake(today="안녕하세요")) is None


@given(st.text(min_size=1).map(str.strip).filter(bool), st.sampled_from(["zh", "en"]))
def test_whatever_was_said_stands_in_the_text_word_for_word(said, language):
    assert said in build_text(Intake(better=said), language)
    assert said in build_data(Intake(data_gaps=said), language)
