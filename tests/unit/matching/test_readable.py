from __future__ import annotations

import pytest

from matchmaker.competency import Lexicon
from matchmaker.matching.readable import Reader, phrases, sentences, windows
from matchmaker.matching.types import Text


@pytest.fixture
def reader() -> Reader:
    return Reader(Lexicon([("瑕疵", ("defect",)), ("檢測", ("inspection",))]))


def test_english_is_read_as_it_is(reader: Reader) -> None:
    assert reader.passages(Text("Title", "body", "en")) == ("Title\nbody",)


def test_chinese_is_glossed(reader: Reader) -> None:
    assert reader.passages(Text("瑕疵", "檢測", "zh")) == ("defect inspection",)


def test_a_multilingual_model_reads_chinese_itself() -> None:
    assert Reader(None).passages(Text("", "瑕疵檢測", "zh")) == ("瑕疵檢測",)


def test_chinese_that_the_lexicon_does_not_know_is_not_readable(reader: Reader) -> None:
    unknown = Text("", "麒麟鳳凰龜鶴瑕疵", "zh")

    assert not reader.is_readable(unknown)
    assert reader.passages(unknown) == ()


def test_a_long_text_is_read_in_passages_of_equal_length(reader: Reader) -> None:
    words = [f"w{number}" for number in range(401)]

    found = reader.passages(Text("", " ".join(words), "en"))

    assert [len(passage.split()) for passage in found] == [134, 134, 133]
    assert " ".join(found).split() == words


def test_text_without_words_has_no_passage(reader: Reader) -> None:
    assert reader.passages(Text("", "", None)) == ()


def test_sentences_keep_numbers_whole() -> None:
    assert sentences("Accuracy is 0.95. 每天漏檢三件！\n短") == (
        "Accuracy is 0.95.",
        "每天漏檢三件！",
    )


def test_phrases_are_distinct_and_short() -> None:
    assert phrases("Python, SQL and Python; e.g. data pipelines") == (
        "Python",
        "SQL",
        "e.g",
        "data pipelines",
    )


def test_a_placeholder_for_a_name_is_no_phrase() -> None:
    assert phrases("Work at <ORGANIZATION> with <PERSON> on fraud detection") == (
        "Work at",
        "fraud detection",
    )


def test_windows_are_runs_of_words_within_a_phrase() -> None:
    assert windows(("large data pipelines", "SQL", "影像辨識")) == (
        "large data pipelines",
        "SQL",
        "影像辨識",
        "large data",
        "data pipelines",
    )


def test_windows_are_bounded() -> None:
    assert len(windows([" ".join(f"w{n}" for n in range(5000))])) == 120
