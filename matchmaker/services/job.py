"""Claim jobs, keep them, end them. Any number of workers on one or more machines may do so at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import Job
from matchmaker.workflows.job import JobAction, JobState

MAX_ATTEMPTS = 3
BACKOFF_SECONDS = 20


class Hold(StrEnum):
    """Whether a worker may go on with a job."""

    KEPT = "kept"
    CANCELLED = "cancelled"
    LOST = "lost"


def claim_next(session: Session, *, worker: str, lease_seconds: int) -> Job | None:
    """Take the oldest job that is due, or whose worker fell silent; None if there is none."""
    now = utcnow()
    due = sa.or_(
        sa.and_(
            Job.state == JobState.QUEUED, sa.or_(Job.not_before.is_(None), Job.not_before <= now)
        ),
        sa.and_(Job.state == JobState.RUNNING, Job.lease_until < now),
    )
    statement = sa.select(Job).where(due).order_by(Job.id).limit(1)
    while (job := session.scalar(statement.with_for_update(skip_locked=True))) is not None:
        if job.cancel_requested:
            _end(job, JobAction.CANCEL)
        elif job.attempts < MAX_ATTEMPTS:
            return _lease(job, worker, now + timedelta(seconds=lease_seconds))
        else:
            job.error = "the worker fell silent too often"
            _end(job, JobAction.FAIL)
        session.flush()  # The next look must not find it again.
    return None


def _lease(job: Job, worker: str, until: datetime) -> Job:
    job.apply(JobAction.CLAIM)
    job.attempts += 1
    job.worker = worker
    job.lease_until = until
    return job


def keep(
    session: Session,
    job_id: int,
    *,
    worker: str,
    lease_seconds: int,
    progress: tuple[int, int] | None,
) -> Hold:
    """Extend the lease and note the progress, unless the job was cancelled or taken by another worker."""
    job = _held(session, job_id, worker)
    if job is None:
        return Hold.LOST
    if job.cancel_requested:
        return Hold.CANCELLED
    job.lease_until = utcnow() + timedelta(seconds=lease_seconds)
    if progress is not None:
        job.done_steps, job.total_steps = progress
    return Hold.KEPT


def finish(session: Session, job_id: int, result: dict[str, Any], *, worker: str) -> bool:
    """Note that the job is done; False if it is not *worker's* any more."""
    job = _held(session, job_id, worker)
    if job is None:
        return False
    job.result, job.done_steps = result, job.total_steps
    _end(job, JobAction.FINISH)
    return True


def fail(session: Session, job_id: int, error: str, *, worker: str, retry: bool) -> bool:
    """Note a failure; True if the job will be tried again after a while."""
    job = _held(session, job_id, worker)
    if job is None:
        return False
    job.error = error
    if retry and job.attempts < MAX_ATTEMPTS:
        job.apply(JobAction.RETRY)
        job.not_before = utcnow() + timedelta(seconds=BACKOFF_SECONDS * 4 ** (job.attempts - 1))
        return True
    _end(job, JobAction.FAIL)
    return False


def release(session: Session, job_id: int, *, worker: str) -> None:
    """Put a running job back into the queue: its worker has to leave, through no fault of the job."""
    job = _held(session, job_id, worker)
    if job is not None:
        job.apply(JobAction.RETRY)
        job.attempts -= 1


def request_cancel(session: Session, job_id: int) -> None:
    """Ask the job to stop: at once if it has not started, else when its worker next looks."""
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.state is JobState.QUEUED:
        _end(job, JobAction.CANCEL)
    if job.state is JobState.RUNNING:
        job.cancel_requested = True


def cancel(session: Session, job_id: int, *, worker: str) -> None:
    """Note that a running job has stopped because it was asked to."""
    job = _held(session, job_id, worker)
    if job is not None:
        _end(job, JobAction.CANCEL)


def _held(session: Session, job_id: int, worker: str) -> Job | None:
    """The job, locked, if it runs and *worker* has it: its lease may have gone to another meanwhile."""
    job = session.get_one(Job, job_id, with_for_update=True)
    return job if job.state is JobState.RUNNING and job.worker == worker else None


def _end(job: Job, action: JobAction) -> None:
    job.apply(action)
    job.finished_at = utcnow()
