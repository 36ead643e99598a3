"""The worker: claims jobs one after another and runs their tasks."""

from __future__ import annotations

import os
import socket
import threading
import uuid

import structlog
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.db import unit_of_work
from matchmaker.errors import JobCancelled, MatchmakerError
from matchmaker.models import Job
from matchmaker.services import job as jobs
from matchmaker.settings import Settings
from matchmaker.tasks import REGISTRY, TaskContext, load_all

log = structlog.get_logger()


class Worker:
    """Runs jobs until told to stop. Several may share one database."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session]) -> None:
        load_all()
        self.settings, self.sessions = settings, sessions
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        self.stopping = threading.Event()

    def run(self, poll_seconds: float = 0.5) -> None:
        """Work until `stop` is called."""
        while not self.stopping.is_set():
            if not self.run_one():
                self.stopping.wait(poll_seconds)

    def stop(self) -> None:
        """Finish the job at hand, then leave `run`."""
        self.stopping.set()

    def run_all(self) -> int:
        """Run every job that is due, and those they cause; the number run."""
        count = 0
        while self.run_one():
            count += 1
        return count

    def run_one(self) -> bool:
        """Run one job that is due; False if there is none."""
        with unit_of_work(self.sessions) as session:
            job = jobs.claim_next(
                session, worker=self.name, lease_seconds=self.settings.job_lease_seconds
            )
        if job is None:
            return False
        with structlog.contextvars.bound_contextvars(job_id=job.id, request_id=job.request_id):
            self._run(job)
        return True

    def _run(self, job: Job) -> None:
        log.info("job started", kind=job.kind, attempt=job.attempts)
        heart = _Heartbeat(self, job.id)
        try:
            with heart:
                context = TaskContext(self.settings, self.sessions, job.id, heart.progress)
                result = REGISTRY[job.kind](context, **job.payload)
        except JobCancelled:
            with unit_of_work(self.sessions) as session:
                jobs.cancel(session, job.id)
            log.info("job cancelled")
        except Exception as error:
            self._failed(job, error)
        else:
            with unit_of_work(self.sessions) as session:
                jobs.finish(session, job.id, result)
            log.info("job done")

    def _failed(self, job: Job, error: Exception) -> None:
        # What a person did wrong will not come right by trying again; a fault of the surroundings may.
        retry = not isinstance(error, MatchmakerError)
        with unit_of_work(self.sessions) as session:
            again = jobs.fail(session, job.id, f"{type(error).__name__}: {error}", retry=retry)
        log.error("job failed", again=again, exc_info=error)


class _Heartbeat:
    """Keeps the lease of a running job and carries its progress."""

    def __init__(self, worker: Worker, job_id: int) -> None:
        self.worker, self.job_id = worker, job_id
        self.latest: tuple[int, int] | None = None
        self.alive = True
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> _Heartbeat:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def progress(self, done: int, total: int) -> None:
        """Note progress; stop the task if the job is no longer this worker's or was cancelled."""
        first = self.latest is None
        self.latest = (done, total)
        if first or done == total:
            self._keep()
        if not self.alive:
            raise JobCancelled

    def _beat(self) -> None:
        while self.alive and not self.over.wait(1.0):
            self._keep()

    def _keep(self) -> None:
        with unit_of_work(self.worker.sessions) as session:
            self.alive = jobs.keep(
                session,
                self.job_id,
                worker=self.worker.name,
                lease_seconds=self.worker.settings.job_lease_seconds,
                progress=self.latest,
            )
