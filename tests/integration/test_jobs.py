"""Jobs: claimed once, kept while they run, taken over when a worker dies, never run by two."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matchmaker import tasks
from matchmaker.cli.serve import as_environ
from matchmaker.clock import utcnow
from matchmaker.db import make_sessions, unit_of_work
from matchmaker.errors import InvalidInput, JobCancelled
from matchmaker.models import Job
from matchmaker.services import job as jobs
from matchmaker.services.context import Context
from matchmaker.services.job import Hold
from matchmaker.settings import Settings
from matchmaker.tasks import TaskContext
from matchmaker.worker import Worker
from matchmaker.workflows.job import JobState
from tests.backends import on_both

pytestmark = on_both


@pytest.fixture
def sessions(engine: sa.Engine) -> sessionmaker[Session]:
    return make_sessions(engine)


@pytest.fixture
def enqueue(settings: Settings, sessions: sessionmaker[Session]) -> Callable[..., int]:
    """Ask for a job: ``enqueue("kind", …)`` gives its id."""

    def ask(kind: str, **payload: Any) -> int:
        with unit_of_work(sessions) as session:
            return Context(session, settings, trusted=True).enqueue(kind, **payload).id

    return ask


@pytest.fixture
def load(sessions: sessionmaker[Session]) -> Callable[[int], Job]:
    """A job as it is now."""

    def fresh(job_id: int) -> Job:
        with sessions() as session:
            return session.get_one(Job, job_id)

    return fresh


@pytest.fixture
def worker(settings: Settings, sessions: sessionmaker[Session]) -> Worker:
    return Worker(settings, sessions)


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, tasks.Task], None]]:
    """Register a task for this test alone: ``task("kind", function)``."""

    def register(kind: str, function: tasks.Task) -> None:
        monkeypatch.setitem(tasks.REGISTRY, kind, function)

    return register


def claim(sessions: sessionmaker[Session], name: str, lease_seconds: int = 60) -> int | None:
    with unit_of_work(sessions) as session:
        job = jobs.claim_next(session, worker=name, lease_seconds=lease_seconds)
        return job.id if job else None


def test_jobs_are_claimed_oldest_first_and_once(
    sessions: sessionmaker[Session], enqueue: Callable[..., int]
) -> None:
    first, second = enqueue("a"), enqueue("b")

    claimed = [claim(sessions, "w") for _ in range(3)]

    assert claimed == [first, second, None]


def test_job_is_not_claimed_before_its_time(
    sessions: sessionmaker[Session], enqueue: Callable[..., int]
) -> None:
    job_id = enqueue("a")
    with unit_of_work(sessions) as session:
        session.get_one(Job, job_id).not_before = utcnow() + timedelta(hours=1)

    assert claim(sessions, "w") is None


def test_result_and_progress_are_kept(
    worker: Worker, enqueue: Callable[..., int], load: Callable[[int], Job], task: Any
) -> None:
    def double(context: TaskContext, *, number: int) -> dict[str, Any]:
        context.progress(3, 3)
        return {"double": 2 * number}

    task("test.double", double)
    job_id = enqueue("test.double", number=21)

    assert worker.run_all() == 1

    job = load(job_id)
    assert (job.state, job.result) == (JobState.DONE, {"double": 42})
    assert (job.done_steps, job.total_steps, job.attempts) == (3, 3, 1)
    assert job.finished_at is not None


def test_lease_that_ran_out_is_taken_by_another_worker(
    sessions: sessionmaker[Session], enqueue: Callable[..., int], load: Callable[[int], Job]
) -> None:
    job_id = enqueue("a")
    assert claim(sessions, "dead") == job_id
    assert claim(sessions, "alive") is None
    _let_lease_run_out(sessions, job_id)

    assert claim(sessions, "alive") == job_id

    job = load(job_id)
    assert (job.worker, job.attempts, job.state) == ("alive", 2, JobState.RUNNING)


def test_worker_that_comes_back_late_changes_nothing(
    sessions: sessionmaker[Session], enqueue: Callable[..., int], load: Callable[[int], Job]
) -> None:
    job_id = enqueue("a")
    claim(sessions, "late")
    _let_lease_run_out(sessions, job_id)
    claim(sessions, "now")

    with unit_of_work(sessions) as session:
        assert not jobs.finish(session, job_id, {"from": "late"}, worker="late")
        assert not jobs.fail(session, job_id, "late", worker="late", retry=True)
        jobs.cancel(session, job_id, worker="late")
        jobs.release(session, job_id, worker="late")
        held = jobs.keep(session, job_id, worker="late", lease_seconds=60, progress=(1, 2))
    assert held is Hold.LOST
    with unit_of_work(sessions) as session:
        assert jobs.finish(session, job_id, {"from": "now"}, worker="now")
        assert not jobs.finish(session, job_id, {"from": "now, twice"}, worker="now")

    job = load(job_id)
    assert (job.state, job.result, job.error) == (JobState.DONE, {"from": "now"}, "")


def test_job_that_kills_every_worker_is_given_up(
    sessions: sessionmaker[Session], enqueue: Callable[..., int], load: Callable[[int], Job]
) -> None:
    job_id, next_id = enqueue("deadly"), enqueue("harmless")
    for number in range(jobs.MAX_ATTEMPTS):
        assert claim(sessions, f"victim {number}") == job_id
        _let_lease_run_out(sessions, job_id)

    assert claim(sessions, "survivor") == next_id

    job = load(job_id)
    assert (job.state, job.error) == (JobState.FAILED, "the worker fell silent too often")


def test_fault_is_tried_again_after_growing_pauses(
    sessions: sessionmaker[Session],
    worker: Worker,
    enqueue: Callable[..., int],
    load: Callable[[int], Job],
    task: Any,
) -> None:
    def break_down(context: TaskContext) -> dict[str, Any]:
        raise ConnectionError("no line")

    task("test.break", break_down)
    job_id = enqueue("test.break")
    pauses = []
    for _ in range(jobs.MAX_ATTEMPTS - 1):
        assert worker.run_all() == 1
        job = load(job_id)
        assert (job.state, job.error) == (JobState.QUEUED, "ConnectionError: no line")
        pauses.append(round((job.not_before - utcnow()).total_seconds(), -1))
        with unit_of_work(sessions) as session:
            session.get_one(Job, job_id).not_before = utcnow()
    assert worker.run_all() == 1

    assert pauses == [20, 80]
    assert load(job_id).state is JobState.FAILED


def test_mistake_of_a_person_is_not_tried_again(
    worker: Worker, enqueue: Callable[..., int], load: Callable[[int], Job], task: Any
) -> None:
    def refuse(context: TaskContext) -> dict[str, Any]:
        raise InvalidInput("no such call")

    task("test.refuse", refuse)
    job_id = enqueue("test.refuse")

    assert worker.run_all() == 1

    job = load(job_id)
    assert (job.state, job.error) == (JobState.FAILED, "InvalidInput: no such call")


def test_queued_job_is_cancelled_at_once(
    sessions: sessionmaker[Session],
    worker: Worker,
    enqueue: Callable[..., int],
    load: Callable[[int], Job],
) -> None:
    job_id = enqueue("a")

    with unit_of_work(sessions) as session:
        jobs.request_cancel(session, job_id)

    assert load(job_id).state is JobState.CANCELLED
    assert worker.run_all() == 0


def test_running_job_is_cancelled_at_its_next_step(
    sessions: sessionmaker[Session],
    worker: Worker,
    enqueue: Callable[..., int],
    load: Callable[[int], Job],
    task: Any,
) -> None:
    seen: list[type[BaseException]] = []

    def count(context: TaskContext) -> dict[str, Any]:
        with unit_of_work(sessions) as session:
            jobs.request_cancel(session, context.job_id)
        try:
            context.progress(1, 9)
        except JobCancelled as error:
            seen.append(type(error))
            raise
        return {"reached": "the end"}

    task("test.count", count)
    job_id = enqueue("test.count")

    assert worker.run_all() == 1

    job = load(job_id)
    assert (job.state, job.result, seen) == (JobState.CANCELLED, {}, [JobCancelled])


def test_cancelled_job_of_a_dead_worker_is_not_run_again(
    sessions: sessionmaker[Session], enqueue: Callable[..., int], load: Callable[[int], Job]
) -> None:
    job_id = enqueue("a")
    claim(sessions, "dead")
    with unit_of_work(sessions) as session:
        jobs.request_cancel(session, job_id)
    _let_lease_run_out(sessions, job_id)

    assert claim(sessions, "alive") is None
    assert load(job_id).state is JobState.CANCELLED


def test_worker_told_to_stop_puts_its_job_back(
    worker: Worker, enqueue: Callable[..., int], load: Callable[[int], Job], task: Any
) -> None:
    def interrupted(context: TaskContext) -> dict[str, Any]:
        worker.stop()
        context.progress(1, 2)
        return {"reached": "the end"}

    task("test.interrupted", interrupted)
    job_id = enqueue("test.interrupted")

    worker.run()

    job = load(job_id)
    assert (job.state, job.attempts, job.result) == (JobState.QUEUED, 0, {})


def test_lease_is_kept_while_a_task_is_busy(
    settings: Settings,
    sessions: sessionmaker[Session],
    enqueue: Callable[..., int],
    load: Callable[[int], Job],
    task: Any,
) -> None:
    def be_busy(context: TaskContext) -> dict[str, Any]:
        time.sleep(2.6)
        return {"other": claim(sessions, "other")}

    task("test.busy", be_busy)
    job_id = enqueue("test.busy")

    Worker(replace(settings, job_lease_seconds=2), sessions).run_all()

    assert load(job_id).result == {"other": None}


def test_two_workers_never_run_one_job_twice(
    settings: Settings, sessions: sessionmaker[Session], enqueue: Callable[..., int], task: Any
) -> None:
    ran: list[tuple[int, str]] = []

    def note(context: TaskContext, *, number: int) -> dict[str, Any]:
        ran.append((number, threading.current_thread().name))
        time.sleep(0.01)
        return {}

    task("test.note", note)
    for number in range(30):
        enqueue("test.note", number=number)
    threads = [
        threading.Thread(target=Worker(settings, sessions).run_all, name=name)
        for name in ("one", "two")
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(number for number, _ in ran) == list(range(30))
    assert {name for _, name in ran} == {"one", "two"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_worker_process_ends_cleanly_on_a_signal(
    settings: Settings, enqueue: Callable[..., int], load: Callable[[int], Job], number: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "matchmaker", "worker"],
        env=os.environ | as_environ(settings),
        stderr=subprocess.PIPE,
        text=True,
    )
    job_id = enqueue("no such task")
    until = time.monotonic() + 20
    while load(job_id).attempts == 0 and time.monotonic() < until:
        time.sleep(0.1)

    process.send_signal(number)
    _, errors = process.communicate(timeout=20)

    assert load(job_id).attempts == 1
    assert process.returncode == 0
    assert "KeyboardInterrupt" not in errors


def _let_lease_run_out(sessions: sessionmaker[Session], job_id: int) -> None:
    with unit_of_work(sessions) as session:
        session.get_one(Job, job_id).lease_until = utcnow() - timedelta(seconds=1)
