"""Look into zipped files without unpacking them: bombs, programs and archives within are refused."""

from __future__ import annotations

import struct
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO

from matchmaker.i18n import N_
from matchmaker.services.file_kinds import (
    ACTIVE,
    CONTAINERS,
    HEAD_BYTES,
    Kind,
    extensions_of,
    is_active,
    refused,
)

MAX_ENTRIES = 10_000
#: Unpacked, a file may be so many times as large as packed; what is smaller than the floor is not asked.
MAX_RATIO = 100
RATIO_FLOOR = 10 * 1024 * 1024
MAX_UNPACKED = 2 * 1024**3
_END = struct.Struct("<4sHHHHIIH")
_END_SEARCH = 65_557
_IS_SYMLINK, _MODE_MASK = 0o120000, 0o170000


def check_archive(name: str, kind: Kind, source: BinaryIO) -> None:
    """Refuse *source* if what it holds is dangerous, as far as can be told from its directory and heads."""
    _check_directory(name, source)
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            _check_sizes(name, entries, source)
            for entry in entries:
                _check_name(name, entry)
                _check_head(name, kind, archive, entry)
            _check_shape(name, kind, archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise refused(
            N_("%(name)s is damaged and cannot be opened. Make it again, then attach it."),
            name=name,
        ) from error


def _check_directory(name: str, source: BinaryIO) -> None:
    """Refuse a directory too long to be read at all, before anything reads it."""
    size = source.seek(0, 2)
    source.seek(max(0, size - _END_SEARCH))
    tail = source.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise refused(
            N_("%(name)s is damaged and cannot be opened. Make it again, then attach it."),
            name=name,
        )
    *_, n_entries, directory_size, _offset, _comment = _END.unpack_from(tail, place)
    if n_entries > MAX_ENTRIES or directory_size > MAX_ENTRIES * 400:
        raise _too_many(name)


def _too_many(name: str) -> Exception:
    text = N_(
        "%(name)s holds more than %(max)s files, or a directory that is far too long. "
        "Put fewer files into one archive."
    )
    return refused(text, name=name, max=MAX_ENTRIES)


def _check_sizes(name: str, entries: list[zipfile.ZipInfo], source: BinaryIO) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _too_many(name)
    packed_size = source.seek(0, 2)
    unpacked = sum(entry.file_size for entry in entries)
    swollen = unpacked > RATIO_FLOOR and unpacked > MAX_RATIO * packed_size
    # Entries that share their packed bytes make a small file of a huge one.
    overlapping = sum(entry.compress_size for entry in entries) > packed_size
    if unpacked > MAX_UNPACKED or swollen or overlapping or any(map(_is_swollen, entries)):
        text = N_(
            "%(name)s would unpack to far more than it seems to hold. Such files are not taken: "
            "they can bring down the computer that opens them."
        )
        raise refused(text, name=name)


def _is_swollen(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_FLOOR and entry.file_size > MAX_RATIO * max(
        1, entry.compress_size
    )


def _check_name(name: str, entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    is_link = (entry.external_attr >> 16) & _MODE_MASK == _IS_SYMLINK
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or is_link:
        text = N_(
            "%(name)s holds “%(entry)s”, which points outside the archive. Make the archive again "
            "from plain files."
        )
        raise refused(text, name=name, entry=entry.filename[:80])
    if entry.flag_bits & 0x1:
        text = N_(
            "%(name)s is protected by a password, so nobody can check it. Attach it without one: "
            "the data room decides who may open it."
        )
        raise refused(text, name=name)


def _check_head(name: str, kind: Kind, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Programs, and archives within the archive, are told by name and by content."""
    if entry.is_dir() or entry.file_size == 0:
        return
    suffix = PurePosixPath(entry.filename).suffix.lower()
    with archive.open(entry) as file:
        head = file.read(HEAD_BYTES)
    if (suffix in ACTIVE and kind.family == "archive") or head.startswith(b"#!") or _runs(head):
        text = N_(
            "%(name)s holds “%(entry)s”, a program, a script or a web page. Take it out, then "
            "attach the rest."
        )
        raise refused(text, name=name, entry=entry.filename[:80])
    if kind.family == "archive" and (suffix in CONTAINERS or extensions_of(head) & CONTAINERS):
        if suffix in {".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"}:
            return
        text = N_(
            "%(name)s holds another archive, “%(entry)s”. Archives within archives cannot be "
            "checked: unpack it first."
        )
        raise refused(text, name=name, entry=entry.filename[:80])


def _runs(head: bytes) -> bool:
    return is_active(head, is_text=True) and not head.lstrip().startswith(b"<")


def _check_shape(name: str, kind: Kind, archive: zipfile.ZipFile) -> None:
    """An Office file has the parts of one, and no macros."""
    names = set(archive.namelist())
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        text = N_("%(name)s has macros. Save it without them (docx, xlsx, pptx), then attach it.")
        raise refused(text, name=name)
    fits = True
    if kind.family == "office":
        folder = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}[kind.code]
        fits = "[Content_Types].xml" in names and any(part.startswith(folder) for part in names)
    if kind.family == "open_office":
        fits = "mimetype" in names and archive.read("mimetype").strip() == kind.media_type.encode()
    if not fits:
        text = N_(
            "%(name)s is not what its name says: its content is not that of a %(kind)s file. "
            "Save it again in the program it comes from, then attach it."
        )
        raise refused(text, name=name, kind=kind.code.upper())
