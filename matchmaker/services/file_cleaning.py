"""Take out of files what their owners do not mean to hand over: places, cameras, authors.

What is done, and what is not:
- pictures are written anew without EXIF, XMP, IPTC and comments, turned as the camera held them;
- Word, Excel, PowerPoint and OpenDocument lose author, last editor and company; names in comments,
  in tracked changes and in pictures inside stay;
- PDF loses its document information, XMP and scripts; what is drawn on the pages stays, and a PDF
  that holds other files is refused, because those would go unchecked;
- archives, tables, sound and video are kept as they came.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from matchmaker.i18n import N_
from matchmaker.services.file_archives import check_archive
from matchmaker.services.file_kinds import Kind, kind_of, refused, safe_name

MAX_PIXELS = 100_000_000
MAX_PICTURE_FRAMES = 200
READ_PAGES = 5
LEAST_LETTERS = 30
SPOOLED = 1024 * 1024

#: What stands in an Office file in place of what it said about people.
_NO_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_NO_APP = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_NO_CUSTOM = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
)
_NO_META = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-meta '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"><office:meta/>'
    "</office:document-meta>"
)
_BLANK_PARTS = {
    "docProps/core.xml": _NO_CORE,
    "docProps/app.xml": _NO_APP,
    "docProps/custom.xml": _NO_CUSTOM,
    "meta.xml": _NO_META,
}


@dataclass
class Prepared:
    """A file that was checked and cleaned; `file` stands at its beginning."""

    name: str
    kind: Kind
    file: BinaryIO
    size: int
    has_text: bool | None
    removed: list[str]


@contextmanager
def prepare(source: BinaryIO, name: str) -> Iterator[Prepared]:
    """Check and clean what was uploaded as *name*; raises `InvalidInput` with what is wrong."""
    name = safe_name(name)
    kind = kind_of(name, source)
    source.seek(0)
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED) as temporary:
        target = cast(BinaryIO, temporary)
        file, has_text, removed = _CLEANERS[kind.family](name, kind, source, target)
        size = file.seek(0, 2)
        file.seek(0)
        yield Prepared(name, kind, file, size, has_text, removed)


#: What is kept, whether it has words, what was taken out of it.
Cleaned = tuple[BinaryIO, bool | None, list[str]]


def _damaged(name: str) -> Exception:
    return refused(
        N_("%(name)s is damaged and cannot be opened. Make it again, then attach it."), name=name
    )


def _as_it_is(name: str, kind: Kind, source: BinaryIO, target: BinaryIO) -> Cleaned:
    return source, True if kind.family == "text" else None, []


def _archive(name: str, kind: Kind, source: BinaryIO, target: BinaryIO) -> Cleaned:
    check_archive(name, kind, source)
    return source, None, []


def _office(name: str, kind: Kind, source: BinaryIO, target: BinaryIO) -> Cleaned:
    check_archive(name, kind, source)
    try:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
            for entry in old.infolist():
                _copy_part(old, new, entry)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise _damaged(name) from error
    return target, True, ["office"]


def _copy_part(old: zipfile.ZipFile, new: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    info = zipfile.ZipInfo(entry.filename)  # Of the old one only the name: it has a time and more.
    info.compress_type = entry.compress_type
    if entry.filename in _BLANK_PARTS:
        new.writestr(info, _BLANK_PARTS[entry.filename])
        return
    with old.open(entry) as part, new.open(info, "w", force_zip64=entry.file_size > 2**31) as copy:
        shutil.copyfileobj(part, copy)


def _image(name: str, kind: Kind, source: BinaryIO, target: BinaryIO) -> Cleaned:
    from PIL import Image  # Only uploads need it.

    Image.MAX_IMAGE_PIXELS = None  # Asked below, with a message of ours.
    try:
        with Image.open(source) as image:
            frames = getattr(image, "n_frames", 1)
            if frames > MAX_PICTURE_FRAMES or image.width * image.height * frames > MAX_PIXELS:
                text = N_(
                    "%(name)s has more than %(max)s million points. Make the picture smaller, or "
                    "attach it inside a ZIP."
                )
                raise refused(text, name=name, max=MAX_PIXELS // 1_000_000)
            _save_bare(image, kind, target)
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError) as error:
        raise _damaged(name) from error
    return target, False, ["image"]


def _save_bare(image: Any, kind: Kind, target: BinaryIO) -> None:
    """Write the picture with nothing but its points and colours."""
    from PIL import ImageOps, ImageSequence

    colours = {"icc_profile": image.info["icc_profile"]} if "icc_profile" in image.info else {}
    motion = {key: image.info[key] for key in ("duration", "loop") if key in image.info}
    if kind.code == "jpeg" and image.format == "JPEG" and image.getexif().get(0x112, 1) == 1:
        image.info = {}
        image.save(target, "JPEG", quality="keep", **colours)
        return
    frames = [_bare(ImageOps.exif_transpose(frame)) for frame in ImageSequence.Iterator(image)]
    if kind.code == "jpeg":
        frames[0].save(target, "JPEG", quality=95, **colours)
    elif len(frames) == 1:
        frames[0].save(target, kind.code.upper(), **colours)
    else:
        frames[0].save(
            target, kind.code.upper(), save_all=True, append_images=frames[1:], **colours, **motion
        )


def _bare(frame: Any) -> Any:
    bare = frame.copy()
    bare.info = {key: frame.info[key] for key in ("transparency",) if key in frame.info}
    bare.getexif().clear()
    return bare


def _pdf(name: str, kind: Kind, source: BinaryIO, target: BinaryIO) -> Cleaned:
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(source)
        if reader.is_encrypted:
            text = N_(
                "%(name)s is protected by a password, so nobody can check it. Attach it without "
                "one: the data room decides who may open it."
            )
            raise refused(text, name=name)
        _refuse_embedded(name, reader)
        has_text = _has_words(reader)
        writer = PdfWriter(clone_from=reader)
        removed = ["pdf", *_drop_scripts(writer)]
        writer.metadata = None
        writer.xmp_metadata = None
        writer.compress_identical_objects()  # What nothing refers to any more is left out.
        writer.write(target)
    except (
        PyPdfError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise _damaged(name) from error
    return target, has_text, removed


def _refuse_embedded(name: str, reader: Any) -> None:
    if list(reader.attachments):
        text = N_(
            "%(name)s holds other files inside. They cannot be checked there: attach each one by "
            "itself."
        )
        raise refused(text, name=name)


def _drop_scripts(writer: Any) -> list[str]:
    """Take out what would run when the document is opened."""
    root, found = writer.root_object, False
    for key in ("/OpenAction", "/AA"):
        found = root.pop(key, None) is not None or found
    names = root.get("/Names")
    if names is not None:
        found = names.get_object().pop("/JavaScript", None) is not None or found
    return ["pdf_script"] if found else []


def _has_words(reader: Any) -> bool:
    """Whether the first pages have letters that a program can read."""
    letters = 0
    for page in reader.pages[:READ_PAGES]:
        letters += sum(sign.isalnum() for sign in page.extract_text() or "")
        if letters >= LEAST_LETTERS:
            return True
    return False


_CLEANERS: dict[str, Callable[[str, Kind, BinaryIO, BinaryIO], Cleaned]] = {
    "image": _image,
    "pdf": _pdf,
    "office": _office,
    "open_office": _office,
    "archive": _archive,
    "text": _as_it_is,
    "binary": _as_it_is,
}
