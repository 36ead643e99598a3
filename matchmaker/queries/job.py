"""Reading jobs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.errors import NotFound
from matchmaker.models import Job, User
from matchmaker.policies.job import visible_jobs


def get_job(session: Session, actor: User | None, job_id: int) -> Job:
    """The job, or `NotFound`."""
    job = session.scalar(sa.select(Job).where(Job.id == job_id, visible_jobs(actor)))
    if job is None:
        raise NotFound
    return job
