"""Files that must be refused, and some that must not, each made anew."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def encrypted_zip() -> bytes:
    """A ZIP whose one entry says that it is protected by a password."""
    content = bytearray(zipped({"a.csv": "1,2"}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= 1
    return bytes(content)


def picture(form: str = "JPEG", *, size: tuple[int, int] = (60, 40), orientation: int = 1) -> bytes:
    """A picture that says which camera took it and where."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[1] = "N"
    buffer = io.BytesIO()
    options = {"comment": b"SecretCamera"} if form == "GIF" else {"exif": exif}
    Image.new("RGB", size, "red").save(buffer, form, **options)
    return buffer.getvalue()


def document() -> bytes:
    """A Word file that names its author."""
    core = "<cp:coreProperties>SecretAuthor</cp:coreProperties>"
    body = "<w:document>hello</w:document>"
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": body}
    return zipped({**parts, "docProps/core.xml": core})


def pdf(*, author: str = "", script: str = "", embedded: bool = False, password: str = "") -> bytes:
    """A PDF of one blank page, with what is asked for in it."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if author:
        writer.add_metadata({"/Author": author})
    if script:
        action = DictionaryObject(
            {
                NameObject("/S"): NameObject("/JavaScript"),
                NameObject("/JS"): TextStringObject(script),
            }
        )
        writer.root_object[NameObject("/OpenAction")] = action
    if embedded:
        writer.add_attachment("run.exe", b"MZ")
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


PROGRAM = b"MZ\x90\x00" + bytes(60) + b"PE\x00\x00" + bytes(200)
ELF = b"\x7fELF\x02\x01\x01" + bytes(80)

#: Name, content and what the refusal says, for everything that must not come in.
REFUSED = {
    "empty": ("data.csv", b"", "is empty (0 bytes)"),
    "program": ("setup.exe", PROGRAM, "is a program, a script or a web page"),
    "program as pdf": ("report.pdf", PROGRAM, "is a program, a script or a web page"),
    "program as picture": ("photo.jpg", ELF, "is a program, a script or a web page"),
    "program as table": ("table.csv", PROGRAM, "is a program, a script or a web page"),
    "reversed name": ("invoice\u202efdp.exe", PROGRAM, "is a program, a script or a web page"),
    "script": ("read.txt", b"#!/bin/sh\nrm -rf /\n", "is a program, a script or a web page"),
    "web page": ("page.txt", b"<!DOCTYPE html><script>x</script>", "a script or a web page"),
    "drawing with script": ("logo.svg", b"<svg onload='x'/>", "a script or a web page"),
    "unknown": ("data.xyz", b"1,2,3", "is of a kind that is not taken"),
    "no extension": ("README", b"hello", "is of a kind that is not taken"),
    "text as picture": ("photo.png", b"hello", "is not what its name says"),
    "picture as pdf": ("scan.pdf", picture(), "is not what its name says"),
    "binary as text": ("notes.txt", bytes(range(256)) * 4, "is not what its name says"),
    "cut picture": ("photo.jpg", picture(size=(400, 400))[:300], "is damaged"),
    "cut pdf": ("plan.pdf", b"%PDF-1.7\nnothing", "is damaged"),
    "pdf with files": ("plan.pdf", pdf(embedded=True), "holds other files inside"),
    "locked pdf": ("plan.pdf", pdf(password="x"), "is protected by a password"),
    "zip bomb": ("data.zip", zipped({"zeros": bytes(30_000_000)}), "would unpack to far more"),
    "nested zip": ("data.zip", zipped({"in.zip": zipped({"a": "b"})}), "holds another archive"),
    "hidden nested zip": (
        "data.zip",
        zipped({"in.dat": zipped({"a": "b"})}),
        "holds another archive",
    ),
    "crowded zip": (
        "data.zip",
        zipped({f"{n}": "" for n in range(10_001)}),
        "holds more than 10000 files",
    ),
    "program in zip": ("data.zip", zipped({"x/run.exe": "x"}), "holds “x/run.exe”, a program"),
    "hidden program in zip": ("data.zip", zipped({"run.dat": PROGRAM}), "holds “run.dat”"),
    "outside zip": ("data.zip", zipped({"../../etc/passwd": "x"}), "points outside the archive"),
    "locked zip": ("data.zip", encrypted_zip(), "is protected by a password"),
    "cut zip": ("data.zip", zipped({"a": "b" * 500})[:60], "is damaged"),
    "macros": (
        "table.xlsx",
        zipped({"[Content_Types].xml": "", "xl/vbaProject.bin": "x"}),
        "has macros",
    ),
    "zip as word": ("letter.docx", zipped({"a": "b"}), "is not what its name says"),
    "bomb as word": (
        "letter.docx",
        zipped({"[Content_Types].xml": "", "word/document.xml": bytes(30_000_000)}),
        "would unpack to far more",
    ),
}
