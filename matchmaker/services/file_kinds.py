"""The kinds of file that may be attached, each told by what is in it and not by its name alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

import puremagic

from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_, Message
from matchmaker.texts import clean_line

HEAD_BYTES = 16 * 1024
MAX_NAME = 150


@dataclass(frozen=True)
class Kind:
    """One kind: its extensions, what a browser is told, and how it is looked at."""

    code: str
    extensions: tuple[str, ...]
    media_type: str
    #: How it is checked and cleaned: image, pdf, office, open_office, archive, text, binary.
    family: str


KINDS = {
    kind.code: kind
    for kind in (
        Kind("pdf", (".pdf",), "application/pdf", "pdf"),
        Kind("jpeg", (".jpg", ".jpeg"), "image/jpeg", "image"),
        Kind("png", (".png",), "image/png", "image"),
        Kind("gif", (".gif",), "image/gif", "image"),
        Kind("webp", (".webp",), "image/webp", "image"),
        Kind("tiff", (".tif", ".tiff"), "image/tiff", "image"),
        Kind(
            "docx",
            (".docx",),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "office",
        ),
        Kind(
            "xlsx",
            (".xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "office",
        ),
        Kind(
            "pptx",
            (".pptx",),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "office",
        ),
        Kind("odt", (".odt",), "application/vnd.oasis.opendocument.text", "open_office"),
        Kind("ods", (".ods",), "application/vnd.oasis.opendocument.spreadsheet", "open_office"),
        Kind("odp", (".odp",), "application/vnd.oasis.opendocument.presentation", "open_office"),
        Kind("zip", (".zip",), "application/zip", "archive"),
        Kind("csv", (".csv", ".tsv"), "text/csv", "text"),
        Kind("text", (".txt", ".md"), "text/plain", "text"),
        Kind("json", (".json", ".jsonl"), "application/json", "text"),
        Kind("parquet", (".parquet",), "application/vnd.apache.parquet", "binary"),
        Kind("wav", (".wav",), "audio/wav", "binary"),
        Kind("mp4", (".mp4",), "video/mp4", "binary"),
    )
}
BY_EXTENSION = {extension: kind for kind in KINDS.values() for extension in kind.extensions}
ZIPPED = {"office", "open_office", "archive"}

#: What is taken out of files before they are kept.
REMOVALS = {
    "image": N_("Place, time and camera were taken out of the picture"),
    "office": N_("Author, company and last editor were taken out"),
    "pdf": N_("Author, title and program were taken out"),
    "pdf_script": N_("Scripts were taken out"),
}

#: How programs begin, whatever they are called; PureMagic names no extension for some of them.
PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"L\x00\x00\x00\x01\x14\x02\x00",
    b"dex\n",
    b"\x00asm",
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Extensions of what runs, or what a browser would run.
ACTIVE = _words(
    ".exe .dll .scr .com .msi .bat .cmd .ps1 .vbs .js .jse .wsf .hta .jar .class .app .apk .elf .so "
    ".sh .py .pl .php .lnk .reg .cpl .iso .img .html .htm .xhtml .svg .swf .docm .xlsm .pptm"
)
#: Extensions of what holds other files.
CONTAINERS = _words(".zip .7z .rar .gz .tgz .bz2 .xz .zst .tar .cab .ar .lzh .arj .z")
_RESERVED = re.compile(r'[<>:"/\\|?*]')
_MARKUP = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype|html|svg|script)", re.I
)


def refused(text: str, **params: object) -> InvalidInput:
    """A file that is not taken, with what is wrong and what to do."""
    return InvalidInput(fields={"file": [Message(text, dict(params))]})


def safe_name(name: str) -> str:
    """*name* as it is kept and offered: no path, no signs that a system or a reader is misled by."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    base = _RESERVED.sub("_", clean_line(base)).strip(" .")
    path = PurePosixPath(base or "file")
    return path.stem[: MAX_NAME - len(path.suffix)].strip(" .") + path.suffix.lower()


def kind_of(name: str, source: BinaryIO) -> Kind:
    """The kind that name and content agree on; anything else is refused."""
    kind = BY_EXTENSION.get(PurePosixPath(name).suffix.lower())
    source.seek(0)
    head = source.read(HEAD_BYTES)
    if not head:
        raise refused(N_("%(name)s is empty (0 bytes). Choose the file again."), name=name)
    if kind is None:
        raise _unknown(name)
    if is_active(head, is_text=kind.family == "text"):
        raise _disguised(name)
    if not _agrees(kind, head, source):
        text = N_(
            "%(name)s is not what its name says: its content is not that of a %(kind)s file. "
            "Save it again in the program it comes from, then attach it."
        )
        raise refused(text, name=name, kind=kind.code.upper())
    return kind


def _unknown(name: str) -> InvalidInput:
    if PurePosixPath(name).suffix.lower() in ACTIVE:
        return _disguised(name)
    text = N_(
        "%(name)s is of a kind that is not taken. Use PDF, Word, Excel or PowerPoint (docx, xlsx, "
        "pptx), OpenDocument, pictures, CSV, text, JSON, Parquet, WAV, MP4, or a ZIP of these."
    )
    return refused(text, name=name)


def _disguised(name: str) -> InvalidInput:
    text = N_(
        "%(name)s is a program, a script or a web page. Such files are not taken, whatever they "
        "are called: they could harm whoever opens them."
    )
    return refused(text, name=name)


def is_active(head: bytes, *, is_text: bool = False) -> bool:
    """Whether a file that begins with *head* would run, here or in a browser."""
    if head.startswith(b"#!") or _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return True
    # A table may well begin with the letters MZ; a program has bytes that no text has.
    return head.startswith(PROGRAMS) and (not is_text or b"\x00" in head)


def _agrees(kind: Kind, head: bytes, source: BinaryIO) -> bool:
    if kind.family == "text":
        return is_text(head)
    if kind.code == "parquet":
        source.seek(-4, 2)
        return head.startswith(b"PAR1") and source.read(4) == b"PAR1"
    found = extensions_of(head)
    return bool(found & {".zip"} if kind.family in ZIPPED else found & set(kind.extensions))


def extensions_of(head: bytes) -> set[str]:
    """The extensions that content beginning with *head* may have."""
    if head.startswith(b"PK\x03\x04"):
        return {".zip"}
    try:
        return {match.extension for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def is_text(head: bytes) -> bool:
    """Whether *head* is text, in an encoding that is in use in Taiwan."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True  # UTF-16, as Excel saves "Unicode text".
    if b"\x00" in head:
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "big5hkscs", "cp950", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    for cut in range(4):  # The head may end in the middle of a character.
        try:
            text = head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        odd = sum(not sign.isprintable() and sign not in "\t\r\n\f\ufeff" for sign in text)
        return odd <= len(text) // 100
    return False
