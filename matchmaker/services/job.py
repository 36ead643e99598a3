"""Claim jobs, keep them, end them. Any number of workers on one or more machines may do so at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import Job
from matchmaker.workflows.job import JobAction, JobState

MAX_ATTEMPTS = 3
BACKOFF_SECONDS = 20


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
        if job.attempts < MAX_ATTEMPTS:
            return _lease(job, worker, now + timedelta(seconds=lease_seconds))
        _give_up(job, "the worker fell silent too often")
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
) -> bool:
    """Extend the lease, note the progress; False if the job was cancelled or taken by another worker."""
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.state is not JobState.RUNNING or job.worker != worker or job.cancel_requested:
        return False
    job.lease_until = utcnow() + timedelta(seconds=lease_seconds)
    if progress is not None:
        job.done_steps, job.total_steps = progress
    return True


def finish(session: Session, job_id: int, result: dict[str, Any]) -> None:
    """Note that the job is done."""
    job = session.get_one(Job, job_id, with_for_update=True)
    job.apply(JobAction.FINISH)
    job.result, job.finished_at, job.done_steps = result, utcnow(), job.total_steps


def fail(session: Session, job_id: int, error: str, *, retry: bool) -> bool:
    """Note a failure; True if the job will be tried again after a while."""
    job = session.get_one(Job, job_id, with_for_update=True)
    job.error = error
    if retry and job.attempts < MAX_ATTEMPTS:
        job.apply(JobAction.RETRY)
        job.not_before = utcnow() + timedelta(seconds=BACKOFF_SECONDS * 4 ** (job.attempts - 1))
        return True
    _give_up(job, error)
    return False


def request_cancel(session: Session, job_id: int) -> None:
    """Ask the job to stop: at once if it has not started, else when its worker next looks."""
    job = session.get_one(Job, job_id, with_for_update=True)
    job.cancel_requested = True
    if job.state is JobState.QUEUED:
        job.apply(JobAction.CANCEL)
        job.finished_at = utcnow()


def cancel(session: Session, job_id: int) -> None:
    """Note that a running job has stopped because it was asked to."""
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.state is JobState.RUNNING:
        job.apply(JobAction.CANCEL)
        job.finished_at = utcnow()


def _give_up(job: Job, error: str) -> None:
    job.apply(JobAction.FAIL)
    job.error, job.finished_at = error, utcnow()
