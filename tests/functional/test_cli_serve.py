"""Server and demo as processes: they start, answer, and end cleanly on a signal."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matchmaker.cli.serve import JobsBeside
from matchmaker.settings import Settings

PATIENCE_SECONDS = 90

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the command as a process: ``start("serve", "--port", "8001")``."""
    running: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "matchmaker", *arguments],
            env=os.environ
            | {
                "MATCHMAKER_DATA_DIR": str(tmp_path / "data"),
                "MATCHMAKER_ENCODER": "hashing",
                "LANG": "C.UTF-8",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=PATIENCE_SECONDS)


def ask(url: str) -> str:
    """The page at *url*, as soon as there is one."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                text: str = answer.read().decode()
                return text
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def children(process: subprocess.Popen[str]) -> list[int]:
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in path.read_text().split()]


def wait_until_gone(pids: list[int]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < until:
        time.sleep(0.1)
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_server_and_its_worker_start_and_end_together(
    start: Start, port: int, number: signal.Signals
) -> None:
    start("db", "upgrade").communicate()
    process = start("serve", "--port", str(port))
    assert '"status":"ok"' in ask(f"http://127.0.0.1:{port}/healthz").replace(" ", "")
    helpers = children(process)
    assert len(helpers) == 2

    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 0
    assert out == f"Serving at http://127.0.0.1:{port}. Ctrl-C stops.\n"
    assert "Traceback" not in err
    wait_until_gone(helpers)


def test_server_without_worker_runs_none(start: Start, port: int) -> None:
    start("db", "upgrade").communicate()
    process = start("serve", "--port", str(port), "--no-worker")
    ask(f"http://127.0.0.1:{port}/healthz")

    assert len(children(process)) == 1


def test_worker_leaves_when_its_server_was_killed(start: Start, port: int) -> None:
    start("db", "upgrade").communicate()
    process = start("serve", "--port", str(port))
    ask(f"http://127.0.0.1:{port}/healthz")
    helpers = children(process)

    process.kill()
    process.communicate()

    wait_until_gone(helpers)


def test_worker_that_does_not_leave_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matchmaker.cli import serve

    monkeypatch.setattr(serve, "PATIENCE_SECONDS", 0.2)
    jobs = JobsBeside(Settings(data_dir=tmp_path))
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    jobs.process = subprocess.Popen([sys.executable, "-c", stubborn])
    time.sleep(0.5)

    jobs.stop()

    assert jobs.process.wait(10) == -signal.SIGKILL


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_taken_port_is_one_line_and_at_once(start: Start, port: int, command: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        out, err = start(command, "--port", str(port)).communicate(timeout=PATIENCE_SECONDS)

    assert out == ""
    assert err == (
        f"matchmaker: Port {port} is taken by another program. Stop that one, "
        f"or choose another port: --port {port + 1}\n"
    )


def test_server_on_an_empty_database_says_what_to_run(start: Start, port: int) -> None:
    process = start("serve", "--port", str(port))
    _, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert err == "matchmaker: The database is empty. Run: matchmaker db upgrade\n"


def test_demo_serves_a_programme_people_can_sign_in_to(
    start: Start, port: int, tmp_path: Path
) -> None:
    process = start("demo", "--port", str(port))
    base = f"http://127.0.0.1:{port}"
    assert "/problems/" in ask(f"{base}/problems")
    (note,) = (tmp_path / "data").glob("demo.json")
    assert note.stat().st_mode & 0o777 == 0o600
    password = re.search(r'"password": "([^"]+)"', note.read_text())
    assert password is not None

    page = sign_in(base, "officer@office.example", password[1])

    assert "/matching" in page or "/match-runs" in page or "runs" in page
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, "Traceback" in err) == (0, False)
    for part in ("Programme officer", "Enterprise", "Solver team", "Administrator", password[1]):
        assert part in out

    again = time.monotonic()
    second = start("demo", "--no-serve")
    text, _ = second.communicate(timeout=PATIENCE_SECONDS)
    assert second.returncode == 0
    assert "Making the sample programme" not in text
    assert password[1] in text
    assert time.monotonic() - again < 15


def sign_in(base: str, email: str, password: str) -> str:
    """The page after signing in as a browser without scripts does."""
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    form = browser.open(f"{base}/account/login").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token is not None
    values = {"csrf_token": token[1], "email": email, "password": password}
    answer = browser.open(f"{base}/account/login", urllib.parse.urlencode(values).encode())
    assert not answer.url.endswith("/account/login")
    page: str = answer.read().decode()
    return page


def test_demo_begins_anew_only_over_a_sample(start: Start, tmp_path: Path) -> None:
    start("db", "upgrade").communicate()

    for arguments in (["--no-serve"], ["--no-serve", "--fresh"]):
        process = start("demo", *arguments)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 1
        assert "holds a database that is no sample" in err

    assert (tmp_path / "data" / "matchmaker.db").exists()


def test_demo_is_refused_in_production(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MATCHMAKER_ENVIRONMENT", "production")
    monkeypatch.setenv("MATCHMAKER_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("MATCHMAKER_SECURE_COOKIES", "yes")

    process = start("demo", "--no-serve")
    _, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert "not for production" in err
