"""Write everything an embedded installation knows into one file, and bring it back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy.engine import make_url

from matchmaker import __version__, schema
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, Unavailable
from matchmaker.i18n import N_
from matchmaker.settings import Settings

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.sqlite"
FILES = "files/"


def write_backup(settings: Settings, target: Path) -> dict[str, Any]:
    """Copy the database, while it is in use, and all files into the zip *target*; what was written."""
    database = database_file(settings)
    if not database.exists():
        raise Unavailable(N_("There is no database at %(path)s yet."), path=str(database))
    if target.exists():
        raise Conflict(N_("%(path)s exists already; choose another name."), path=str(target))
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as folder:
        copy = Path(folder) / DATABASE
        _copy_database(database, copy)
        members = {DATABASE: copy, **_files(settings.data_dir, database)}
        manifest = {
            "format": FORMAT,
            "program": __version__,
            "revision": _revision(copy),
            "made_at": utcnow().isoformat(),
            "sha256": {name: _digest(path) for name, path in members.items()},
        }
        finished = Path(folder) / "backup.zip"
        _write_zip(finished, manifest, members)
        os.replace(finished, target)  # All or nothing: a broken run leaves no half backup.
    return manifest


def restore_backup(settings: Settings, source: Path, *, force: bool = False) -> dict[str, Any]:
    """Bring back what *source* holds; an existing database is replaced only with *force*."""
    database = database_file(settings)
    if database.exists() and not force:
        raise Conflict(
            N_("%(path)s exists already. To replace it by the backup, add --force."),
            path=str(database),
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        manifest = _unpack(source, Path(folder))
        database.parent.mkdir(parents=True, exist_ok=True)
        _copy_database(Path(folder) / DATABASE, database)
        if (Path(folder) / FILES).is_dir():
            shutil.copytree(Path(folder) / FILES, settings.data_dir, dirs_exist_ok=True)
    return manifest


def database_file(settings: Settings) -> Path:
    """The embedded database's file; a server's database has tools of its own."""
    address = make_url(settings.url)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise Unavailable(
            N_("Only the embedded database is backed up here. For PostgreSQL use pg_dump.")
        )
    return Path(address.database)


def _copy_database(source: Path, target: Path) -> None:
    """Copy a database by SQLite's own backup: whole, though others read and write it meanwhile."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _files(folder: Path, database: Path) -> dict[str, Path]:
    """Every other file in the data folder, by its name in the backup."""
    beside = {database.resolve().with_name(database.name + tail) for tail in ("", "-wal", "-shm")}
    return {
        FILES + path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.resolve() not in beside
        and path.suffix not in {".zip", ".lock", ".part"}
    }


def _write_zip(target: Path, manifest: dict[str, Any], members: dict[str, Path]) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: SIM117
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2))
            for name, path in members.items():
                archive.write(path, name)


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack *source* after checking that it is a backup of ours, whole, and not from the future."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            if manifest["format"] != FORMAT:
                raise InvalidInput(
                    N_("%(path)s was made by a newer version of this program."), path=str(source)
                )
            for name, digest in manifest["sha256"].items():
                _unpack_member(archive, name, digest, folder)
    except FileNotFoundError as error:
        raise InvalidInput(N_("There is no file %(path)s."), path=str(source)) from error
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise InvalidInput(
            N_("%(path)s is no backup of this program, or it is damaged: %(why)s."),
            path=str(source),
            why=str(error),
        ) from error
    if manifest["revision"] not in schema.revisions():
        raise InvalidInput(
            N_("%(path)s was made by a newer version of this program."), path=str(source)
        )
    return manifest


def _unpack_member(archive: zipfile.ZipFile, name: str, digest: str, folder: Path) -> None:
    path = PurePosixPath(name)
    if (
        path.is_absolute()
        or ".." in path.parts
        or not (name == DATABASE or path.parts[0] + "/" == FILES)
    ):
        raise ValueError(f"it names a file outside: {name}")
    target = Path(archive.extract(name, folder))
    if _digest(target) != digest:
        raise ValueError(f"{name} is not as it was written")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _revision(database: Path) -> str | None:
    with closing(sqlite3.connect(database)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None
