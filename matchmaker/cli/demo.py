"""`matchmaker demo`: a sample programme to look at, in one command."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.common import progress_bar, say, tell
from matchmaker.cli.serve import address, require_free_port, run_server
from matchmaker.errors import Unavailable
from matchmaker.i18n import N_
from matchmaker.settings import DEFAULT_SECRET, Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

NOTE = "demo.json"


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="By default MATCHMAKER_PORT.")
@click.option("--no-serve", is_flag=True, help="Prepare everything, then stop.")
@click.option("--fresh", is_flag=True, help="Throw an earlier sample away and begin anew.")
def demo(port: int | None, no_serve: bool, fresh: bool) -> None:
    """Make a sample programme, run the matcher, print the accounts, serve until Ctrl-C.

    Kept in MATCHMAKER_DATA_DIR (by default ./instance): the second start is at once.
    """
    settings = _settings(port)
    if not no_serve:
        require_free_port(settings)
    note = _Note.open(settings, fresh=fresh)
    settings = replace(settings, secret_key=note.secret)
    from matchmaker import logs

    logs.configure(settings)
    people = prepare(settings, note, leave_work=not no_serve)
    _tell_accounts(settings, note, people)
    if not no_serve:
        run_server(settings, with_worker=True)


def _settings(port: int | None) -> Settings:
    """The operator's settings, on the embedded database; never those of a real installation."""
    settings = Settings.from_environ()
    if settings.environment == "production":
        raise Unavailable(
            N_("The sample has accounts with a shared password: it is not for production.")
        )
    settings = replace(settings, database_url="", port=port or settings.port, log_level="WARNING")
    return replace(settings, base_url=address(settings))


@dataclass
class _Note:
    """What the demo remembers between two starts, in a file that only its owner can read."""

    path: Path
    password: str
    secret: str
    is_ready: bool = False

    @classmethod
    def open(cls, settings: Settings, *, fresh: bool) -> _Note:
        """The note of an earlier start, or a new one; a database that is no sample is left alone."""
        path, database = settings.data_dir / NOTE, settings.data_dir / "matchmaker.db"
        if database.exists() and not path.exists():
            raise Unavailable(
                N_(
                    "%(path)s holds a database that is no sample. "
                    "Set MATCHMAKER_DATA_DIR to another folder for the demo."
                ),
                path=str(settings.data_dir),
            )
        if path.exists() and not fresh:
            known: dict[str, Any] = json.loads(path.read_text("utf-8"))
            if known["is_ready"]:
                return cls(path, **known)
        for tail in ("", "-wal", "-shm"):  # An unfinished sample is begun anew.
            database.with_name(database.name + tail).unlink(missing_ok=True)
        secret = settings.secret_key
        if secret == DEFAULT_SECRET:
            secret = secrets.token_urlsafe(48)
        note = cls(path, "demo-" + secrets.token_hex(4), secret)
        note.save()
        return note

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        kept = {"password": self.password, "secret": self.secret, "is_ready": self.is_ready}
        self.path.write_text(json.dumps(kept), "utf-8")


def prepare(settings: Settings, note: _Note, *, leave_work: bool) -> list[tuple[str, str]]:
    """Make what is not there yet; the accounts to show, each with the part it plays.

    With *leave_work* the second matching is left to the worker that runs beside the server.
    """
    from matchmaker import schema
    from matchmaker.db import make_engine, make_sessions
    from matchmaker.sample import staging

    engine = make_engine(settings.url)
    try:
        schema.upgrade(engine)
        sessions = make_sessions(engine)
        if not note.is_ready:
            _stage(settings, sessions, note.password, leave_work=leave_work)
            note.is_ready = True
            note.save()
        with sessions() as session:
            return [(part, user.email or "") for part, user in staging.accounts(session)]
    finally:
        engine.dispose()


def _stage(
    settings: Settings, sessions: sessionmaker[Session], password: str, *, leave_work: bool
) -> None:
    """Load the sample, match it, review and publish; leave a second matching to be reviewed."""
    from matchmaker import sample
    from matchmaker.db import unit_of_work
    from matchmaker.passwords import hash_password
    from matchmaker.sample import (
        staged_attachment,
        staged_grading,
        staged_private_call,
        staged_problem_intake,
        staged_ranker,
        staged_readiness,
        staged_referral,
        staged_rubric,
        staged_screening,
        stages,
        staging,
    )
    from matchmaker.services.context import Context

    def act(step: Any, *facts: Any) -> Any:
        with unit_of_work(sessions) as session:
            return step(Context(session, settings, trusted=True), *facts)

    tell(N_("Making the sample programme in %(folder)s …"), folder=str(settings.data_dir))
    act(sample.load)
    act(staged_private_call.stage)
    act(staged_referral.stage)
    act(lambda ctx: staging.share_password(ctx.session, hash_password(password)))
    act(staged_problem_intake.answer_guides)
    act(staged_problem_intake.leave_half_filled)
    act(staged_readiness.answer_checks)
    act(staged_readiness.set_targets)
    tell(N_("Matching teams to problems: about half a minute …"))
    first = act(staging.start_run)
    _run_jobs(settings, sessions, first.job_id)
    act(staging.review_and_publish, first.id)
    act(staging.answer, first.id)
    act(staged_ranker.learn)
    act(staged_attachment.stage)
    act(staged_screening.stage)
    act(staged_grading.stage)
    for step in stages.STAGES:
        act(step)
    second = act(staging.start_run)
    act(staged_private_call.start_run)
    act(staged_rubric.raise_awards)
    act(staged_problem_intake.encode)
    if not leave_work:
        _run_jobs(settings, sessions, second.job_id)


def _run_jobs(settings: Settings, sessions: sessionmaker[Session], job_id: int) -> None:
    """Run all jobs that wait, and show how far the job *job_id* is."""
    from matchmaker.models import Job
    from matchmaker.worker import Worker
    from matchmaker.workflows.job import JobState

    worker = Worker(settings, sessions)
    thread = threading.Thread(target=worker.run_all)
    thread.start()
    try:
        with progress_bar(say(N_("Matching"))) as progress:
            while thread.is_alive():
                thread.join(0.2)
                progress(*_steps(sessions, job_id))
    finally:
        worker.stop()
        thread.join()
    with sessions() as session:
        job = session.get_one(Job, job_id)
    if job.state is not JobState.DONE:
        raise Unavailable(
            N_("The matching did not end well: %(why)s. Run: matchmaker doctor"), why=job.error
        )


def _steps(sessions: sessionmaker[Session], job_id: int) -> tuple[int, int]:
    from matchmaker.models import Job

    with sessions() as session:
        job = session.get_one(Job, job_id)
        return job.done_steps, job.total_steps


def _tell_accounts(settings: Settings, note: _Note, people: list[tuple[str, str]]) -> None:
    tell(N_("Site: %(url)s"), url=address(settings))
    tell(N_("Sample accounts, all with the password %(password)s:"), password=note.password)
    for part, email in people:
        click.echo(f"  {email:<34} {say(part)}")
