from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.competency import BadDictionary, Lexicon, load_lexicon, parse_terms, read_terms
from matchmaker.competency.dictionary import read_cedict
from matchmaker.competency.lexicon import shipped_entries

CEDICT = """# CC-CEDICT
麵包 面包 [mian4 bao1] /bread/CL:片[pian4],袋[dai4]/
李 李 [Li3] /surname Li/
李 李 [li3] /plum (fruit)/
台 台 [tai2] /variant of 臺|台[tai2]/
結帳 结账 [jie2 zhang4] /to settle the bill; to check out/
"""


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon(
        [
            ("影像", ("image",)),
            ("影像辨識", ("image recognition", "picture recognition")),
            ("AI晶片", ("AI chip",)),
            ("的", ()),
            ("瑕疵", ("defect", "flaw")),
        ]
    )


def test_the_longest_word_wins(lexicon: Lexicon) -> None:
    assert lexicon.gloss("影像辨識的瑕疵") == "image recognition defect"


def test_latin_words_stay_in_place(lexicon: Lexicon) -> None:
    assert lexicon.gloss("以 YOLOv8 找瑕疵 (RAG)") == "yolov8 defect rag"


def test_simplified_text_reads_the_same(lexicon: Lexicon) -> None:
    assert lexicon.gloss("影像辨识") == lexicon.gloss("影像辨識")


def test_a_mixed_word_is_not_found_inside_a_latin_one(lexicon: Lexicon) -> None:
    assert lexicon.gloss("AI晶片") == "AI chip"
    assert lexicon.gloss("OpenAI晶片") == "openai"


def test_glosses_gives_every_sense(lexicon: Lexicon) -> None:
    assert lexicon.glosses("瑕疵的影像") == "defect flaw image"


def test_coverage_counts_characters_and_names_the_unknown(lexicon: Lexicon) -> None:
    report = lexicon.coverage("的瑕疵貓 ok")

    assert (report.n_characters, report.n_known) == (4, 3)
    assert report.unknown == ("猫",)
    assert report.share == 0.75
    assert lexicon.coverage("only English").share == 1.0


@given(st.text(alphabet="影像辨識的瑕疵貓 aZ9.、\n", max_size=60))
def test_segments_lose_no_chinese(text: str) -> None:
    known = Lexicon([("影像", ("image",)), ("瑕疵", ("defect",))])

    segmented = "".join(s.surface for s in known.segment(text) if s.is_han)

    assert len(segmented) == sum("\u4e00" <= c <= "\u9fff" for c in text)


def test_the_first_of_two_entries_counts() -> None:
    assert Lexicon([("模型", ("model",)), ("模型", ("mould",))]).gloss("模型") == "model"


def test_the_fingerprint_follows_the_entries() -> None:
    one = Lexicon([("模型", ("model",))])
    same = Lexicon([("模型", ("model",))])
    other = Lexicon([("模型", ("mould",))])

    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_terms_of_the_operator_win() -> None:
    terms = tuple(parse_terms(["瑕疵\tblemish in leather"]))

    assert load_lexicon(terms).gloss("瑕疵") == "blemish in leather"
    assert load_lexicon().gloss("瑕疵") != "blemish in leather"


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("瑕疵檢測", "defect"),
        ("軟體", "software"),
        ("软件", "software"),
        ("預測維護", "predictive maintenance"),
        ("長照", "care"),
        ("養殖", "aquaculture"),
        ("單據", "document"),
    ],
)
def test_the_shipped_lexicon_knows_the_trade(chinese: str, english: str) -> None:
    senses = " ".join(load_lexicon().senses(chinese)).lower()

    assert english in senses


def test_the_shipped_lexicon_covers_plain_industry_text() -> None:
    text = "我們每天用人工檢查三千件鋁合金零件的外觀，希望用相機自動找出刮痕，並把結果傳回 MES。"

    assert load_lexicon().coverage(text).share > 0.9


def test_every_shipped_entry_can_be_read() -> None:
    entries = shipped_entries()

    assert len(entries) > 10_000
    assert all(word and not any("\t" in sense for sense in senses) for word, senses in entries)


def test_terms_need_two_columns() -> None:
    with pytest.raises(BadDictionary, match="line 3"):
        list(parse_terms(["# comment", "瑕疵\tdefect", "no translation"]))


def test_read_terms_accepts_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "terms.tsv"
    path.write_text("\ufeff瑕疵\tdefect; flaw\n的\t-\n", encoding="utf-8")

    assert list(read_terms(path)) == [("瑕疵", ("defect", "flaw")), ("的", ())]


@pytest.mark.parametrize("suffix", [".txt", ".txt.gz"])
def test_cedict_is_read_plain_or_packed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cedict{suffix}"
    content = CEDICT.encode()
    path.write_bytes(gzip.compress(content) if suffix.endswith("gz") else content)

    entries = dict(reversed(list(read_cedict(path))))

    assert entries["麵包"] == entries["面包"] == ("bread",)
    assert entries["李"] == ("plum",)
    assert entries["结账"] == ("settle the bill", "check out")
    assert "台" not in entries


def test_a_dictionary_only_adds(tmp_path: Path) -> None:
    path = tmp_path / "cedict.txt"
    path.write_text(
        "瑕疵 瑕疵 [xia2 ci1] /blemish/\n麒麟 麒麟 [qi2 lin2] /qilin/\n", encoding="utf-8"
    )

    lexicon = load_lexicon(dictionary=path)

    assert lexicon.gloss("麒麟") == "qilin"
    assert lexicon.gloss("瑕疵") == load_lexicon().gloss("瑕疵")


@pytest.mark.parametrize("content", [b"", b"nothing like it", b"\xff\xfe\x00"])
def test_a_file_that_is_no_dictionary_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cedict.txt"
    path.write_bytes(content)

    with pytest.raises(BadDictionary, match=r"cedict\.txt"):
        load_lexicon(dictionary=path)


def test_a_missing_dictionary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDictionary):
        load_lexicon(dictionary=tmp_path / "none.u8")
