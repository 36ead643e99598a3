"""What no programme should be given, and what comes of it; docs/matching.md has the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matchmaker.competency import Lexicon, load_lexicon
from matchmaker.matching import (
    CachedEncoder,
    HashingEncoder,
    MatchPipeline,
    MemoryVectorCache,
    ModelUnusable,
    Reason,
    Text,
    make_encoder,
    problem_document,
)
from tests.unit.matching.builders import FABRIC, SALES, pipeline, problem, team

THIRD = {
    "Japanese": "布地の欠陥をカメラで検出したい。人手の検査では見逃しが多く、AI を使いたい。",
    "Thai": "ตรวจหาข้อบกพร่องบนผ้าด้วยกล้อง AI และ PCB",
    "Korean": "원단의 결함을 카메라로 찾는다",
    "Russian": "Найти дефекты ткани с помощью AI",
}


def spoilt(*vector: float) -> CachedEncoder:
    encoder = CachedEncoder(HashingEncoder(4), MemoryVectorCache())
    encoder.cache.put_many({encoder.key("a"): np.array(vector, np.float32)})
    return encoder


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(ModelUnusable):
        spoilt(1, 0, 0).encode(["a", "b"])


def test_vectors_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ModelUnusable, match="no numbers"):
        spoilt(1, float("nan"), 0, 0).encode(["a"])


def test_vectors_of_another_model_are_never_asked_for() -> None:
    cache = MemoryVectorCache()
    CachedEncoder(HashingEncoder(4), cache).encode(["a"])
    other = CachedEncoder(HashingEncoder(8), cache)

    other.encode(["a"])

    assert (other.n_encoded, other.n_reused) == (1, 0)


@pytest.mark.parametrize("language", THIRD)
def test_a_third_language_is_not_ranked_on_noise(language: str) -> None:
    asked = problem_document("P1", [Text("", THIRD[language], None)])

    result = pipeline().run([asked], [team("T1", FABRIC), team("T2", "以相機檢查布料瑕疵")])

    assert len(result) == 0
    assert [(e.problem_id, e.reason) for e in result.exclusions] == [("P1", Reason.NO_TEXT)]


def test_a_quoted_term_of_a_third_language_leaves_a_text_readable() -> None:
    asked = problem("P1", f"{FABRIC} (織物の検査) as our Japanese customer calls it")

    assert len(pipeline().run([asked], [team("T1", FABRIC)])) == 1


def test_a_text_that_is_empty_after_masking_is_said_to_be() -> None:
    asked = problem("P1", "王小明 ai@example.com", names=["王小明"])

    (found,) = pipeline().run([asked], [team("T1", FABRIC)]).exclusions

    assert (found.problem_id, found.reason) == ("P1", Reason.NO_TEXT)


def test_ten_thousand_documents_in_one_team() -> None:
    crowd = team("T1", works=[f"{FABRIC} {number}" for number in range(10_000)])

    result = pipeline().run([problem()], [crowd, team("T2", SALES)])

    assert [pair.team_id for pair in result] == ["T1", "T2"]


def test_a_document_of_a_megabyte() -> None:
    long = team("T1", works=[(FABRIC + ". ") * (1_000_000 // len(FABRIC))])

    result = pipeline().run([problem()], [long, team("T2", SALES)])

    assert [pair.team_id for pair in result] == ["T1", "T2"]


def test_identical_teams_tie_in_the_order_of_their_ids() -> None:
    result = pipeline().run([problem()], [team(f"T{n}", FABRIC) for n in (3, 1, 2)])

    assert [pair.team_id for pair in result] == ["T1", "T2", "T3"]
    assert len({pair.score for pair in result}) == 1


def test_no_problem_and_one_team() -> None:
    assert len(pipeline().run([], [team("T1", FABRIC)])) == 0
    assert len(pipeline().run([problem()], [])) == 0
    (pair,) = pipeline().run([problem()], [team("T1", FABRIC)])
    assert pair.rank == 1


def test_a_dictionary_file_widens_the_lexicon(tmp_path: Path) -> None:
    file = tmp_path / "cedict.u8"
    file.write_text("# CC-CEDICT\n蕁麻 荨麻 [qian2 ma2] /nettle/\n", encoding="utf-8")

    assert "nettle" in load_lexicon((), file).gloss("蕁麻")
    assert "nettle" not in load_lexicon().gloss("蕁麻")


def test_without_a_bridge_nothing_is_ranked_and_that_is_said() -> None:
    blind = pipeline(lexicon=Lexicon([("貓", ("cat",))]))

    result = blind.run([problem("P1", "甲乙丙丁戊己")], [team("T1", "qq ww")])

    assert len(result) == 0
    assert [e.reason for e in result.exclusions] == [Reason.NO_LANGUAGE_BRIDGE]


def test_a_multilingual_model_turns_glossing_off() -> None:
    made = MatchPipeline(encoder=make_encoder("hashing", multilingual=True))

    asked = problem("P1", "以相機檢查布料瑕疵")
    result = made.run([asked], [team("T1", "以相機檢查布料")])

    assert result.config["reads_chinese"] is True
    assert made.encoder.n_encoded == 2
    assert made.encoder.key(asked.document.forms[0].full) in made.encoder.cache.get_many(
        [made.encoder.key(asked.document.forms[0].full)]
    )
