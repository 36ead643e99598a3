"""Where the bytes of attachments are kept: by their content, never under a name that people chose."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from matchmaker.settings import Settings

CHUNK = 1024 * 1024
KEY = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Stored:
    """Content that is kept: its key is the SHA-256 of its bytes."""

    key: str
    size: int


class Files(Protocol):
    """Keeps content by its SHA-256; the same content is kept once."""

    def put(self, source: BinaryIO) -> Stored: ...
    def open(self, key: str) -> BinaryIO: ...
    def remove(self, key: str) -> None: ...
    def kept(self) -> Iterator[tuple[str, datetime]]: ...


class FolderFiles:
    """A folder: written beside its place, synced, then renamed, so that no half file is ever found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, source: BinaryIO) -> Stored:
        """Keep everything from where *source* stands; a megabyte at a time in memory."""
        incoming = self.folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        part = incoming / f"{uuid.uuid4().hex}.part"
        try:
            stored = _write(part, source)
            target = self.path(stored.key)
            target.parent.mkdir(parents=True, exist_ok=True)
            # Renaming over the same content is harmless, and makes it young again for the sweep.
            os.replace(part, target)
            _sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)
        return stored

    def open(self, key: str) -> BinaryIO:
        """The content of *key*; raises `FileNotFoundError` if it is not there."""
        return self.path(key).open("rb")

    def remove(self, key: str) -> None:
        """Forget *key*; somebody who reads it at this moment reads on."""
        self.path(key).unlink(missing_ok=True)

    def kept(self) -> Iterator[tuple[str, datetime]]:
        """Every key with the moment it was kept last."""
        for path in self.folder.glob("*/*/*"):
            if KEY.fullmatch(path.name):
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def drop_unfinished(self, before: datetime) -> None:
        """Remove what was begun before *before* and never finished."""
        for part in (self.folder / "incoming").glob("*.part"):
            if datetime.fromtimestamp(part.stat().st_mtime, UTC) < before:
                part.unlink(missing_ok=True)

    def path(self, key: str) -> Path:
        """Where the content of *key* is, or would be."""
        if not KEY.fullmatch(key):
            raise ValueError("not a key of kept content")
        return self.folder / key[:2] / key[2:4] / key


def _write(path: Path, source: BinaryIO) -> Stored:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Stored(digest.hexdigest(), size)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_files(settings: Settings) -> FolderFiles:
    """The store that the settings name."""
    return FolderFiles(settings.data_dir / "files")
