from __future__ import annotations

import dataclasses

import pytest

from matchmaker.matching import (
    Document,
    ProblemDocument,
    TeamDocument,
    Text,
    mask,
    problem_document,
    team_document,
)
from tests.unit.matching.builders import team, text


@pytest.mark.parametrize(
    "secret",
    [
        "ai.team+x@example.com.tw",
        "https://example.com/a?b=c",
        "www.example.com",
        "02-2345-6789",
        "0912-345-678",
        "0912345678",
        "+886 912 345 678",
        "+1 415 555 0100",
        "A123456789",
        "LINE ID: robin_88",
    ],
)
def test_contact_data_is_masked(secret: str) -> None:
    assert mask(f"請洽 {secret} 謝謝") == "請洽 謝謝"


@pytest.mark.parametrize(
    "harmless",
    ["YOLOv8 在 2024 年", "ISO 42001", "accuracy 0.95 at 30 fps", "GPT-4o", "3,000 件", "F1 = 0.8"],
)
def test_technical_figures_are_kept(harmless: str) -> None:
    assert mask(harmless) == harmless


def test_names_are_masked_whole_and_in_any_case() -> None:
    assert mask("AcmeVision builds; acmevision runs", ["AcmeVision"]) == "builds; runs"
    assert mask("Acme Corporation", ["Acme Co"]) == "Acme Corporation"
    assert mask("由零次方科技開發", ["零次方", "零次方科技"]) == "由 開發"


def test_control_characters_go() -> None:
    assert mask("a\x00b\x1fc") == "a b c"


def test_documents_have_no_place_for_personal_data() -> None:
    fields = {
        field.name
        for kind in (Text, Document, ProblemDocument, TeamDocument)
        for field in dataclasses.fields(kind)
    }

    assert not fields & {"name", "gender", "region", "email", "contact", "members", "phone"}


def test_masked_names_change_nothing() -> None:
    first = team_document("T1", [text("方舟智能 inspects fabric, mail a@b.tw")], names=["方舟智能"])
    second = team_document(
        "T1", [text("Li-Hua Chen inspects fabric, mail hello@c.tw")], names=["Li-Hua Chen"]
    )

    assert first.content_hash == second.content_hash


def test_techniques_become_part_of_the_profile_and_not_of_works() -> None:
    built = team_document(
        "T1", [text("We inspect")], [Document((text("A case"),), "work")], techniques=["YOLO"]
    )

    assert [document.forms[0].body for document in built.documents] == [
        "We inspect\nYOLO",
        "A case",
    ]


def test_texts_with_nothing_to_read_are_left_out() -> None:
    assert team("T1", "!!! 123", works=["", "a case"]).documents[0].forms[0].body == "a case"
    assert problem_document("P1", [text("  ")]).document.forms == ()


def test_both_languages_are_kept() -> None:
    built = problem_document("P1", [text("瑕疵檢測", "zh"), text("Defect inspection", "en")])

    assert [form.lang for form in built.document.forms] == ["zh", "en"]


def test_the_hash_follows_the_content() -> None:
    assert team("T1", "a b").content_hash == team("T1", "a b").content_hash
    assert team("T1", "a b").content_hash != team("T1", "a c").content_hash
    assert team("T1", "a").content_hash != team("T1", "a", competencies={"PER-CV": 3}).content_hash


def test_methods_do_not_make_a_text_of_a_language_in_which_nothing_was_written() -> None:
    texts = [Text("", "", None), Text("Fabric", "We inspect fabric", "en")]

    (form,) = problem_document("P1", texts, techniques=["OCR"]).document.forms

    assert form.full == "Fabric\nWe inspect fabric\nOCR"
    (alone,) = problem_document("P1", [Text("", "", None)] * 2, techniques=["OCR"]).document.forms
    assert alone.full == "OCR"
