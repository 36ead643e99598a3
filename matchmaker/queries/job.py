"""Reading jobs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.errors import NotFound
from matchmaker.models import Job, User
from matchmaker.policies.job import visible_jobs
from matchmaker.workflows.job import JobState


def get_job(session: Session, actor: User | None, job_id: int) -> Job:
    """The job, or `NotFound`."""
    job = session.scalar(sa.select(Job).where(Job.id == job_id, visible_jobs(actor)))
    if job is None:
        raise NotFound
    return job


def waiting(session: Session, kind: str) -> Job | None:
    """The work of *kind* that waits or is under way."""
    statement = sa.select(Job).where(
        Job.kind == kind, Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    )
    return session.scalar(statement.order_by(Job.id).limit(1))
