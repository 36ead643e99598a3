"""`matchmaker serve` and `matchmaker worker`: the web server, and the jobs beside it."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import fields, replace
from typing import Any

import click

from matchmaker.cli.common import open_database, tell
from matchmaker.errors import Unavailable
from matchmaker.i18n import N_
from matchmaker.settings import PREFIX, Settings

THREADS = 4
#: A worker that has not left by then is ended; its job's lease runs out and another takes it.
PATIENCE_SECONDS = 20


@click.command()
@click.option("--host", help="Address to listen on; by default MATCHMAKER_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="By default MATCHMAKER_PORT.")
@click.option("--no-worker", is_flag=True, help="Run no jobs: a worker runs elsewhere.")
def serve(host: str | None, port: int | None, no_worker: bool) -> None:
    """Serve the site and run its jobs until Ctrl-C."""
    settings = Settings.from_environ()
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    require_free_port(settings)
    with open_database(settings):
        pass  # A database that needs migrating is said here, not by every page.
    run_server(settings, with_worker=not no_worker)


@click.command()
@click.option("--parent", type=int, hidden=True, help="Leave when this process has gone.")
def worker(parent: int | None) -> None:
    """Run jobs until Ctrl-C or SIGTERM; the job at hand ends or goes back into the queue."""
    from matchmaker import logs
    from matchmaker.worker import Worker

    settings = Settings.from_environ()
    logs.configure(settings)
    with open_database(settings) as sessions:
        running = Worker(settings, sessions)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: running.stop())
        if parent is not None:
            threading.Thread(target=_follow, args=(parent, running), daemon=True).start()
        running.run()


def _follow(parent: int, running: Any) -> None:
    """Stop *running* when its parent process has gone, however that happened."""
    while os.getppid() == parent:
        time.sleep(1)
    running.stop()


def require_free_port(settings: Settings) -> None:
    """Refuse an address that cannot be listened on, before anything else is done."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise Unavailable(
                N_("Cannot listen on %(host)s, port %(port)s: %(why)s."),
                host=settings.host,
                port=settings.port,
                why=error.strerror,
            ) from error
        raise Unavailable(
            N_(
                "Port %(port)s is taken by another program. Stop that one, or choose another port: --port %(other)s"
            ),
            port=settings.port,
            other=settings.port + 1 if settings.port < 65535 else 8000,
        ) from error


def run_server(settings: Settings, *, with_worker: bool) -> None:
    """Serve until told to stop; the worker beside it starts and ends with the server."""
    from gunicorn.app.base import BaseApplication

    from matchmaker.web import create_app

    jobs = JobsBeside(settings) if with_worker else None

    class Server(BaseApplication):
        """gunicorn, configured by our settings."""

        def load_config(self) -> None:
            for key, value in server_config(settings, jobs).items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            return create_app(settings)

    Server().run()


def server_config(settings: Settings, jobs: JobsBeside | None) -> dict[str, Any]:
    """gunicorn's settings, from ours."""

    def when_ready(_server: Any) -> None:
        tell(N_("Serving at %(url)s. Ctrl-C stops."), url=address(settings))
        if jobs is not None:
            jobs.start()

    def on_exit(_server: Any) -> None:
        if jobs is not None:
            jobs.stop()

    return {
        "bind": f"[{settings.host}]:{settings.port}"
        if ":" in settings.host
        else f"{settings.host}:{settings.port}",
        "workers": settings.web_workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "loglevel": "warning",
        "control_socket_disable": True,
        "when_ready": when_ready,
        "on_exit": on_exit,
    }


def address(settings: Settings) -> str:
    """The address to open in a browser on this machine."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 -- compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


class JobsBeside:
    """The `matchmaker worker` that runs beside the server, as a process of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # In a session of its own Ctrl-C reaches it through the server alone, and once.
        self.process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-m", "matchmaker", "worker", "--parent", str(os.getpid())],
            env=os.environ | as_environ(self.settings),
            start_new_session=True,
        )

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()


def as_environ(settings: Settings) -> dict[str, str]:
    """The environment that makes another process of ours read the same settings."""
    values = {item.name: getattr(settings, item.name) for item in fields(settings)}
    values["data_dir"] = settings.data_dir.resolve()
    return {
        PREFIX + name.upper(): "" if value is None else str(value) for name, value in values.items()
    }
