"""What files are refused, and what is taken out of those that are kept."""

from __future__ import annotations

import io
import struct

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from matchmaker.errors import InvalidInput
from matchmaker.services import file_cleaning
from matchmaker.services.file_cleaning import prepare
from matchmaker.services.file_kinds import BY_EXTENSION, safe_name
from tests import bad_files


def kept(content: bytes, name: str) -> tuple[bytes, file_cleaning.Prepared]:
    with prepare(io.BytesIO(content), name) as prepared:
        found = prepared.file.read()
        assert prepared.size == len(found)
        return found, prepared


@pytest.mark.parametrize("case", bad_files.REFUSED)
def test_bad_files_are_refused_in_words(case):
    name, content, words = bad_files.REFUSED[case]

    with pytest.raises(InvalidInput) as refusal, prepare(io.BytesIO(content), name):
        pass

    assert words in str(refusal.value.fields["file"][0])


def test_bomb_is_refused_without_unpacking(monkeypatch):
    name, content, _words = bad_files.REFUSED["zip bomb"]
    monkeypatch.setattr("zipfile.ZipFile.open", lambda *_: pytest.fail("something was unpacked"))

    with pytest.raises(InvalidInput), prepare(io.BytesIO(content), name):
        pass


def test_endless_directory_is_refused_before_it_is_read(monkeypatch):
    content = bytearray(bad_files.zipped({"a": "b"}))
    place = content.rindex(b"PK\x05\x06")
    struct.pack_into("<I", content, place + 12, 0x7FFFFFFF)
    monkeypatch.setattr("zipfile.ZipFile.__init__", lambda *_, **__: pytest.fail("it was read"))

    with pytest.raises(InvalidInput) as refusal, prepare(io.BytesIO(bytes(content)), "a.zip"):
        pass

    assert "a directory that is far too long" in str(refusal.value.fields["file"][0])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_pictures_lose_camera_and_place(form):
    content = bad_files.picture(form)
    assert b"SecretCamera" in content

    found, prepared = kept(content, f"photo.{form.lower()}")

    assert b"SecretCamera" not in found
    assert dict(Image.open(io.BytesIO(found)).getexif()) in ({}, TIFF_BASICS(found))
    assert Image.open(io.BytesIO(found)).size == (60, 40)
    assert (prepared.has_text, prepared.removed) == (False, ["image"])


def TIFF_BASICS(content: bytes) -> dict:  # noqa: N802 -- the tags a TIFF cannot do without
    if not content.startswith((b"II", b"MM")):
        return {}
    tags = dict(Image.open(io.BytesIO(content)).getexif())
    assert 0x010F not in tags
    assert 0x8825 not in tags
    return tags


def test_picture_is_turned_before_its_orientation_goes():
    found, _prepared = kept(bad_files.picture(orientation=6), "photo.jpg")

    assert Image.open(io.BytesIO(found)).size == (40, 60)


def test_upright_jpeg_keeps_its_points():
    content = bad_files.picture()
    found, _prepared = kept(content, "photo.jpg")

    assert Image.open(io.BytesIO(found)).tobytes() == Image.open(io.BytesIO(content)).tobytes()


def test_moving_picture_keeps_its_frames():
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue", "green")]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=50)

    found, _prepared = kept(buffer.getvalue(), "line.gif")

    assert Image.open(io.BytesIO(found)).n_frames == 3


def test_picture_with_too_many_points_is_refused_before_it_is_decoded(monkeypatch):
    content = bad_files.picture("PNG")
    monkeypatch.setattr(file_cleaning, "MAX_PIXELS", 100)
    monkeypatch.setattr("PIL.Image.Image.load", lambda *_: pytest.fail("it was decoded"))

    with pytest.raises(InvalidInput) as refusal, prepare(io.BytesIO(content), "big.png"):
        pass

    assert "million points" in str(refusal.value.fields["file"][0])


def test_office_files_lose_their_author():
    book = openpyxl.Workbook()
    book.properties.creator = "SecretAuthor"
    book.active["A1"] = "kept"
    buffer = io.BytesIO()
    book.save(buffer)

    found, prepared = kept(buffer.getvalue(), "table.xlsx")

    again = openpyxl.load_workbook(io.BytesIO(found))
    assert again.properties.creator != "SecretAuthor"
    assert again.active["A1"].value == "kept"
    assert prepared.removed == ["office"]
    assert b"SecretAuthor" not in kept(bad_files.document(), "letter.docx")[0]


def test_pdf_loses_author_and_scripts():
    found, prepared = kept(bad_files.pdf(author="SecretAuthor", script="app.alert(1)"), "a.pdf")

    assert b"SecretAuthor" not in found
    assert b"app.alert" not in found
    assert len(PdfReader(io.BytesIO(found)).pages) == 1
    assert prepared.removed == ["pdf", "pdf_script"]
    assert prepared.has_text is False


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("溫度.csv", "時間,溫度\n1,2\n".encode("big5")),
        ("溫度.csv", "時間,溫度\n1,2\n".encode()),
        ("溫度.csv", "時間,溫度\n".encode("utf-16")),
        ("mz.csv", b"MZ,intensity\n1,2\n"),
        ("rows.jsonl", b'{"a": 1}\n'),
        ("t.parquet", b"PAR1" + bytes(20) + b"PAR1"),
        ("data.zip", bad_files.zipped({"a.csv": "1,2", "b/c.docx": bad_files.document()})),
    ],
)
def test_honest_files_are_kept_as_they_are(name, content):
    found, prepared = kept(content, name)

    assert found == content
    assert (prepared.name, prepared.removed) == (name, [])


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\plan.PDF", "plan.pdf"),
        ("a\u202egpj.csv", "agpj.csv"),
        ('<b>"x".csv', "_b__x_.csv"),
        (".csv", "csv"),
        ("", "file"),
        ("字" * 300 + ".csv", "字" * 146 + ".csv"),
    ],
)
def test_names_are_made_safe(given_name, name):
    assert safe_name(given_name) == name


@given(st.text(max_size=300))
def test_no_name_leads_anywhere(name):
    safe = safe_name(name)

    assert safe == safe_name(safe)
    assert 0 < len(safe) <= 150
    assert not set(safe) & set('/\\<>:"|?*\x00\n\r\u202e')
    assert safe not in (".", "..")


@given(st.binary(max_size=400), st.sampled_from(sorted(BY_EXTENSION)))
def test_any_bytes_are_kept_or_refused_in_words(content, extension):
    refusals = []
    try:
        with prepare(io.BytesIO(content), f"file{extension}") as prepared:
            assert prepared.size > 0
    except InvalidInput as refusal:
        refusals = list(refusal.fields)

    assert refusals in ([], ["file"])
