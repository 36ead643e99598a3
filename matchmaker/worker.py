"""The worker: claims jobs one after another and runs their tasks."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.db import unit_of_work
from matchmaker.errors import JobCancelled, MatchmakerError
from matchmaker.models import Job
from matchmaker.services import job as jobs
from matchmaker.services import schedule
from matchmaker.services.job import Hold
from matchmaker.settings import Settings
from matchmaker.tasks import REGISTRY, TaskContext, load_all

log = structlog.get_logger()

#: How long after its start a worker first looks at the schedule, and how often from then on.
FIRST_LOOK_SECONDS = 30.0
LOOK_SECONDS = 300.0


class JobInterrupted(BaseException):
    """The worker has to leave, or lost the job. Like KeyboardInterrupt, no error a task may handle."""


class Worker:
    """Runs jobs until told to stop. Several may share one database."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session]) -> None:
        load_all()
        self.settings, self.sessions = settings, sessions
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        self.stopping = threading.Event()
        #: When the schedule is looked at next.
        self.next_look = time.monotonic() + FIRST_LOOK_SECONDS

    def run(self, poll_seconds: float = 0.5) -> None:
        """Work until `stop` is called, whatever the database does meanwhile."""
        while not self.stopping.is_set():
            try:
                self._ask_for_due_work()
                found = self.run_one()
            except OperationalError as error:
                log.error("database out of reach", error=str(error.orig))
                found = False
            if not found:
                self.stopping.wait(poll_seconds)

    def _ask_for_due_work(self) -> None:
        """Look at the schedule, but not at every turn."""
        if time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + LOOK_SECONDS
        with unit_of_work(self.sessions) as session:
            schedule.enqueue_due(session)

    def stop(self) -> None:
        """Leave `run`: the job at hand ends, or goes back into the queue at its next step."""
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
                jobs.cancel(session, job.id, worker=self.name)
            log.info("job cancelled")
        except JobInterrupted:
            with unit_of_work(self.sessions) as session:
                jobs.release(session, job.id, worker=self.name)
            log.info("job left to another worker")
        except Exception as error:
            self._failed(job, error)
        else:
            with unit_of_work(self.sessions) as session:
                kept = jobs.finish(session, job.id, result, worker=self.name)
            log.info("job done" if kept else "job done, but another worker has it now")

    def _failed(self, job: Job, error: Exception) -> None:
        # What a person did wrong will not come right by trying again; a fault of the surroundings may.
        retry = not isinstance(error, MatchmakerError)
        with unit_of_work(self.sessions) as session:
            text = f"{type(error).__name__}: {error}"
            again = jobs.fail(session, job.id, text, worker=self.name, retry=retry)
        log.error("job failed", again=again, exc_info=error)


class _Heartbeat:
    """Keeps the lease of a running job and carries its progress."""

    def __init__(self, worker: Worker, job_id: int) -> None:
        self.worker, self.job_id = worker, job_id
        self.latest: tuple[int, int] | None = None
        self.hold = Hold.KEPT
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> _Heartbeat:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def progress(self, done: int, total: int) -> None:
        """Note progress; stop the task if the worker leaves or the job is its own no longer."""
        first = self.latest is None
        self.latest = (done, total)
        if first or done == total:
            self._keep()
        if self.hold is Hold.CANCELLED:
            raise JobCancelled
        if self.hold is Hold.LOST or self.worker.stopping.is_set():
            raise JobInterrupted

    def _beat(self) -> None:
        while self.hold is Hold.KEPT and not self.over.wait(1.0):
            try:
                self._keep()
            except OperationalError as error:
                # The lease outlasts a moment without the database.
                log.warning("lease not extended", error=str(error.orig))

    def _keep(self) -> None:
        with unit_of_work(self.worker.sessions) as session:
            self.hold = jobs.keep(
                session,
                self.job_id,
                worker=self.worker.name,
                lease_seconds=self.worker.settings.job_lease_seconds,
                progress=self.latest,
            )
